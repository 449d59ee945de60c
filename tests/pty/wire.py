"""What a program wrote to its terminal, taken apart: text and control sequences."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import NamedTuple

_SEQUENCE = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"  # OSC
    r"|\x1b[PX^_][^\x1b]*\x1b\\"  # DCS, SOS, PM, APC
    r"|\x1b[ -/]+[0-~]|\x1b[0-~]|[\x00-\x1f\x7f-\x9f]"
)
_USUAL = re.compile(
    r"[\r\n]"
    r"|\x1b\[[\d;]*m"  # colours
    r"|\x1b\[\d+;\d+H|\x1b\[H|\x1b\[2J|\x1b\[J|\x1b\[K|\x1b\[\d*[ABCD]"  # painting
    r"|\x1b\[\?(?:1049|1000|1002|1003|1006|1015|1016|1004|2004|25|7)[hl]"  # modes
    r"|\x1b\[\?(?:2026|2048|1016)(?:\$p|[hl])"  # whole frames, resizing, mouse pixels
    r"|\x1b\[>\d+u|\x1b\[<u"  # keys told apart
    r"|\x1b\]22;(?:default|pointer|text)\x07"  # the shape of the mouse pointer
)
_MODE = re.compile(r"\x1b\[\?(\d+)([hl])")
_SEEN_IN_VAIN = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0]")
AT_FIRST = {"7": "h", "25": "h"}
"""Modes that a terminal has switched on before anybody comes."""


class Piece(NamedTuple):
    """A run of text, or one control sequence."""

    text: str
    control: bool


def pieces(raw: bytes) -> Iterator[Piece]:
    """Everything that was written, in order; bytes that are no UTF-8 fail the test."""
    text, end = raw.decode("utf-8", "strict"), 0
    for found in _SEQUENCE.finditer(text):
        if found.start() > end:
            yield Piece(text[end : found.start()], False)
        yield Piece(found[0], True)
        end = found.end()
    if end < len(text):
        yield Piece(text[end:], False)


def foreign(raw: bytes, allowed: str = r"(?!)") -> list[str]:
    """What neither Textual nor our first frame writes: controls, and text that hides something."""
    return [piece.text for piece in pieces(raw) if not _is_usual(piece, allowed)]


def leaked(raw: bytes, texts: Iterable[str]) -> list[str]:
    """Those of `texts` that were written as they are, though they act or hide."""
    written = raw.decode("utf-8", "strict")
    acting = [text for text in texts if _SEQUENCE.search(text) or _hides(text)]
    return [text for text in acting if text in written]


def modes_left(raw: bytes) -> dict[str, str]:
    """Modes that are not as they were at the start, by number."""
    last = dict(_MODE.findall(raw.decode("utf-8", "replace")))
    pushed = len(re.findall(rb"\x1b\[>\d+u", raw)) - len(re.findall(rb"\x1b\[<u", raw))
    left = {mode: to for mode, to in last.items() if to != AT_FIRST.get(mode, "l")}
    return left | ({"keys": str(pushed)} if pushed > 0 else {})


def _is_usual(piece: Piece, allowed: str) -> bool:
    if piece.control:
        return bool(_USUAL.fullmatch(piece.text) or re.fullmatch(allowed, piece.text))
    return not _hides(piece.text)


def _hides(text: str) -> bool:
    """By Unicode's own categories, so that this does not trust the code under test."""
    if text.isascii():
        return False
    return bool(_SEEN_IN_VAIN.search(text)) or any(
        unicodedata.category(char) in ("Cf", "Cs", "Co", "Zl", "Zp")
        or 0xE0000 <= ord(char) <= 0xE0FFF
        for char in text
    )
