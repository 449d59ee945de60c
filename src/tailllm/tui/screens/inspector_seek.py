"""Steps from one call to another: failing, slow, marked, of the same conversation, any."""

from collections.abc import Callable
from typing import Any

from tailllm.records.row import Row
from tailllm.store.window import Window
from tailllm.tui.screens.seeking import Found, Seeker
from tailllm.tui.widgets.view import View

Seek = Callable[[str, int, int], Found]
"""(kind, direction, from seq) -> the next call, or why there is none.

Kinds: bad, slow, same, marked, any. Direction: 1 is newer, -1 is older.
"""


def seek_in(window: Window, store: Any, keeper: Any) -> Seek:
    """A seek over every call held: for a reader who did not come from a filtered list."""

    def slow(row: Row) -> bool:
        over = store.slow_over(row)
        return over is not None and row.latency_ms is not None and row.latency_ms > over

    view = View(window)
    seeker = Seeker(window, slow=slow, marked=lambda row: row.key in keeper.marked)

    def seek(kind: str, direction: int, seq: int) -> Found:
        view.advance()
        view.reach(window.first)
        return seeker.step(view, seq, kind, direction)

    return seek
