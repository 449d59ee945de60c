"""What people write for a moment or a stretch of time: `15m`, `14:02`, an ISO time, `A..B`."""

import re
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from tailllm.errors import UsageError
from tailllm.store.span import Span

UNITS_S = {"s": 1, "m": 60, "min": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_LENGTH = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)(s|min|m|h|d|w)")
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d(?:\.\d{1,6})?))?")
FIX = "Write 15m or 2h, 14:02 (UTC), 2026-11-22T14:00Z, or two of them: 14:02..14:10."


class Now(NamedTuple):
    """What relative times are relative to.

    Units:
        Seconds since the epoch.
    """

    clock: float
    newest: float | None = None
    """Time of the newest call held; None when there is none."""

    def back(self, seconds: float) -> float:
        """So long before now; in a log that ended before that, so long before its end."""
        newest = self.newest
        if newest is not None and newest < self.clock - seconds:
            return newest - seconds
        return self.clock - seconds

    @property
    def day_of(self) -> float:
        """The moment whose day a bare time of day means."""
        return self.clock if self.newest is None else min(self.newest, self.clock)


def seconds(text: str) -> float:
    """The length of `90s`, `15m`, `2h`, `1d`.

    Raises:
        UsageError: It is none.
    """
    length = _LENGTH.fullmatch(text.strip())
    if length is None:
        raise UsageError(f"{text!r} is no length of time", fix="Write 90s, 15m, 2h or 1d.")
    return float(length[1]) * UNITS_S[length[2]]


def moment(text: str, now: Now) -> float:
    """Seconds since the epoch of a moment; times are UTC unless they say otherwise.

    Raises:
        UsageError: It is none.
    """
    text = text.strip()
    length = _LENGTH.fullmatch(text)
    if length:
        return now.back(float(length[1]) * UNITS_S[length[2]])
    clock = _CLOCK.fullmatch(text)
    try:
        if clock:
            return _of_day(clock, now)
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError, OSError):
        raise UsageError(f"{text!r} is no time", fix=FIX) from None


def stretch(text: str, now: Now) -> Span:
    """The span of `A..B`, `A..`, `..B`.

    Raises:
        UsageError: It is none, or ends before it begins.
    """
    first, dots, last = text.partition("..")
    if not dots or not (first or last):
        raise UsageError(f"{text!r} is no stretch of time", fix=FIX)
    start = moment(first, now) if first else None
    end = moment(last, now) if last else None
    if start is not None and end is not None and end < start:
        raise UsageError(f"{text!r} ends before it begins", fix="Write the earlier time first.")
    return Span(start, end)


def _of_day(clock: re.Match[str], now: Now) -> float:
    """The last such time of day that is not after the newest call."""
    day = datetime.fromtimestamp(now.day_of, UTC).replace(
        hour=int(clock[1]), minute=int(clock[2]), second=0, microsecond=0
    )
    at = day + timedelta(seconds=float(clock[3] or 0))
    if at.timestamp() > now.day_of:
        at -= timedelta(days=1)
    return at.timestamp()
