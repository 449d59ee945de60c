"""A stretch of time, and when a call happened for the purpose of putting it in one."""

from math import isfinite
from typing import NamedTuple

from tailllm.records.row import Row

CLOCK_SLACK_S = 60.0
"""A writer's clock may be this far ahead of ours before we stop believing it."""


class Span(NamedTuple):
    """From `start` to `end`, both included; None is open.

    Units:
        Seconds since the epoch.
    """

    start: float | None = None
    end: float | None = None

    def holds(self, at: float) -> bool:
        """Whether a moment lies inside."""
        return (self.start is None or self.start <= at) and (self.end is None or at <= self.end)


ALL = Span(None, None)


def time_of(row: Row) -> float:
    """When the call happened, never later than we read it.

    A clock in the year 2100 must not drag "the last five minutes" away from everybody else.
    """
    at, arrived = row.at, row.arrived
    if not isfinite(arrived):
        arrived = 0.0
    return at if isfinite(at) and 0.0 < at <= arrived else arrived


def is_believable(row: Row) -> bool:
    """Whether the row's own clock may say what "newest" means."""
    return isfinite(row.at) and 0.0 < row.at <= row.arrived + CLOCK_SLACK_S
