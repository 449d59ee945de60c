"""Bytes of a line to JSON values: fast where the line is sound, patient where it is not."""

import json
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

from tailllm.dialects.values import clean

_BOM = b"\xef\xbb\xbf"
_LONGEST_INT = 300
"""Digits; more is no number anybody meant, and int() refuses over 4,300."""


class Decoded(NamedTuple):
    """The records of one line."""

    values: list[Any]
    warnings: tuple[str, ...] = ()
    broken: str | None = None
    """Why nobody can read the line; quotes nothing from it."""


@cache
def _fast() -> tuple[Callable[[bytes | str], Any], tuple[type[Exception], ...]]:
    """The quick decoder and how it refuses; loading it takes as long as 300 lines without it."""
    import msgspec

    return msgspec.json.Decoder().decode, (msgspec.DecodeError, ValueError, RecursionError)


def decode(text: bytes) -> Decoded:
    """Read the JSON of one line.

    A byte order mark, bytes that are no UTF-8, lone surrogates, NaN, numbers of thousands
    of digits and several records on a line are read around, with a warning each.

    Raises:
        Nothing. Half a record is `broken`.
    """
    quickly, refusals = _fast()
    try:
        return Decoded([quickly(text)])
    except refusals:
        return patiently(text)


def decode_text(text: str) -> Any:
    """Read JSON inside a string; None when it is none."""
    quickly, refusals = _fast()
    try:
        return quickly(text)
    except refusals:
        found = patiently(text.encode("utf-8", "replace"))
        return found.values[0] if len(found.values) == 1 else None


def patiently(text: bytes) -> Decoded:
    """The same with Python's own decoder: slower, ready at once, and it forgives more."""
    warnings = []
    text = text.removeprefix(_BOM).strip(b" \t\r\n\0")
    if not text:
        return Decoded([], broken="an empty line")
    try:
        string = text.decode()
    except UnicodeDecodeError:
        string = text.decode("utf-8", "replace")
        warnings.append("bytes that are no UTF-8 are replaced")
    if string[0] not in '{["0123456789-tfnNI':
        return Decoded([], broken="plain text, no JSON")
    try:
        values = _records(string)
        cleaned = [clean(value) for value in values]
    except RecursionError:
        return Decoded([], broken="nested too deeply")
    except ValueError as error:
        return Decoded([], broken=_reason(error, string))
    if len(values) > 1:
        warnings.append(f"{len(values)} records on one line")
    if any(changed for _, changed in cleaned):
        warnings.append("lone surrogates are replaced")
    return Decoded([value for value, _ in cleaned], tuple(warnings))


def _records(string: str) -> list[Any]:
    decoder = json.JSONDecoder(parse_int=_int, parse_constant=lambda _: None, strict=False)
    values, at = [], 0
    while at < len(string):
        value, at = decoder.raw_decode(string, at)
        values.append(value)
        while at < len(string) and string[at] in " \t\r\n\0":
            at += 1
    return values


def _int(digits: str) -> int | None:
    return int(digits) if len(digits) <= _LONGEST_INT else None


def _reason(error: ValueError, string: str) -> str:
    position = getattr(error, "pos", 0)
    if not isinstance(error, json.JSONDecodeError):
        return "no JSON"
    if position <= 1 < len(string):
        return "plain text, no JSON"
    if position >= len(string) - 1 or error.msg.startswith("Unterminated"):
        return "the JSON is cut off"
    return f"no JSON at character {position}"
