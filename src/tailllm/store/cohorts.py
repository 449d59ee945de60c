"""What is usual for a model and prompt, and which calls are not."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from tailllm.records.row import Row
from tailllm.store import labels
from tailllm.store.columns import duration

ENOUGH_CALLS = 100
"""Of one model and prompt, before any of them is called unusual."""
RARE = 0.01
"""Share of the cohort that is at least as far out."""
FAR = 2.0
"""Times the median, or a part of it: what is rare but near is not worth a look."""

Value = Callable[[Row], float | None]
MEASURES: dict[str, Value] = {
    "latency_ms": lambda row: duration(row.latency_ms),
    "ttft_ms": lambda row: duration(row.ttft_ms),
    "input_tokens": lambda row: row.input_tokens,
    "output_tokens": lambda row: row.output_tokens,
}
Cohort = tuple[str | None, str | None]


class Oddity(NamedTuple):
    """A number of a call that is far from those of its cohort."""

    field: str
    value: float
    median: float
    rank: float
    """Share of the cohort with a smaller number, 0 to 1."""
    calls: int
    """Of the cohort that give the number."""

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return self._asdict() | {"rank": round(self.rank, 4)}


class Cohorts:
    """The numbers of every model and prompt, sorted.

    Args:
        rows: The calls to compare with, the asked ones among them.
    """

    def __init__(self, rows: Iterable[Row]) -> None:
        self._values: defaultdict[tuple[Cohort, str], list[float]] = defaultdict(list)
        for row in rows:
            cohort = cohort_of(row)
            for field, get in MEASURES.items():
                value = get(row)
                if value is not None:
                    self._values[cohort, field].append(value)
        for values in self._values.values():
            values.sort()

    def oddities(self, row: Row) -> list[Oddity]:
        """What is unusual about a call; empty until its cohort is large enough."""
        cohort = cohort_of(row)
        found = (self._oddity(cohort, field, get(row)) for field, get in MEASURES.items())
        return [one for one in found if one is not None]

    def _oddity(self, cohort: Cohort, field: str, value: float | None) -> Oddity | None:
        values = self._values.get((cohort, field), ())
        if value is None or len(values) < ENOUGH_CALLS:
            return None
        below = bisect_left(values, value)
        rank, median = below / len(values), values[len(values) // 2]
        high = rank >= 1 - RARE and value >= FAR * median
        if not high:
            return None
        return Oddity(field, value, median, rank, len(values))


def cohort_of(row: Row) -> Cohort:
    """Its model and its prompt, without the version: a new version must not hide what it did."""
    return row.model, row.prompt_name or labels.prompt(row)
