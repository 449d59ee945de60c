"""The lines of the call table as they look, made anew only where one would look different."""

from collections.abc import Callable
from itertools import groupby
from typing import NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tailllm.records.row import Row
from tailllm.tui import cells
from tailllm.tui.cells import Glyphs
from tailllm.tui.widgets import columns
from tailllm.tui.widgets.columns import Column

_CHOSEN = Style(reverse=True)
LINES_KEPT = 300
"""A few screens: where the list moves by one call, one line is drawn."""


class Looks(NamedTuple):
    """What a line depends on, besides its call."""

    slow: bool
    is_marked: bool
    is_cursor: bool
    width: int
    is_pinned: bool = False
    """Others are compared with it."""
    chosen: str = ""
    """The column a person has chosen, on the line of the cursor."""
    novel_from: int = 0
    """The width from which novelty is a column; 0 where there is no corpus."""
    novelty: float | None = None
    odd: str = ""
    """What is unusual for its kind."""


class _Styles(NamedTuple):
    """How one kind of line looks."""

    under: Style
    loud: Style
    body: Style
    mark: Style
    of: dict[str, Style]
    """Of the columns that are not like the body."""


_Runs = list[tuple[Style, slice]]
"""Which parts of a line, one after the other, look alike."""


class Lines:
    """Draws calls and remembers the last ones.

    Args:
        under: The style of the table itself.
        own: The style of one of its components, by the end of its name.
    """

    def __init__(
        self, under: Callable[[], Style], own: Callable[[str], Style], glyphs: Glyphs
    ) -> None:
        self._under = under
        self._own = own
        self._glyphs = glyphs
        self._styles: dict[tuple[str, bool, bool], _Styles] = {}
        self._runs: dict[tuple[object, ...], _Runs] = {}
        self._kept: dict[int, tuple[Row, Looks, _Styles, Strip]] = {}

    def restyle(self) -> None:
        """Ask for the styles again: the theme may be another one."""
        self._styles.clear()
        self._runs.clear()

    def line(self, seq: int, row: Row, looks: Looks) -> Strip:
        """The line of a call."""
        state = cells.kind(row, slow=looks.slow)
        state = "odd" if state == "ok" and looks.odd else state
        styles = self._styled(state, looks)
        known = self._kept.pop(seq, None)
        if known is None or known[:3] != (row, looks, styles):
            known = (row, looks, styles, self._draw(row, state, looks, styles))
        self._kept[seq] = known
        while len(self._kept) > LINES_KEPT:
            del self._kept[next(iter(self._kept))]
        return known[3]

    def _draw(self, row: Row, state: str, looks: Looks, styles: _Styles) -> Strip:
        glyphs = self._glyphs
        shown = columns.columns(looks.width, novel_from=looks.novel_from)
        badge = glyphs.pin if looks.is_pinned else cells.badge(looks.novelty, glyphs)
        parts = [
            glyphs.cursor if looks.is_cursor else " ",
            cells.glyph(state, glyphs),
            glyphs.mark if looks.is_marked else " ",
            badge,
        ]
        texts = columns.texts(
            row, shown, slow=looks.slow, glyphs=glyphs, novelty=looks.novelty, odd=looks.odd
        )
        parts.extend(f"{text} " for text in texts)
        fits = columns.GUTTER + sum(column.width + 1 for column in shown) == looks.width + 1
        if fits:
            parts[-1] = texts[-1]
        kind = (state, looks.is_marked, looks.is_cursor, badge == " ", looks.chosen, shown)
        runs = self._runs.get(kind) or self._runs.setdefault(
            kind, _runs(styles, shown, is_new=badge != " ", chosen=looks.chosen)
        )
        segments = [Segment("".join(parts[these]), style) for style, these in runs]
        if fits:
            return Strip(segments, looks.width)
        return Strip(segments).crop_extend(0, looks.width, styles.under).simplify()

    def _styled(self, state: str, looks: Looks) -> _Styles:
        """Adding styles up takes longer than drawing the text, so it is done once."""
        kind = (state, looks.is_marked, looks.is_cursor)
        known = self._styles.get(kind)
        if known is not None:
            return known
        under = self._under()
        if looks.is_cursor:
            under += self._own("cursor")
        quiet = under + self._own("quiet")
        loud = quiet if state == "ok" else under + self._own(state)
        body = loud if state in ("failed", "error") else quiet
        mark = under + self._own("mark") if looks.is_marked else under
        of = {"verdict": loud, "ms": loud if state == "slow" else body, "text": under}
        found = self._styles[kind] = _Styles(under, loud, body, mark, of)
        return found


def _runs(styles: _Styles, shown: tuple[Column, ...], *, is_new: bool, chosen: str) -> _Runs:
    """How the parts of a line look: four signs and a text for each column."""
    looks = [styles.under, styles.loud, styles.mark, styles.of["text"] if is_new else styles.mark]
    for column in shown:
        style = styles.of.get(column.name, styles.body)
        looks.append(style + _CHOSEN if column.name == chosen else style)
    runs: _Runs = []
    start = 0
    for style, alike in groupby(looks):
        end = start + len(list(alike))
        runs.append((style, slice(start, end)))
        start = end
    return runs
