"""What is known of all calls without a question: their ends in time, and which are slow."""

from collections import defaultdict

from tailllm.records.row import Row
from tailllm.store.bulk import Bulk
from tailllm.store.histogram import Histogram, is_measured
from tailllm.store.span import is_believable, time_of

FEW_CALLS = 20
"""Under this many calls a group has no 95th percentile worth calling slow."""


class Gauge:
    """The oldest and the newest call, and the latencies of each model."""

    def __init__(self) -> None:
        self.newest_at: float | None = None
        """Time of the newest call whose clock can be believed."""
        self.oldest_at: float | None = None
        self._latencies: defaultdict[str | None, Histogram] = defaultdict(Histogram)

    def add(self, row: Row) -> None:
        """Learn of a call."""
        self.date(row)
        self.time(row, 1)

    def learn(self, ready: Bulk) -> None:
        """Learn of many."""
        for at in (ready.oldest_at, ready.newest_at):
            self._widen(at)
        for model, counts in ready.latencies.items():
            self._latencies[model].add_buckets(counts)

    def date(self, row: Row) -> None:
        """Learn when a call was."""
        if is_believable(row):
            self._widen(time_of(row))

    def time(self, row: Row, times: int) -> None:
        """Learn how long a call took; `times=-1` takes it back."""
        if row.latency_ms is not None and is_measured(row.latency_ms):
            self._latencies[row.model].add(row.latency_ms, times)

    def slow_over(self, model: str | None) -> float | None:
        """The p95 of a model in milliseconds; None under 20 calls."""
        group = self._latencies.get(model)
        return None if group is None or group.total < FEW_CALLS else group.p95_ms()

    def _widen(self, at: float | None) -> None:
        if at is None:
            return
        if self.newest_at is None or at > self.newest_at:
            self.newest_at = at
        if self.oldest_at is None or at < self.oldest_at:
            self.oldest_at = at
