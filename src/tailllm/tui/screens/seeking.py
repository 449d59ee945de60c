"""Stepping to the next call of a kind: failing, slow, marked, of the same conversation."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from tailllm.records.row import Row
from tailllm.store.window import Window
from tailllm.tui.widgets.gaze import Gaze
from tailllm.tui.widgets.view import View

NAMES = {
    "bad": "failing call",
    "slow": "slow call",
    "marked": "marked call",
    "same": "call of this conversation",
    "any": "call",
}


class Found(NamedTuple):
    """Where to go, or why to stay."""

    seq: int | None
    sentence: str = ""


class Seeker:
    """Looks through the calls that are shown, so a filter narrows it too.

    From a call somebody looks at, forward is down, to newer calls. From the newest call,
    while following, nothing is below: forward then means the nearest one above, so that
    one key always reaches a failing call.
    """

    def __init__(
        self,
        window: Window,
        *,
        slow: Callable[[Row], bool],
        marked: Callable[[Row], bool],
    ) -> None:
        self._window = window
        self._tests: dict[str, Callable[[Row], bool]] = {
            "bad": lambda row: row.is_bad,
            "slow": slow,
            "marked": marked,
            "any": lambda _: True,
        }

    def seek(self, view: View, gaze: Gaze, kind: str, direction: int) -> Found:
        """The next call of `kind` in `direction` (1 down, -1 up)."""
        if gaze.cursor is None:
            return Found(None, "No call to start from.")
        test = self._test(kind, gaze.cursor)
        if test is None:
            return Found(None, "This call names no conversation.")
        if gaze.following and direction > 0:
            if kind != "same" and test(self._row(gaze.cursor)):
                return Found(gaze.cursor)
            direction = -1
        return self.step(view, gaze.cursor, kind, direction)

    def step(self, view: View, start: int, kind: str, direction: int) -> Found:
        """The next call of `kind` from `start`, which itself need not be shown any more."""
        test = self._test(kind, start)
        if test is None:
            return Found(None, "This call names no conversation.")
        bad = kind == "bad"
        found = self._first(view.beyond(start, direction, bad=bad), test)
        if found is not None:
            return Found(found)
        if self._first(view.beyond(start, -direction, bad=bad), test) is not None:
            side, way = ("below", "up") if direction > 0 else ("above", "down")
            return Found(None, f"No {NAMES[kind]} {side}; there are some further {way}.")
        return Found(None, self._none(view, kind, here=test(self._row(start))))

    def _test(self, kind: str, cursor: int) -> Callable[[Row | None], bool] | None:
        if kind == "same":
            here = self._row(cursor)
            name = here and (here.conversation_id or here.trace_id)
            if not name:
                return None
            return lambda row: row is not None and name in (row.conversation_id, row.trace_id)
        test = self._tests[kind]
        return lambda row: row is not None and test(row)

    def _first(self, seqs: Iterable[int], test: Callable[[Row | None], bool]) -> int | None:
        return next((seq for seq in seqs if test(self._row(seq))), None)

    def _row(self, seq: int) -> Row | None:
        return self._window.at(seq)

    def _none(self, view: View, kind: str, *, here: bool) -> str:
        other = "other " if here else ""
        where = "shown" if view.is_filtered else "held"
        return f"No {other}{NAMES[kind]} in the {len(view):,} {where}."
