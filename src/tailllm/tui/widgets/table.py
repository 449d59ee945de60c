"""The streaming list of calls, drawn line by line from the window."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from tailllm.records.row import Row
from tailllm.store.novelties import Novelties
from tailllm.store.window import Window
from tailllm.tui import cells
from tailllm.tui.cells import Glyphs
from tailllm.tui.widgets import columns
from tailllm.tui.widgets.gaze import Gaze
from tailllm.tui.widgets.lines import Lines, Looks
from tailllm.tui.widgets.view import Keep, View

WHEEL_ROWS = 3


class CallTable(Widget, can_focus=True):
    """Draws the part of a `View` that fits, and nothing else.

    It keeps no rows of its own, so a paint costs the height of the terminal and not the
    length of the day. It has no scroll offset either: the `Gaze` says which place is on
    the first line, and a place stays the same when calls are added or forgotten.
    """

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

    @dataclass
    class Moved(Message):
        """The selected call is another one, or following has begun or ended."""

        seq: int | None

        def can_replace(self, message: Message) -> bool:
            """Only where the cursor is now matters."""
            return isinstance(message, CallTable.Moved)

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
        super().__init__(id=id)
        self._window = window
        self._slow = slow
        self._marked = marked
        self._novelties = Novelties(0) if novelties is None else novelties
        self._glyphs = glyphs
        self._drawn: tuple[object, ...] = ()
        self._told: tuple[int | None, bool] = (None, True)
        self._lines = Lines(lambda: self.rich_style, self._own, glyphs)
        self.view = View(window)
        self.gaze = Gaze()
        self.odd: Callable[[Row], str] = _usual
        """What is unusual about a call, in a word or two; empty when nothing is."""
        self.pinned = ""
        """Key of the call that others are compared with."""
        self.column = ""
        """The column a person has chosen; empty until then."""

    @property
    def rows(self) -> int:
        """How many calls fit."""
        return max(1, self.size.height - 1)

    @property
    def has_novelty(self) -> bool:
        """Whether there is a corpus that calls can be unlike."""
        return self._novelties.cases > 0

    @property
    def cursor(self) -> int | None:
        """Sequence number of the selected call."""
        return self.gaze.cursor

    @property
    def following(self) -> bool:
        """Whether new calls pull the cursor along."""
        return self.gaze.following

    @property
    def selected(self) -> Row | None:
        """The call under the cursor; None when there is none or it was forgotten."""
        return None if self.cursor is None else self._window.at(self.cursor)

    def grow(self) -> None:
        """Take in what has come and draw it."""
        self.view.advance()
        self.settle()

    def show(self, keep: Keep | None, *, is_told: bool = False) -> None:
        """Show only the calls that `keep` says yes to; None shows all.

        Args:
            is_told: Whether `view.again` will be called for those of the calls held now.
        """
        self.view = View(self._window, keep, is_told=is_told)
        self.view.advance()
        self.gaze.adopt(self.view, self.rows)
        self.settle()

    def follow(self, wanted: bool) -> None:
        """Follow the newest call, or stop where we are."""
        if wanted:
            self.gaze.attach(self.view, self.rows)
        else:
            self.gaze.detach(self.view)
        self.settle()

    def move(self, rows: int) -> None:
        """Move the cursor by hand; that stops following."""
        self.gaze.move(self.view, rows, self.rows)
        self.settle()

    def go(self, seq: int) -> None:
        """Move to a call that is shown."""
        self.gaze.go(self.view, seq, self.rows)
        self.settle()

    def render_line(self, y: int) -> Strip:
        """One line of the viewport; the first one is the heading."""
        width = self.size.width
        if y == 0:
            self._lines.restyle()
            shown = columns.columns(width, novel=self.has_novelty)
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
        novel = (self.has_novelty, None if novelty is None else round(novelty, 2))
        chosen, pinned = self.column if here else "", row.key == self.pinned
        eyes = self._slow(row), self._marked(row)
        looks = Looks(*eyes, here, width, pinned, chosen, *novel, self.odd(row))
        return self._lines.line(seq, row, looks)

    def on_resize(self, event: events.Resize) -> None:
        """Keep the cursor on the screen."""
        self.settle()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel moves the cursor, as the keys do."""
        event.stop()
        self.move(-WHEEL_ROWS)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel moves the cursor, as the keys do."""
        event.stop()
        self.move(WHEEL_ROWS)

    def on_click(self, event: events.Click) -> None:
        """Select the call under the pointer."""
        seq = self.view.at(self.gaze.top + event.y - 1)
        if event.y > 0 and seq is not None:
            self.go(seq)

    def settle(self) -> None:
        """Draw what is different."""
        self.gaze.settle(self.view, self.rows)
        drawn = self._visible()
        if drawn != self._drawn:
            self._drawn = drawn
            self.refresh()
        now = (self.cursor, self.following)
        if now != self._told:
            self._told = now
            self.post_message(self.Moved(self.cursor))

    def _visible(self) -> tuple[object, ...]:
        """What the lines show: equal means that nothing need be painted."""
        top = self.gaze.top
        seqs = [self.view.at(place) for place in range(top, top + self.rows)]
        rows = [None if seq is None else self._window.at(seq) for seq in seqs]
        novel = [None if row is None else self._novelties.novelty(row) for row in rows]
        place = (self.size.width, self.cursor, self.gaze.line, self.has_novelty)
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
        return Strip([Segment(cells.cut(text, width, self._glyphs), style)])


def _usual(_row: Row) -> str:
    """Nobody has compared it."""
    return ""
