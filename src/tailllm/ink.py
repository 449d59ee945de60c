"""Foreign text made inert: what a log says may be read, and can do nothing.

Every string that came from outside goes through `line` or `block` before it reaches a
terminal. Characters that move the cursor, turn the direction of reading, take no room or
cannot be encoded are drawn as a glyph (`␛`) or a name (`‹RLO›`). Nothing is stripped, with
one exception: a variation selector right after an emoji only picks its colours, and
terminals disagree about the width it gives, so it is neither drawn nor counted.

A zero width joiner is drawn even inside an emoji family: tmux, xterm and the terminals
with wide families disagree about the cells the family takes, and a shifted column hides more than a
visible `‹ZWJ›` does. More than four combining marks on one letter are counted, not drawn.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

MARKS_DRAWN = 4
"""Combining marks on one letter that real scripts need; Tibetan and Vietnamese stay whole."""


def _named(codes: Iterable[int], names: str) -> dict[int, str]:
    return dict(zip(codes, names.split(), strict=True))


_BIDI = _named(
    (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C),
    "LRE RLE PDF LRO RLO LRI RLI FSI PDI LRM RLM ALM",
)
_ZERO_WIDTH = _named(
    (*range(0x200B, 0x200E), *range(0x2060, 0x2066), 0xFEFF, 0x034F, 0x180E),
    "ZWSP ZWNJ ZWJ WJ FA IT IS IP U+2065 BOM CGJ MVS",
) | _named((0x115F, 0x1160, 0x3164, 0xFFA0, 0x17B4, 0x17B5), "HCF HJF HF HHF KIVAQ KIVAA")
_SELECTORS = (
    {0xFE00 + n: f"VS{n + 1}" for n in range(16)}
    | {0xE0100 + n: f"VS{n + 17}" for n in range(240)}
    | _named((0x180B, 0x180C, 0x180D, 0x180F), "FVS1 FVS2 FVS3 FVS4")
)
_CONTROLS = (
    {code: chr(0x2400 + code) for code in range(0x20)}
    | {0x0A: "↵", 0x7F: "␡"}
    | {
        code: f"‹{name}›"
        for code, name in _named(
            range(0x80, 0xA0),
            "PAD HOP BPH NBH IND NEL SSA ESA HTS HTJ VTS PLD PLU RI SS2 SS3 "
            "DCS PU1 PU2 STS CCH MW SPA EPA SOS SGC SCI CSI ST OSC PM APC",
        ).items()
    }
)
_FORMAT = _named((0x00AD, 0x2028, 0x2029, 0xFFF9, 0xFFFA, 0xFFFB), "SHY LS PS IAA IAS IAT")
_NAMES = _BIDI | _ZERO_WIDTH | _SELECTORS | _FORMAT
_KINDS = (
    dict.fromkeys(_BIDI, "bidi")
    | dict.fromkeys(_ZERO_WIDTH, "zero width")
    | dict.fromkeys(_SELECTORS, "variation")
    | dict.fromkeys(range(0xE0000, 0xE0080), "tag")
    | dict.fromkeys(range(0xFDD0, 0xFDF0), "noncharacter")
    | dict.fromkeys(range(0xFFF0, 0xFFF9), "format")
)
_KIND_OF_CATEGORY = {
    "Cc": "control",
    "Cs": "lone surrogate",
    "Co": "private use",
    "Cf": "format",
    "Zl": "format",
    "Zp": "format",
}

# Printable to Python, and still nothing to see: fillers, joiners and variation selectors.
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u3164\ufe00-\ufe0f\uffa0"
    "\U000e0100-\U000e01ef]"
)
_EMOJI_SELECTOR = re.compile(
    "(?<=[#*0-9\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u27bf\u2900-\u297f"
    "\u2b00-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff])[\ufe0e\ufe0f]"
)
_TAGS = re.compile("[\U000e0020-\U000e007e]+")
_FOREIGN_SIGN = r"[^\w\s\x00-\x7f]"
_MAY_BE_MARKS = re.compile(rf"{_FOREIGN_SIGN}{{{MARKS_DRAWN + 1},}}|^{_FOREIGN_SIGN}")


def counted(number: int, noun: str) -> str:
    """A number and what it counts: `1 call`, `3,720 calls`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def line(text: str) -> str:
    """Text for one row: every control character, newlines too, becomes a glyph."""
    return _inert(text)


