"""Write TOML that reads back exactly and that a person can review.

Texts of several lines stay several lines, a long line breaks after its sentences, and
whatever an editor would strip, a terminal would obey or nobody would see is escaped.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date, time
from typing import Any

LONG = 96
"""Characters from where on a line is broken after its sentences."""

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPED = re.compile(
    "[\\\\\x00-\x08\x0b-\x1f\x7f-\xa0\u00ad\u0600-\u0605\u061c\u06dd\u070f\u180e\u200b-\u200f"
    "\u2028-\u202f\u205f-\u206f\ue000-\uf8ff\ufe00-\ufe0f\ufeff\ufff0-\uffff"
    "\U000e0000-\U0010ffff]"
    "|[\t ](?=\n|\\Z)"
)
_QUOTES = re.compile(r'"(?=""|\Z)')
"""Quotes that would end a text, or join those that do."""
_SENTENCE = re.compile(r"(?<=[.!?] )(?=[^ \t\n])")


def dumps(table: Mapping[str, Any]) -> str:
    """`table` as TOML: plain values first, then tables, then lists of tables.

    Args:
        table: Strings, booleans, numbers, datetimes, lists and tables of these.

    Raises:
        ValueError: a value TOML cannot hold: None, half a surrogate pair.
    """
    text = "".join(_table(table, ()))
    text.encode("utf-8")
    return text


def _table(table: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    inner = {name: value for name, value in table.items() if _is_section(value)}
    for name, value in table.items():
        if name not in inner:
            yield f"{_key(name)} = {_value(value, wide=True)}\n"
    for name, value in inner.items():
        place = (*path, name)
        head = ".".join(map(_key, place))
        for item in value if isinstance(value, list | tuple) else ():
            yield f"\n[[{head}]]\n"
            yield from _table(item, place)
        if isinstance(value, Mapping):
            if not value or not all(map(_is_section, value.values())):
                yield f"\n[{head}]\n"
            yield from _table(value, place)


def _is_section(value: Any) -> bool:
    """Whether this becomes a `[table]` or `[[tables]]` of its own."""
    if isinstance(value, list | tuple):
        return bool(value) and all(isinstance(item, Mapping) for item in value)
    return isinstance(value, Mapping)


def _value(value: Any, *, wide: bool = False) -> str:
    """One value; `wide` where it may take several lines."""
    if isinstance(value, str):
        return _text(value) if wide else _line(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, Mapping):
        pairs = (f"{_key(name)} = {_value(inner)}" for name, inner in value.items())
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, date | time):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, bool | int | float):
        return repr(value).lower()
    raise ValueError(f"TOML cannot hold {type(value).__name__}")


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _line(name)


def _line(text: str) -> str:
    escaped = _ESCAPED.sub(_escape, text).replace("\n", "\\n").replace('"', '\\"')
    return f'"{escaped}"'


def _text(text: str) -> str:
    if "\n" not in text and len(text) <= LONG:
        return _line(text)
    escaped = _QUOTES.sub(r'\\"', _ESCAPED.sub(_escape, text))
    return '"""\n' + "\n".join(map(_broken, escaped.split("\n"))) + '"""'


def _broken(line: str) -> str:
    """A long line with a line-ending backslash after each sentence.

    After the sentence and not at a width: one changed word then changes one line.
    """
    return line if len(line) <= LONG else "\\\n".join(_SENTENCE.split(line))


def _escape(found: re.Match[str]) -> str:
    char = found[0]
    if char in _SHORT:
        return _SHORT[char]
    code = ord(char)
    return f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"


_SHORT = {"\\": "\\\\", "\t": "\\t", "\r": "\\r"}
