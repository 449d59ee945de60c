"""A list of calls that somebody moves about in: what is in it, in which order, and where one is."""

from abc import abstractmethod
from dataclasses import dataclass

from textual import events
from textual.message import Message

from tailllm.records.row import Row
from tailllm.store.window import Window
from tailllm.tui.widgets.gaze import Gaze
from tailllm.tui.widgets.kept import Kept
from tailllm.tui.widgets.ranked import Rank, Ranked
from tailllm.tui.widgets.view import Keep, View

WHEEL_ROWS = 3


class Browsed(Kept):
    """Keeps the calls that are shown and the one under the cursor; who draws them comes above."""

    @dataclass
    class Moved(Message, namespace="call_table"):
        """The selected call is another one, or following has begun or ended."""

        seq: int | None

        def can_replace(self, message: Message) -> bool:
            """Only where the cursor is now matters."""
            return isinstance(message, Browsed.Moved)

    def __init__(self, window: Window, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._window = window
        self._drawn: tuple[object, ...] = ()
        self._told: tuple[int | None, bool] = (None, True)
        self.view = View(window)
        self.gaze = Gaze()
        self.rank: Rank | None = None
        """The order a person has asked for; None: as they came."""

    @abstractmethod
    def painted(self) -> tuple[object, ...]:
        """What the lines show: equal means that nothing need be painted."""

    @property
    def rows(self) -> int:
        """How many calls fit."""
        return max(1, self.size.height - 1)

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
        if self.rank is not None:
            self.view.reach(self._window.first)
            self.view = Ranked(self.view, self.rank)
        self.gaze.adopt(self.view, self.rows)
        self.settle()

    def sort(self, rank: Rank | None) -> None:
        """Put the calls there are in an order, the cursor on the first; None: as they came."""
        view = self.view.plain() if isinstance(self.view, Ranked) else self.view
        self.rank, self.view = rank, view
        if rank is None:
            self.gaze.adopt(view, self.rows)
        else:
            self.gaze.detach(view)
            view.reach(self._window.first)
            self.view = Ranked(view, rank)
            self.gaze.move(self.view, -len(self.view), self.rows)
        self.refresh()
        self.settle()

    def follow(self, wanted: bool) -> None:
        """Follow the newest call, as they came, or stop where we are."""
        if wanted and self.rank is not None:
            self.sort(None)
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
        """Move to a call that is shown, or that came after calls were put in order."""
        if self.rank is not None and self.view.place(seq) is None:
            self.sort(None)
        self.gaze.go(self.view, seq, self.rows)
        self.settle()

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
        drawn = self.painted()
        if drawn != self._drawn:
            self._drawn = drawn
            self.refresh()
        now = (self.cursor, self.following)
        if now != self._told:
            self._told = now
            self.post_message(self.Moved(self.cursor))
