"""Where somebody is looking: at the newest call, or at one that must not move."""

from tailllm.tui.widgets.view import View


class Gaze:
    """A cursor on a view, and the line of the screen it is on.

    Following, the cursor is the newest call. Looking back, the cursor and its line
    stay what they are until a person moves them, whatever the view does.
    """

    def __init__(self) -> None:
        self.cursor: int | None = None
        """Sequence number of the selected call; None when nothing is shown."""
        self.following = True
        self.left_at = 0
        """While looking back: the first sequence number that had not come yet."""
        self._place = 0
        self._line = 0

    @property
    def line(self) -> int:
        """The line of the screen the cursor is on, from 0."""
        return self._line

    @property
    def top(self) -> int:
        """The place drawn on the first line."""
        return self._place - self._line

    def settle(self, view: View, height: int) -> None:
        """Find our feet after the view or the height has changed."""
        if not view.seqs:
            if self.following:
                self.cursor = None
            return
        if self.following or self.cursor is None:
            self._stand(view, view.seqs[-1])
            self._line = max(0, min(height, len(view)) - 1)
            return
        view.reach(self.cursor)
        place = view.place(self.cursor)
        if place is not None:
            self._place = place
        elif self.cursor >= view.low:
            self._stand(view, view.nearest(self.cursor))
        self._line = max(0, min(self._line, height - 1))

    def adopt(self, view: View, height: int) -> None:
        """Look at another view (a new filter): the nearest call, on the same line."""
        if self.cursor is not None:
            view.reach(self.cursor)
            if view.place(self.cursor) is None:
                self._stand(view, view.nearest(self.cursor))
        self.settle(view, height)
        self._fill(view, height)

    def move(self, view: View, rows: int, height: int) -> None:
        """Move by hand: up leaves the newest call, and so does down."""
        if not view.seqs:
            return
        self.detach(view)
        place = max(view.first_place, min(view.end_place - 1, self._place + rows))
        self._go(view, place, self._line + place - self._place, height)

    def go(self, view: View, seq: int, height: int) -> None:
        """Move to a call that is shown; it comes to the middle when it was off the screen."""
        place = view.place(seq)
        if place is None:
            return
        self.detach(view)
        line = self._line + place - self._place
        self._go(view, place, line if 0 <= line < height else height // 2, height)

    def detach(self, view: View) -> None:
        """Stop following; what comes from now on is counted as new."""
        if self.following:
            self.following = False
            self.left_at = view.high

    def attach(self, view: View, height: int) -> None:
        """Follow the newest call."""
        self.following = True
        self.settle(view, height)

    def _go(self, view: View, place: int, line: int, height: int) -> None:
        self._place = place
        self.cursor = view.at(place)
        self._line = max(0, min(line, height - 1))
        self._fill(view, height)

    def _fill(self, view: View, height: int) -> None:
        """Leave no empty lines where there are calls to draw."""
        if self.following or not view.seqs:
            return
        lowest = self._place - view.first_place
        highest = max(0, height - (view.end_place - self._place))
        self._line = max(0, min(lowest, max(self._line, min(highest, lowest)), height - 1))

    def _stand(self, view: View, seq: int | None) -> None:
        self.cursor = seq
        if seq is not None:
            self._place = view.place(seq) or 0
