"""Clocks that disagree: calls that come long after the time they name, or before it."""

from collections.abc import Callable
from math import isfinite

from tailllm.records.line import Notice
from tailllm.records.row import Row
from tailllm.store.window import Window

SKEW_S = 300.0
"""Lines are brought in batches and calls take their time; more than that is a clock."""
LOOKED_AT = 100
"""Of the calls that came together; a clock that is wrong is wrong for all of them."""


class Clocks:
    """Says once for each file that its times and ours do not fit.

    Args:
        path: The best known path of a file id.
        say: Hears of it.
    """

    def __init__(self, path: Callable[[str], str], say: Callable[[Notice], None]) -> None:
        self._path = path
        self._say = say
        self._told: set[str] = set()

    def look(self, window: Window, begun: int) -> None:
        """Look at the calls from number `begun` on, which were written while we looked."""
        for _, row in window.slice(max(begun, window.end - LOOKED_AT), window.end):
            late_s = _late_s(row)
            if abs(late_s) > SKEW_S and row.source and row.source[0].file not in self._told:
                self._told.add(row.source[0].file)
                path = self._path(row.source[0].file)
                self._say(Notice("clock", path, _sentence(late_s), row.arrived))


def _late_s(row: Row) -> float:
    """Seconds between the end of a call and its arrival; 0 when it names no time."""
    if not isfinite(row.at) or row.at <= 0:
        return 0.0
    return row.arrived - row.at - (row.latency_ms or 0.0) / 1000


def _sentence(late_s: float) -> str:
    side = "after" if late_s > 0 else "before"
    return (
        f"A call came {_span(abs(late_s))} {side} the time it names: its clock, ours, or what "
        "brings the lines is wrong. The times shown are those of the log."
    )


def _span(seconds: float) -> str:
    for name, size in (("days", 86_400), ("hours", 3_600)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {name}"
    return f"{seconds / 60:.0f} minutes"
