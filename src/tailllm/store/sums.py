"""Counts of calls that can be added to and taken from, so that nobody counts them again."""

from collections import Counter
from math import floor
from typing import NamedTuple

from tailllm.store.histogram import Histogram, value_at

MOST_CELLS = 240
"""Of a picture over time whose end moves on: with more of them, two become one."""


class Counted(NamedTuple):
    """Calls that are alike in all but their numbers."""

    verdicts: int | None
    is_error: bool
    failed: bool
    calls: int
    """Negative where they are taken back; so are the sums then."""
    given: int
    given_n: int
    made: int
    made_n: int
    cost: float
    cost_n: int


class Sum:
    """The calls of one group."""

    __slots__ = (
        "bad",
        "calls",
        "cost",
        "errors",
        "failed",
        "given",
        "latency",
        "made",
        "numbers",
        "sets",
        "ttft",
    )

    def __init__(self) -> None:
        self.calls = self.errors = self.failed = self.bad = 0
        self.given, self.made, self.cost = (0, 0), (0, 0), (0.0, 0)
        """Input tokens, output tokens, cost: the sum, and the calls that give the number."""
        self.sets: Counter[int | None] = Counter()
        """Calls with each set of verdicts."""
        self.latency, self.ttft = Histogram(), Histogram()

    def count(self, some: Counted) -> None:
        """Add calls, or take them back."""
        n = some.calls
        self.calls += n
        self.sets[some.verdicts] += n
        if not self.sets[some.verdicts]:
            del self.sets[some.verdicts]
        if some.is_error:
            self.errors += n
        if some.failed:
            self.failed += n
        if some.failed or some.is_error:
            self.bad += n
        if some.given_n:
            self.given = self.given[0] + some.given, self.given[1] + some.given_n
        if some.made_n:
            self.made = self.made[0] + some.made, self.made[1] + some.made_n
        if some.cost_n:
            known = self.cost[1] + some.cost_n
            # Taking back leaves what rounding made of it; of no call there is no cost.
            self.cost = (self.cost[0] + some.cost if known else 0.0), known


class Cells:
    """Calls, bad calls and latencies over time.

    Args:
        start: Where a cell begins.
        width_s: Of a cell.
        is_fixed: False where the stretch grows: then cells are united, two by two.
    """

    def __init__(self, start: float, width_s: float, *, is_fixed: bool) -> None:
        self.start = start
        self.width_s = width_s
        self._is_fixed = is_fixed
        self._cells: dict[int, _Cell] = {}

    def place(self, at: float) -> int:
        """The cell of a moment."""
        return floor((at - self.start) / self.width_s)

    def count(self, place: int, bucket: int | None, calls: int, bad: int) -> None:
        """Add calls of one cell, or take them back."""
        cell = self._cells.get(place)
        if cell is None:
            cell = self._cells[place] = _Cell()
        cell.calls += calls
        cell.bad += bad
        if bucket is not None:
            cell.buckets[bucket] = cell.buckets.get(bucket, 0) + calls
        if not cell.calls:
            del self._cells[place]

    def unite(self) -> None:
        """Make cells twice as wide until they are few."""
        while not self._is_fixed and self._reach() > MOST_CELLS:
            old, self._cells = self._cells, {}
            self.width_s *= 2
            for place, cell in old.items():
                self._cells.setdefault(place // 2, _Cell()).take_in(cell)

    def _reach(self) -> int:
        return max(self._cells) - min(self._cells) + 1 if self._cells else 0

    def bars(self, first: float, last: float, most: int) -> "Bars":
        """The stretch in at most so many bars, each of them of whole cells."""
        low, high, wide = self.place(first), self.place(last), 1
        if self._is_fixed:
            low = high - most + 1
        else:
            low = max(low, min(self._cells, default=low))
            high = min(high, max(self._cells, default=high))
            wide = max(1, -(-(high - low + 1) // most))
        found = []
        for start in range(low, high + 1, wide):
            both = _Cell()
            from_ = min(start, self.place(first)) if start == low else start
            for place in range(from_, start + wide):
                if place in self._cells:
                    both.take_in(self._cells[place])
            found.append(both)
        begin = self.start + low * self.width_s
        return Bars(
            begin,
            begin + len(found) * wide * self.width_s,
            tuple(one.calls for one in found),
            tuple(one.bad for one in found),
            tuple(value_at(0.95, one.buckets) for one in found),
        )


class Bars(NamedTuple):
    """As `stats.Timeline` has them."""

    start: float
    end: float
    calls: tuple[int, ...]
    bad: tuple[int, ...]
    p95_ms: tuple[float | None, ...]


class _Cell:
    __slots__ = ("bad", "buckets", "calls")

    def __init__(self) -> None:
        self.calls = self.bad = 0
        self.buckets: dict[int, int] = {}

    def take_in(self, other: "_Cell") -> None:
        self.calls += other.calls
        self.bad += other.bad
        for bucket, calls in other.buckets.items():
            self.buckets[bucket] = self.buckets.get(bucket, 0) + calls
