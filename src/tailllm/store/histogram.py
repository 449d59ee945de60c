"""Latencies of one group in buckets, so that a percentile never costs a query."""

from collections.abc import Iterable, Mapping, Sequence
from math import isfinite, log2

PER_DOUBLING = 8
"""Buckets each time the value doubles: one is 9 % wide."""
LOWEST_MS = 0.125
BUCKETS = 256
"""From 0.125 ms up to 2^29 ms, six days; what lies outside goes to the last bucket on its side."""


class Histogram:
    """How many calls took how long.

    Adding, taking away and asking cost the same at ten calls and at ten million.
    One thread writes, any thread reads.
    """

    __slots__ = ("_counts", "_known", "_p95", "total")

    def __init__(self) -> None:
        self._counts = [0] * BUCKETS
        self.total = 0
        self._known = 0
        self._p95: float | None = None

    def add(self, value_ms: float, times: int = 1) -> None:
        """Count a value; `times=-1` takes it back."""
        self._counts[bucket_of(value_ms)] += times
        self.total += times

    def add_buckets(self, counts: Mapping[int, int]) -> None:
        """Count values that were put into buckets elsewhere."""
        for bucket, count in counts.items():
            self._counts[bucket] += count
            self.total += count

    def p95_ms(self) -> float | None:
        """The 95th percentile to within a bucket; None without calls."""
        if self.total <= 0:
            return None
        if self._known != self.total:
            self._known, self._p95 = self.total, self.quantile_ms(0.95)
        return self._p95

    def count(self, bucket: int, times: int) -> None:
        """Count a value that was put into a bucket elsewhere, or take it back."""
        self._counts[bucket] += times
        self.total += times

    def quantile_ms(self, share: float) -> float | None:
        """The value below which `share` of the calls lie, straight lines inside a bucket."""
        return _value_at(share, self.total, enumerate(self._counts))

    def spread_ms(self) -> tuple[float | None, ...]:
        """The 50th, 95th and 99th percentile, in one walk."""
        counts = [(bucket, count) for bucket, count in enumerate(self._counts) if count]
        return tuple(_value_at(share, self.total, counts) for share in (0.5, 0.95, 0.99))


def value_at(share: float, buckets: Mapping[int, int]) -> float | None:
    """The same of few buckets."""
    return _value_at(share, sum(buckets.values()), sorted(buckets.items()))


def _value_at(share: float, total: int, counts: Iterable[tuple[int, int]]) -> float | None:
    rank, seen = share * total, 0
    for bucket, count in counts:
        if count and seen + count >= rank:
            low = LOWEST_MS * 2 ** (bucket / PER_DOUBLING)
            width = low * (2 ** (1 / PER_DOUBLING) - 1)
            return low + width * max(0.0, rank - seen) / count
        seen += count
    return None


def is_measured(value_ms: float | None) -> bool:
    """Whether this is a latency one can count: known, finite and not negative."""
    return value_ms is not None and isfinite(value_ms) and value_ms >= 0


def bucket_of(value_ms: float) -> int:
    """Which bucket a value falls into."""
    if value_ms <= LOWEST_MS:
        return 0
    return min(BUCKETS - 1, int(log2(value_ms / LOWEST_MS) * PER_DOUBLING))


def buckets_of(values_ms: Sequence[float | None]) -> list[int | None]:
    """The buckets of many latencies that can be counted, or are not known."""
    last = BUCKETS - 1
    return [
        value
        if value is None
        else 0
        if value <= LOWEST_MS
        else min(last, int(log2(value / LOWEST_MS) * PER_DOUBLING))
        for value in values_ms
    ]
