"""What changed between two texts, word by word."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

_WORD = re.compile(r"\s+|\w+|[^\w\s]")
MOST = 2_000
"""Words up to which texts are compared word by word; the comparison is quadratic."""

Sign = Literal["=", "-", "+"]


class Piece(NamedTuple):
    """A stretch of text that stayed, went or came."""

    sign: Sign
    text: str


def diff(old: str, new: str) -> list[Piece]:
    """The pieces of both texts in order; longer texts are compared line by line."""
    one, other = _split(old), _split(new)
    if len(one) > MOST or len(other) > MOST:
        one, other = old.splitlines(keepends=True), new.splitlines(keepends=True)
    return list(_joined(_pieces(one, other)))


def plain(pieces: list[Piece]) -> str:
    """The diff as text: `[-what went-]` and `{+what came+}`, as git writes it."""
    marks = {"=": ("", ""), "-": ("[-", "-]"), "+": ("{+", "+}")}
    return "".join(f"{marks[sign][0]}{text}{marks[sign][1]}" for sign, text in pieces)


def _split(text: str) -> list[str]:
    return _WORD.findall(text)


def _pieces(one: list[str], other: list[str]) -> Iterator[Piece]:
    for how, a, b, c, d in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if how == "equal":
            yield Piece("=", "".join(one[a:b]))
            continue
        yield Piece("-", "".join(one[a:b]))
        yield Piece("+", "".join(other[c:d]))


def _joined(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Changes with only a blank between them are read as one."""
    went, came = "", ""
    for sign, text in pieces:
        if sign == "-":
            went += text
        elif sign == "+":
            came += text
        elif text.isspace() and (went or came) and "\n" not in text:
            went, came = went + text, came + text
        else:
            yield from _change(went, came)
            yield Piece("=", text)
            went, came = "", ""
    yield from _change(went, came)


def _change(went: str, came: str) -> Iterator[Piece]:
    """A blank that both sides end with has stayed."""
    same = ""
    while went and came and went[-1] == came[-1] and went[-1].isspace():
        same, went, came = went[-1] + same, went[:-1], came[:-1]
    if went:
        yield Piece("-", went)
    if came:
        yield Piece("+", came)
    if same:
        yield Piece("=", same)
