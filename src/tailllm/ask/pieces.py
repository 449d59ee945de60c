"""Which bytes must stand in a line for a text to stand in what was said.

A text is looked for with letters folded (`casefold`), a line has them as somebody wrote them:
capitals, `\\u0061`, `ß` for ss. A piece of the text is chosen that can be told in any of these
ways, so that a line without it cannot hold the text.
"""

import re
from collections import defaultdict
from functools import cache
from typing import NamedTuple

import regex

LONGEST, SHORTEST_PLAIN, SHORTEST = 24, 3, 2
"""Characters of a piece; a shorter one is in nearly every line."""
LONGEST_BYTES = 64 + LONGEST * 16
"""Of what a pattern matches, unless somebody wrote dozens of backslashes."""
_LAST_FOLDED = 0x1E944
"""No character after it becomes another one by folding."""
_ESCAPED_ASCII = r"\\u00(?:[46][1-9a-fA-F]|[57][0-9aA]|3[0-9]|5[cC]|20)"
"""A letter, a digit, a blank or a backslash that some writers escape though they need not."""
_REWRITTEN_NUMBER = r"(?<![0-9A-Za-z])[0-9.]++[eE][+-]?[0-9]++(?![0-9A-Za-z])|[0-9.]{19}"
"""What is written again in other digits when it is read as a number: 1e5, and very long ones."""
_REWRITTEN_NUMBER_ELSEWHERE = (
    r"(?:^|[^0-9A-Za-z])[0-9.]+[eE][+-]?[0-9]+(?:$|[^0-9A-Za-z])|[0-9.]{19}"
)
"""The same for a matcher that knows no lookaround."""
_NUMBER_WORDS = "infinity nan"


class Pieces(NamedTuple):
    """What to look for in the bytes of a line."""

    pattern: "regex.Pattern[bytes]"
    """The piece."""
    hidden: re.Pattern[bytes] | None
    """What may hide it; None when the pattern knows all its forms."""
    elsewhere: str
    """Both in one for ripgrep, which looks at one line at a time."""


class _Folding(NamedTuple):
    """How characters become others when case is folded."""

    forms: dict[str, str]
    """From a folded character to all others that become it."""
    several: frozenset[str]
    """What a single character becomes that becomes more than one."""


@cache
def pieces(wanted: str) -> Pieces | None:
    """What a line must have for a casefolded text to be in what it says.

    Returns:
        None when no piece of it is telling enough.
    """
    plain = _longest(wanted, SHORTEST_PLAIN, plain=True)
    if plain:
        hidden = elsewhere = _ESCAPED_ASCII
        if not _is_worded(plain):
            hidden += f"|{_REWRITTEN_NUMBER}"
            elsewhere += f"|{_REWRITTEN_NUMBER_ELSEWHERE}"
        # Without a flag: case is told in the pattern, which is five times as quick here.
        found = _any_case(plain.encode()), re.compile(hidden.encode())
        return Pieces(*found, f"(?i-u:{plain})|(?-u:{elsewhere})")
    piece = _longest(wanted, SHORTEST, plain=False)
    if not piece:
        return None
    form = "".join(map(_any_form, piece))
    return Pieces(_any_case(form.encode()), None, f"(?i-u:{_bytewise(form)})")


def _bytewise(form: str) -> str:
    """A pattern with what is not ASCII as bytes: ripgrep knows no other way without Unicode."""
    return "".join(
        one if one.isascii() else "".join(f"\\x{byte:02x}" for byte in one.encode()) for one in form
    )


def _any_case(pattern: bytes) -> "regex.Pattern[bytes]":
    return regex.compile(pattern, regex.IGNORECASE | regex.ASCII)


def _longest(wanted: str, shortest: int, *, plain: bool) -> str:
    """The longest stretch that can be used, or none."""
    for length in range(min(LONGEST, len(wanted)), shortest - 1, -1):
        for start in range(len(wanted) - length + 1):
            found = wanted[start : start + length]
            if _is_usable(found, plain=plain) and _stands_alone(found):
                return found
    return ""


def _is_usable(found: str, *, plain: bool) -> bool:
    """Whether every character is written into a line as it is, or in a form that is known.

    A blank counts between letters and digits only: elsewhere it may be layout of ours.
    """
    if not all(one.isalnum() or one == " " for one in found) or "  " in found:
        return False
    if found[0] == " " or found[-1] == " ":
        return False
    if plain:
        forms = _folding().forms
        return found.isascii() and all(len(forms[one]) <= 1 for one in found if one.isalpha())
    return _is_worded(found) and found.isprintable() and found == found.casefold()


def _is_worded(found: str) -> bool:
    """Whether it can be no part of a number, which is written anew when it is shown."""
    return any(one.isalpha() and one != "e" for one in found) and found not in _NUMBER_WORDS


def _stands_alone(found: str) -> bool:
    """Whether no single character, once folded, gives a part of it together with more."""
    return not any(
        one in found
        or found in one
        or any(found.startswith(one[n:]) or found.endswith(one[:n]) for n in range(1, len(one)))
        for one in _folding().several
    )


def _any_form(one: str) -> str:
    """A pattern for a character, a letter or a digit or a blank, in every way to write it."""
    forms = sorted({one, *_folding().forms[one]})
    units = [form.encode("utf-16-be").hex() for form in forms]
    escaped = ["".join(rf"\\+u{unit[n : n + 4]}" for n in range(0, len(unit), 4)) for unit in units]
    return f"(?:{'|'.join([*forms, *escaped])})"


@cache
def _folding() -> _Folding:
    forms: defaultdict[str, str] = defaultdict(str)
    several = set()
    for one in map(chr, range(_LAST_FOLDED)):
        folded = one.casefold()
        if len(folded) > 1:
            several.add(folded)
        elif folded != one:
            forms[folded] += one
    return _Folding(forms, frozenset(several))