def block(text: str) -> str:
    """Text for a reading pane: newlines keep their work and tabs are four spaces, no more."""
    if text.isascii() and text.isprintable():
        return text
    return "\n".join(_inert(row.replace("\t", "    ")) for row in text.split("\n"))


def raw(text: bytes) -> str:
    r"""Bytes for one row, as exact as a terminal can show them: an invalid one is `\xNN`."""
    return _inert(text.decode("utf-8", "backslashreplace"))


def hidden(text: str) -> Counter[str]:
    """How many hidden characters `block` makes visible, by kind; newlines and tabs hide nothing."""
    counts: Counter[str] = Counter()
    if _harmless(text):
        return counts
    text = _EMOJI_SELECTOR.sub("", text)
    for char, n in Counter(text).items():
        kind = None if char in "\n\t" else _kind(char)
        if kind:
            counts[kind] += n
    piled = sum(
        len(pile) - MARKS_DRAWN for run in _MAY_BE_MARKS.findall(text) for pile in _piles(run)
    )
    if piled:
        counts["piled mark"] += piled
    return counts


def note(counts: Counter[str]) -> str:
    """The sentence beside a text with hidden characters, or nothing: `⚠ 2 bidi shown`."""
    if not counts:
        return ""
    return "⚠ " + ", ".join(f"{n:,} {kind}" for kind, n in counts.most_common()) + " shown"


def _inert(text: str) -> str:
    if _harmless(text):
        return text
    text = _EMOJI_SELECTOR.sub("", text)
    text = _TAGS.sub(lambda run: f"‹tags {_untagged(run[0])}›", text)
    return _MAY_BE_MARKS.sub(_thinned, text.translate(_GLYPHS))


def _harmless(text: str) -> bool:
    if not text.isprintable():
        return False
    return text.isascii() or not (_UNSEEN.search(text) or _MAY_BE_MARKS.search(text))


def _untagged(run: str) -> str:
    return "".join(chr(ord(char) - 0xE0000) for char in run)


def _thinned(run: re.Match[str]) -> str:
    text = run[0]
    for pile in sorted(set(_piles(text)), key=len, reverse=True):
        text = text.replace(pile, f"{pile[:MARKS_DRAWN]}‹+{len(pile) - MARKS_DRAWN} marks›")
    # A mark with nothing before it would sit on our own frame.
    return f"◌{text}" if run.start() == 0 and _is_mark(text[0]) else text


def _piles(text: str) -> list[str]:
    """The runs of combining marks that are too long to draw."""
    piles, run = [], ""
    for char in f"{text} ":
        if _is_mark(char):
            run += char
            continue
        if len(run) > MARKS_DRAWN:
            piles.append(run)
        run = ""
    return piles


def _is_mark(char: str) -> bool:
    return unicodedata.category(char) in ("Mn", "Me") and not _kind(char)


def _kind(char: str) -> str | None:
    """What a character hides, or None when it can be drawn as it is."""
    code = ord(char)
    if code in _KINDS:
        return _KINDS[code]
    if code & 0xFFFE == 0xFFFE:
        return "noncharacter"
    if 0xE0080 <= code <= 0xE0FFF:
        return "format"
    return _KIND_OF_CATEGORY.get(unicodedata.category(char))


def _glyph(code: int) -> str:
    """What is drawn for a character that hides something."""
    return _CONTROLS.get(code) or f"‹{_NAMES.get(code, f'U+{code:04X}')}›"


class _Glyphs(dict[int, str]):
    """The table of `str.translate`, filled as characters are met: Unicode is too long to build."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        self[code] = _glyph(code) if _kind(char) else char
        return self[code]


_GLYPHS = _Glyphs()
