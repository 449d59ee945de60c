"""The streaming list of calls, drawn line by line from the window."""

from collections.abc import Callable
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.reactive import reactive
from textual.strip import Strip

from tailllm.records.row import Row
from tailllm.store.novelties import Novelties
from tailllm.store.window import Window
from tailllm.tui import cells
from tailllm.tui.cells import Glyphs
from tailllm.tui.widgets import columns
from tailllm.tui.widgets.browsed import Browsed
from tailllm.tui.widgets.lines import Lines, Looks


class CallTable(Browsed, can_focus=True):
    """Draws the part of a `View` that fits, and nothing else.

    It keeps no rows of its own, so a paint costs the height of the terminal and not the
    length of the day. It has no scroll offset either: the `Gaze` says which place is on
    the first line, and a place stays the same when calls are added or forgotten.
    """

    FILLS = True
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "call-table--title",
        "call-table--quiet",
        "call-table--failed",
        "call-table--error",
        "call-table--slow",
        "call-table--odd",
        "call-table--partial",
        "call-table--mark",
        "call-table--cursor",
        "call-table--empty",
    }

    empty: reactive[str] = reactive("")
    """What to say when there is nothing to draw: what would fill the table."""

    def __init__(
        self,
        window: Window,
        *,
        slow: Callable[[Row], bool],
        marked: Callable[[Row], bool],
        novelties: Novelties | None = None,
        glyphs: Glyphs = cells.UNICODE,
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(window, id=id)
        self._slow = slow
        self._marked = marked
        self._novelties = Novelties(0) if novelties is None else novelties
        self._glyphs = glyphs
        self._lines = Lines(lambda: self.rich_style, self._own, glyphs)
        self.odd: Callable[[Row], str] = _usual
        """What is unusual about a call, in a word or two; empty when nothing is."""
        self.pinned = ""
        """Key of the call that others are compared with."""
        self.column = ""
        """The column a person has chosen; empty until then."""

    @property
    def has_novelty(self) -> bool:
        """Whether there is a corpus that calls can be unlike."""
        return self._novelties.cases > 0

    @property
    def novel_from(self) -> int:
        """The width from which novelty is a column; 0 where there is no corpus."""
        if not self.has_novelty:
            return 0
        return columns.NOVEL_FROM if self.rank is None else columns.RANKED_FROM

    def notify_style_update(self) -> None:
        """The theme may be another one."""
        super().notify_style_update()
        self._lines.restyle()

    def render_line(self, y: int) -> Strip:
        """One line of the viewport; the first one is the heading."""
        width = self.size.width
        if y == 0:
            shown = columns.columns(width, novel_from=self.novel_from)
            style = self.rich_style + self._own("title")
            return Strip([Segment(columns.titles(shown), style)]).crop_extend(0, width, style)
        seq = self.view.at(self.gaze.top + y - 1)
        if seq is None:
            return self._blank(y, width)
        row = self._window.at(seq)
        if row is None:
            return self._blank(y, width)
        here = seq == self.cursor
        novelty = self._novelties.novelty(row)
        novel = (self.novel_from, None if novelty is None else round(novelty, 2))
        chosen, pinned = self.column if here else "", row.key == self.pinned
        eyes = self._slow(row), self._marked(row)
        looks = Looks(*eyes, here, width, pinned, chosen, *novel, self.odd(row))
        return self._lines.line(seq, row, looks)

    def painted(self) -> tuple[object, ...]:
        """The calls on the lines, and all else of them that may change."""
        top = self.gaze.top
        seqs = [self.view.at(place) for place in range(top, top + self.rows)]
        rows = [None if seq is None else self._window.at(seq) for seq in seqs]
        novel = [None if row is None else self._novelties.novelty(row) for row in rows]
        place = (self.size.width, self.cursor, self.gaze.line, self.novel_from)
        return (*place, *seqs, *rows, *novel)

    def _own(self, name: str) -> Style:
        return self.get_component_rich_style(f"call-table--{name}", partial=True)

    def _blank(self, y: int, width: int) -> Strip:
        style = self.rich_style
        text = ""
        if y - 1 == self.gaze.line and self.cursor is not None and self.view.seqs:
            text = (
                f"{self._glyphs.cursor}   forgotten: only the newest {self._window.size:,} are held"
            )
        elif y == 2 and not self.view.seqs:
            text = "    " + self.empty
        if text:
            style = self.rich_style + self._own("empty")
        return Strip([Segment(cells.cut(text, width, self._glyphs), style)], width)


def _usual(_row: Row) -> str:
    """Nobody has compared it."""
    return ""
