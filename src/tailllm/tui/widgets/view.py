"""Which calls are shown, and at which place: kept up as calls come, never scanned again."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator

from tailllm.records.row import Row
from tailllm.store.window import Window

Keep = Callable[[Row], bool]

SCAN = 1_500
"""Older calls looked at in one go: about 20 ms with a filter, so no key is late."""


class View:
    """The calls of a window that pass a filter, by sequence number, oldest first.

    Every shown call has a *place*: a number that stays the same while calls are added
    at either end or forgotten at the old end. Who draws from places draws rows that
    stand still.
    """

    def __init__(self, window: Window, keep: Keep | None = None, *, is_told: bool = False) -> None:
        """With `is_told`, `again` is called for each call held now that `keep` says yes to."""
        self._window = window
        self._keep = keep
        self._base = 0
        self._replaced = window.replacements
        self.seqs: list[int] = []
        self.bad: list[int] = []
        """Those of `seqs` a person on call should look at."""
        self.low = self.high = window.end
        """What has been looked at: from `low` up to `high`."""
        if is_told:
            self.low = window.first

    def __len__(self) -> int:
        return len(self.seqs)

    @property
    def is_filtered(self) -> bool:
        """Whether calls may be held that are not shown."""
        return self._keep is not None

    @property
    def complete(self) -> bool:
        """Whether every call held has been looked at."""
        return self.low <= self._window.first and self.high >= self._window.end

    @property
    def first_place(self) -> int:
        """The place of the oldest call shown."""
        return self._base

    @property
    def end_place(self) -> int:
        """One past the place of the newest call shown."""
        return self._base + len(self.seqs)

    def at(self, place: int) -> int | None:
        """The call at `place`; None when it was forgotten or nothing is there."""
        index = place - self._base
        return self.seqs[index] if 0 <= index < len(self.seqs) else None

    def place(self, seq: int) -> int | None:
        """Where a call is; None when it is not shown."""
        index = bisect_left(self.seqs, seq)
        found = index < len(self.seqs) and self.seqs[index] == seq
        return self._base + index if found else None

    def nearest(self, seq: int) -> int | None:
        """The shown call closest to `seq`, the later one of two; None when none is shown."""
        if not self.seqs:
            return None
        index = bisect_left(self.seqs, seq)
        return self.seqs[min(index, len(self.seqs) - 1)]

    def since(self, seq: int) -> tuple[int, int]:
        """How many shown calls came at or after `seq`, and how many of those are bad."""
        return (
            len(self.seqs) - bisect_left(self.seqs, seq),
            len(self.bad) - bisect_left(self.bad, seq),
        )

    def beyond(self, seq: int, direction: int, *, bad: bool = False) -> Iterator[int]:
        """Shown calls from `seq` on, which itself need not be shown: newer (1) or older (-1).

        Args:
            seq: Where to begin.
            direction: Which way.
            bad: Only those a person on call should look at.
        """
        seqs = self.bad if bad else self.seqs
        if direction > 0:
            return iter(seqs[bisect_right(seqs, seq) :])
        return (seqs[place] for place in range(bisect_left(seqs, seq) - 1, -1, -1))

    def advance(self, older: int = SCAN) -> bool:
        """Take in what came, what changed and what was forgotten.

        Args:
            older: How many older calls to look at; newer ones are always taken in.

        Returns:
            Whether anything is different.
        """
        before = (self._base, len(self.seqs), self.low, self.high)
        changed = self._take_changes()
        self._take_newer()
        self._take_older(older)
        self._forget()
        return changed or before != (self._base, len(self.seqs), self.low, self.high)

    def reach(self, seq: int) -> None:
        """Look at older calls until `seq` has been looked at."""
        while self.low > max(seq, self._window.first):
            self.advance()

    def again(self, seq: int) -> None:
        """Ask the filter about one call again: something about it has changed."""
        if self.low <= seq < self.high:
            row = self._window.at(seq)
            _put(self.seqs, seq, row is not None and self._shows(row))
            _put(self.bad, seq, row is not None and self._shows(row) and row.is_bad)

    def _shows(self, row: Row) -> bool:
        return self._keep is None or self._keep(row)

    def _take_changes(self) -> bool:
        if self._window.replacements == self._replaced:
            return False
        total, changed = self._window.replaced_since(self._replaced)
        self._replaced = total
        for seq in range(self.low, self.high) if changed is None else changed:
            self.again(seq)
        return True

    def _take_newer(self) -> None:
        end = self._window.end
        seqs, bad = self._among(self.high, end)
        self.seqs += seqs
        self.bad += bad
        self.high = end

    def _take_older(self, older: int) -> None:
        low = max(self._window.first, self.low - older)
        if low >= self.low:
            return
        seqs, bad = self._among(low, self.low)
        self.seqs[:0] = seqs
        self.bad[:0] = bad
        self._base -= len(seqs)
        self.low = low

    def _among(self, start: int, stop: int) -> tuple[list[int], list[int]]:
        """The calls to show, and the bad ones among them."""
        if self._keep is None:
            return self._window.signs(start, stop)
        found = [(seq, row) for seq, row in self._window.slice(start, stop) if self._keep(row)]
        return [seq for seq, _ in found], [seq for seq, row in found if row.is_bad]

    def _forget(self) -> None:
        first = self._window.first
        gone = bisect_left(self.seqs, first)
        if gone:
            del self.seqs[:gone]
            del self.bad[: bisect_left(self.bad, first)]
            self._base += gone
        self.low = max(self.low, first)
        self.high = max(self.high, first)


def _put(seqs: list[int], seq: int, wanted: bool) -> None:
    """Have `seq` in the sorted list, or not."""
    index = bisect_left(seqs, seq)
    present = index < len(seqs) and seqs[index] == seq
    if wanted and not present:
        seqs.insert(index, seq)
    elif present and not wanted:
        del seqs[index]
