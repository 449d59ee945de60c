"""What following costs the host: our own CPU and memory, and how far behind we are."""

import resource
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tailllm.feed.feed import Feed

PAGE_BYTES = resource.getpagesize()
PEAK_UNIT_BYTES = 1 if sys.platform == "darwin" else 1024


class Cost(NamedTuple):
    """What the process has taken."""

    cpu_s: float
    """With helper processes that have ended."""
    rss_bytes: int | None
    """None where the system does not say."""
    peak_bytes: int
    threads: int


class Queues(NamedTuple):
    """What waits inside."""

    lag_s: float
    """How long bytes known to be on disk have waited to be read."""
    behind_bytes: int
    past_bytes: int
    """Of what was there at the start, not read yet."""
    unloaded: int
    """Calls that wait for the next question before they go into the ledger."""


class Pulse:
    """Looks again and again; CPU is that between two looks.

    Args:
        clock: Seconds, for the CPU's share.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._at, self._cpu_s = clock(), cost().cpu_s
        self.cpu_percent: float | None = None
        """Of one core; None before the second look."""

    def look(self) -> Cost:
        """What was taken so far."""
        now, found = self._clock(), cost()
        if now > self._at:
            self.cpu_percent = 100 * (found.cpu_s - self._cpu_s) / (now - self._at)
        self._at, self._cpu_s = now, found.cpu_s
        return found


def cost() -> Cost:
    """What this process has taken since it began."""
    own, children = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    cpu_s = own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
    rss_bytes = _rss_bytes()
    peak_bytes = max(own.ru_maxrss * PEAK_UNIT_BYTES, rss_bytes or 0)
    return Cost(cpu_s, rss_bytes, peak_bytes, threading.active_count())


def queues(feed: "Feed") -> Queues:
    """What waits in a feed."""
    progress = feed.progress
    return Queues(
        lag_s=feed.lag_s,
        behind_bytes=feed.behind_bytes,
        past_bytes=0 if progress.done else progress.total_bytes - progress.read_bytes,
        unloaded=feed.store.ledger.waiting,
    )


def _rss_bytes() -> int | None:
    with suppress(OSError, ValueError, IndexError), open("/proc/self/statm", "rb") as file:
        return int(file.read().split()[1]) * PAGE_BYTES
    return None
