"""Calls on their way into the table, and those that must leave it first."""

from collections.abc import Iterable
from threading import Lock

from tailllm.records.row import Row

BATCH_ROWS = 4096
"""Calls that wait before they are loaded unasked: one load has a fixed cost of about 3 ms."""


class Waiting:
    """Any thread puts in, and takes all of it out."""

    def __init__(self) -> None:
        self._rows: dict[int, Row] = {}
        self._stale: set[int] = set()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, numbered: Iterable[tuple[int, Row]]) -> bool:
        """Put calls in; whether there are many now."""
        with self._lock:
            self._rows.update(numbered)
            return len(self._rows) >= BATCH_ROWS

    def replace(self, seq: int, row: Row | None) -> None:
        """Put what is now known in place of what was; None forgets the call."""
        with self._lock:
            # What waits may be loading in another thread, so the old row is always deleted.
            self._stale.add(seq)
            self._rows.pop(seq, None)
            if row is not None:
                self._rows[seq] = row

    def take(self) -> tuple[list[int], dict[int, Row]]:
        """The numbers of calls to delete, in order, and then the calls to load."""
        with self._lock:
            stale, rows = self._stale, self._rows
            self._stale, self._rows = set(), {}
        return sorted(stale), rows
