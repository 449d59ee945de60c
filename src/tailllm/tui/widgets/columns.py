"""The columns of the call table: which fit, and what one row says in each.

Free text comes last, so that a terminal's mistake about its width shifts no column.
"""

from functools import lru_cache
from typing import NamedTuple

from tailllm.ink import line as visible
from tailllm.records.row import Row
from tailllm.tui import cells
from tailllm.tui.cells import Glyphs


class Column(NamedTuple):
    """One column; `width` in terminal cells, 0 takes what is left."""

    name: str
    title: str
    width: int
    right: bool = False


_TINY = (Column("time", "time UTC", 8), Column("verdict", "verdict", 0))
_SMALL = (
    Column("time", "time UTC", 8),
    Column("ms", "ms", 5, True),
    Column("verdict", "verdict", 11),
    Column("text", "user", 0),
)
_SLIM = (
    Column("time", "time UTC", 8),
    Column("ms", "ms", 5, True),
    Column("model", "model", 11),
    Column("prompt", "prompt@ver", 12),
    Column("verdict", "verdict", 10),
    Column("text", "user", 0),
)
_NARROW = (
    Column("time", "time UTC", 8),
    Column("ms", "ms", 5, True),
    Column("tokens", "in/out", 8),
    Column("model", "model", 11),
    Column("prompt", "prompt@ver", 12),
    Column("verdict", "verdict", 10),
    Column("text", "user", 0),
)
_ROOMY = (
    Column("time", "time UTC", 8),
    Column("ms", "ms", 5, True),
    Column("ttft", "ttft", 5, True),
    Column("tokens", "in/out", 9),
    Column("model", "model", 12),
    Column("prompt", "prompt@ver", 14),
    Column("verdict", "verdict", 12),
    Column("text", "user", 0),
)
_DESK = (
    Column("instant", "time UTC", 12),
    Column("ms", "ms", 5, True),
    Column("ttft", "ttft", 5, True),
    Column("tokens", "in/out", 9),
    Column("model", "model", 14),
    Column("prompt", "prompt@ver", 19),
    Column("verdict", "verdict", 12),
    Column("text", "user", 0),
)
_WIDE = (
    Column("instant", "time UTC", 12),
    Column("ms", "ms", 6, True),
    Column("ttft", "ttft", 5, True),
    Column("tokens", "in/out", 11),
    Column("cost", "cost", 8, True),
    Column("model", "model", 22),
    Column("prompt", "prompt@ver", 26),
    Column("verdict", "verdict", 18),
    Column("text", "user", 0),
)

_LAYOUTS = ((140, _WIDE), (112, _DESK), (90, _ROOMY), (76, _NARROW), (62, _SLIM), (36, _SMALL))
"""The least width for each: what people wrote gets 16 cells and more at 80 columns and over."""

GUTTER = 4
"""Cells before the first column: cursor, state, mark, space."""


NOVEL = Column("novel", "novel", 5, True)
NOVEL_FROM = 90
"""Cells from which there is room for the number; the sign before the time is always there."""
RANKED_FROM = 62
"""The same where the calls are sorted by it: the tokens give way."""


@lru_cache(maxsize=64)
def columns(width: int, *, novel_from: int = 0) -> tuple[Column, ...]:
    """The columns for a table `width` cells wide.

    Args:
        width: In terminal cells.
        novel_from: The width from which novelty is a column; 0 where there is no corpus.
    """
    for least, found in _LAYOUTS:
        if width >= least:
            more = (NOVEL,) if novel_from and width >= novel_from else ()
            crowded = more and width < NOVEL_FROM
            kept = [one for one in found if not crowded or one.name != "tokens"]
            return _sized((*kept[:-2], *more, *kept[-2:]), width)
    return _sized(_TINY, width)


def beside(name: str, steps: int, start: str, width: int) -> str:
    """The column so many steps from `name`; `start` where that is not shown."""
    names = [column.name for column in columns(width)]
    if name not in names:
        return start if start in names else names[0]
    return names[max(0, min(len(names) - 1, names.index(name) + steps))]


def texts(
    row: Row,
    shown: tuple[Column, ...],
    *,
    slow: bool,
    glyphs: Glyphs,
    novelty: float | None = None,
    odd: str = "",
) -> list[str]:
    """What a row says in each column, each exactly as wide as its column."""
    new = "-" if novelty is None else f"{novelty:.2f}"
    return [
        cells.right(new, column.width)
        if column is NOVEL
        else _text(column, row, (slow, odd), glyphs)
        for column in shown
    ]


def titles(shown: tuple[Column, ...]) -> str:
    """The heading over the rows, gutter included."""
    words = (
        cells.right(c.title, c.width) if c.right else cells.cut(c.title, c.width) for c in shown
    )
    return " " * GUTTER + " ".join(words)


def _sized(shown: tuple[Column, ...], width: int) -> tuple[Column, ...]:
    fixed = GUTTER + sum(column.width + 1 for column in shown) - 1
    room = max(0, width - fixed)
    return tuple(c if c.width else c._replace(width=room) for c in shown)


def _text(column: Column, row: Row, among: tuple[bool, str], glyphs: Glyphs) -> str:
    width = column.width
    match column.name:
        case "model":
            return cells.model(row.model, width, glyphs)
        case "prompt":
            return cells.prompt(row.prompt_name, row.prompt_version, width, glyphs)
        case "text":
            return cells.cut(visible(row.preview or row.reply), width, glyphs)
        case "verdict":
            slow, odd = among
            return cells.cut(cells.verdict(row, slow=slow, odd=odd), width, glyphs)
    text = _number(column.name, row)
    return cells.right(text, width) if column.right else cells.cut(text, width, glyphs)


def _number(name: str, row: Row) -> str:
    match name:
        case "time":
            return cells.clock(row.at)
        case "instant":
            return cells.clock(row.at, millis=True)
        case "ms":
            return cells.millis(row.latency_ms)
        case "ttft":
            return cells.millis(row.ttft_ms)
        case "cost":
            return cells.money(row.cost)
        case _:
            return cells.tokens(row)
