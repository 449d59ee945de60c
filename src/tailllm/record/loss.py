"""Calls that could not be recorded: counted, and said once a minute, never raised."""

import logging
import time
from collections import Counter
from collections.abc import Callable
from threading import RLock, Thread

logger = logging.getLogger("tailllm.record")

SAY_EVERY_S = 60.0


class Loss:
    """Counts what was lost on the way to one file, by reason.

    The lock is reentrant: a finalizer may run, and count, in the middle of counting.
    """

    def __init__(self, path: str, clock: Callable[[], float] = time.monotonic) -> None:
        self.total = 0
        self._path = path
        self._clock = clock
        self._unsaid: Counter[str] = Counter()
        self._said_at = -SAY_EVERY_S
        self._lock = RLock()

    def add(self, reason: str, calls: int = 1) -> None:
        """One more call is lost, or several."""
        with self._lock:
            self.total += calls
            self._unsaid[reason] += calls

    def due_s(self) -> float | None:
        """Seconds until there is something to say; None while nothing is lost."""
        if not self._unsaid:
            return None
        return max(0.0, self._said_at + SAY_EVERY_S - self._clock())

    def say(self, *, now: bool = False) -> None:
        """Say what was lost since the last time, at most once a minute unless `now`."""
        self._log(self._claim(now=now))

    def say_aside(self) -> None:
        """Say it from a thread of its own: the caller must not wait for anybody's log handler."""
        lost = self._claim()
        if not lost:
            return
        try:
            Thread(target=self._log, args=(lost,), name="tailllm.record.loss", daemon=True).start()
        except RuntimeError:  # no new thread at the interpreter's end, where all is said
            with self._lock:
                self._unsaid += lost

    def _claim(self, *, now: bool = False) -> Counter[str]:
        """What is to be said; nobody else will say it."""
        with self._lock:
            due = self.due_s()
            if due is None or (due > 0 and not now):
                return Counter()
            self._said_at = self._clock()
            lost, self._unsaid = self._unsaid, Counter()
            return lost

    def _log(self, lost: Counter[str]) -> None:
        if not lost:
            return
        reasons = "; ".join(f"{n:,} × {why}" for why, n in lost.most_common(5))
        total = f"{lost.total():,}"
        logger.warning("%s: %s model calls were not recorded (%s)", self._path, total, reasons)
