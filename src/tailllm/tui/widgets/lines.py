"""The lines of the call table as they look, made anew only where one would look different."""

from collections.abc import Callable
from typing import NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tailllm.records.row import Row
from tailllm.tui import cells
from tailllm.tui.cells import Glyphs
from tailllm.tui.widgets import columns

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
    has_novelty: bool = False
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
        self._kept: dict[int, tuple[Row, Looks, _Styles, Strip]] = {}

    def restyle(self) -> None:
        """Ask for the styles again: the theme may be another one."""
        self._styles.clear()

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
        badge = glyphs.pin if looks.is_pinned else cells.badge(looks.novelty, glyphs)
        segments = [
            Segment(glyphs.cursor if looks.is_cursor else " ", styles.under),
            Segment(cells.glyph(state, glyphs), styles.loud),
            Segment(glyphs.mark if looks.is_marked else " ", styles.mark),
            Segment(badge, styles.mark if badge == " " else styles.of["text"]),
        ]
        shown = columns.columns(looks.width, novel=looks.has_novelty)
        texts = columns.texts(
            row, shown, slow=looks.slow, glyphs=glyphs, novelty=looks.novelty, odd=looks.odd
        )
        for column, text in zip(shown, texts, strict=True):
            style = styles.of.get(column.name, styles.body)
            if column.name == looks.chosen:
                style += _CHOSEN
            segments.append(Segment(text + " ", style))
        return Strip(segments).crop_extend(0, looks.width, styles.under).simplify()

    def _styled(self, state: str, looks: Looks) -> _Styles:
        """Adding styles up takes longer than drawing the text, so it is done once a paint."""
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
