"""A stretch of time, and when a call happened for the purpose of putting it in one."""

from collections.abc import Sequence
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
    return _time(row.at, row.arrived)


def times_of(ats: Sequence[float], arrived: Sequence[float]) -> Sequence[float]:
    """The same for many calls."""
    return ats if _all_believed(ats, arrived) else list(map(_time, ats, arrived))


def is_believable(row: Row) -> bool:
    """Whether the row's own clock may say what "newest" means."""
    return _is_believable(row.at, row.arrived)


def believable_ends(
    ats: Sequence[float], arrived: Sequence[float], times: Sequence[float]
) -> tuple[float | None, float | None]:
    """The oldest and the newest of many calls' times, of clocks that can be believed."""
    if _all_believed(ats, arrived):
        return min(ats, default=None), max(ats, default=None)
    known = [
        time for time, good in zip(times, map(_is_believable, ats, arrived), strict=True) if good
    ]
    return min(known, default=None), max(known, default=None)


def _all_believed(ats: Sequence[float], arrived: Sequence[float]) -> bool:
    """Whether every clock is right, at a tenth of the price of asking each."""
    if not ats or not isfinite(sum(ats)) or not isfinite(sum(arrived)):
        return not ats
    return min(ats) > 0.0 and max(ats) <= min(arrived)


def _time(at: float, arrived: float) -> float:
    if not isfinite(arrived):
        arrived = 0.0
    return at if 0.0 < at <= arrived else arrived


def _is_believable(at: float, arrived: float) -> bool:
    return isfinite(at) and 0.0 < at <= arrived + CLOCK_SLACK_S
