"""The last calls, in memory, each under a sequence number that never repeats."""

from collections import deque
from collections.abc import Iterator, Sequence
from threading import Lock

from tailllm.records.row import Row
from tailllm.store.pages import PAGE_ROWS, Pages, Ready


class Window:
    """The last `size` calls, each under a sequence number that never repeats.

    Live calls count up from 0; older calls, read backward from the log, count down from -1.
    A view keeps a sequence number and asks for it again at every paint. When the call has
    been forgotten, or turned out to be part of another, the answer is None, which a view
    must be able to draw.

    One thread writes, any thread reads.
    """

    def __init__(self, size: int = 50_000, *, page_rows: int = PAGE_ROWS) -> None:
        self.size = size
        self._newer = Pages(page_rows)
        self._newer_first = 0
        self._older = Pages(page_rows)
        self._lock = Lock()
        self.dropped = 0
        """Calls forgotten because the window is full."""
        self.replacements = 0
        """How often `replace` changed something."""
        self._replaced: deque[int] = deque(maxlen=4_096)

    @property
    def first(self) -> int:
        """The lowest sequence number held (equals `end` when empty)."""
        return -len(self._older) if self._older else self._newer_first

    @property
    def end(self) -> int:
        """One past the newest sequence number."""
        return self._newer_first + len(self._newer)

    @property
    def state(self) -> tuple[int, int, int, int]:
        """Another one whenever there are other calls, held here or only counted."""
        return self.first, self.end, self.replacements, self.dropped

    def __len__(self) -> int:
        return len(self._older) + len(self._newer)

    def at(self, seq: int) -> Row | None:
        """The call under `seq`, or None if it was forgotten, merged away or has not come."""
        with self._lock:
            return self._at(seq)

    def slice(self, start: int, stop: int) -> list[tuple[int, Row]]:
        """The calls from `start` up to `stop`, oldest first, without the gaps."""
        with self._lock:
            low = max(start, self.first)
            rows = self._run(low, min(stop, self.end))
        return [(seq, row) for seq, row in enumerate(rows, low) if row is not None]

    def signs(self, start: int, stop: int) -> tuple[list[int], list[int]]:
        """The calls from `start` up to `stop`, and those of them somebody should look at.

        As `slice` finds them, oldest first; but no row is read for it, so many cost little.
        """
        with self._lock:
            low, high = max(start, self.first), min(stop, self.end)
            gaps, bad = self._signs(low, high)
        missing = set(gaps)
        return [seq for seq in range(low, high) if seq not in missing], bad

    def newest_first(self) -> Iterator[tuple[int, Row]]:
        """Every call held when asked, newest first."""
        for stop in range(self.end, self.first, -PAGE_ROWS):
            yield from reversed(self.slice(stop - PAGE_ROWS, stop))

    def extend(self, rows: Sequence[Row]) -> range:
        """Add newer calls, oldest first; forget the oldest ones over `size`."""
        with self._lock:
            start = self.end
            self._newer.extend(rows)
            self._forget(len(self) - self.size)
            return range(start, start + len(rows))

    def extend_packed(self, ready: Sequence[Ready]) -> range:
        """Add newer calls that were `pages.packed` elsewhere, oldest first."""
        with self._lock:
            start = self.end
            self._newer.extend_packed(ready)
            end = self.end
            self._forget(len(self) - self.size)
            return range(start, end)

    def prepend(self, rows: Sequence[Row]) -> range:
        """Add older calls, newest first; calls over `size` are not kept.

        Returns:
            The numbers given, from the newest (highest) down; shorter than `rows` when full.
        """
        with self._lock:
            room = max(0, self.size - len(self)) if self._newer_first == 0 else 0
            kept = rows[:room]
            start = -len(self._older) - 1
            self._older.extend(kept)
            self.dropped += len(rows) - len(kept)
            return range(start, start - len(kept), -1)

    def pass_over(self, count: int) -> None:
        """Older calls have come that nobody tries to keep."""
        self.dropped += count

    @property
    def is_full(self) -> bool:
        """Whether no older call would be kept."""
        return self._newer_first > 0 or len(self) >= self.size

    def replace(self, seq: int, row: Row | None) -> bool:
        """Put what is now known of a call in its place; None when it was part of another."""
        with self._lock:
            if not self.first <= seq < self.end:
                return False
            if seq < 0:
                self._older[-1 - seq] = row
            else:
                self._newer[seq - self._newer_first] = row
            self._replaced.append(seq)
            self.replacements += 1
            return True

    def replaced_since(self, count: int) -> tuple[int, set[int] | None]:
        """Which calls changed after the first `count` replacements.

        Returns:
            The number of replacements now, and the calls; None when they are too many to name.
        """
        with self._lock:
            missed = self.replacements - count
            if missed > len(self._replaced):
                return self.replacements, None
            return self.replacements, set(list(self._replaced)[len(self._replaced) - missed :])

    def _at(self, seq: int) -> Row | None:
        if not self.first <= seq < self.end:
            return None
        return self._older[-1 - seq] if seq < 0 else self._newer[seq - self._newer_first]

    def _run(self, low: int, high: int) -> list[Row | None]:
        older = self._older.run(max(0, -high), -low) if low < 0 else []
        first = self._newer_first
        newer = self._newer.run(max(low, first) - first, high - first) if high > first else []
        return [*reversed(older), *newer]

    def _signs(self, low: int, high: int) -> tuple[list[int], list[int]]:
        first = self._newer_first
        older = self._older.signs(max(0, -high), -low) if low < 0 else ([], [])
        newer = (
            self._newer.signs(max(low, first) - first, high - first) if high > first else ([], [])
        )
        gaps, bad = (
            [*(-1 - index for index in reversed(old)), *(first + index for index in new)]
            for old, new in zip(older, newer, strict=True)
        )
        return gaps, bad

    def _forget(self, count: int) -> None:
        if count <= 0:
            return
        from_older = min(count, len(self._older))
        if from_older:
            self._older.drop_last(from_older)
        if count > from_older:
            self._newer.drop_first(count - from_older)
            self._newer_first += count - from_older
        self.dropped += count
