"""Counts of two groups of calls, ready to be compared: all that a comparison needs to know."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from tailllm.store.columns import NAMED
from tailllm.store.where.nodes import Condition

if TYPE_CHECKING:
    from tailllm.store.ledger import Ledger

PER_DOUBLING = 32
"""Buckets of a number each time it doubles: one is 2 % wide."""
NUMBERS = ("latency_ms", "ttft_ms", "input_tokens", "output_tokens", "cost")
SHARED = ("model", "provider", "prompt", "operation", "finish", "error", "format")
"""Fields whose values have a share of the calls; the ledger's columns have the same names."""
WITHIN = ("model", "prompt", "operation")
"""Fields within whose values failures are counted too."""
Rate = tuple[str, str | None]
"""What, and of which name."""


class Part(NamedTuple):
    """So many of so many."""

    part: int = 0
    of: int = 0

    @property
    def share(self) -> float | None:
        """None of nothing."""
        return self.part / self.of if self.of else None


class Spread(NamedTuple):
    """A number over the calls that give it."""

    buckets: dict[int, int]
    p50: float | None = None
    p95: float | None = None


class Tally(NamedTuple):
    """What is counted of one side."""

    calls: int
    parts: dict[Rate, Part]
    spreads: dict[str, Spread]

    def part(self, rate: Rate) -> Part:
        """What was counted; none of all when only others have the value."""
        found = self.parts.get(rate)
        if found is None and rate[0] in SHARED:
            return Part(0, self._whole(rate[0]))
        return found or Part()

    def _whole(self, field: str) -> int:
        if field == "error":
            return self.calls
        return next((part.of for (what, _), part in self.parts.items() if what == field), 0)


def tallies(ledger: "Ledger", before: Condition, after: Condition) -> tuple[Tally, Tally]:
    """Count both sides; a call that belongs to both belongs to `after`."""
    asking = _Asking(ledger, before, after)
    calls = [0, 0]
    parts: list[dict[Rate, Part]] = [{}, {}]
    for side, number, *counts in asking(_COUNTS):
        calls[side] = number
        for what, count in zip(("errors", "failed", "called tools"), counts, strict=True):
            parts[side][what, None] = Part(count, number)
    for column in SHARED:
        _shares(asking, column, calls, parts)
    for side, outcomes in _verdicts(asking).items():
        parts[side].update(outcomes)
    spreads = _spreads(asking)
    first, second = (Tally(calls[side], parts[side], spreads[side]) for side in (0, 1))
    return first, second


_SIDED = """
    WITH sided AS (
        SELECT *, CASE WHEN {after} THEN 1 WHEN {before} THEN 0 END AS side FROM calls
        WHERE {after} OR {before}
    )"""
_COUNTS = """
    SELECT side, count(*), count(*) FILTER (is_error), count(*) FILTER (failed),
           count(*) FILTER (tool_calls > 0) FROM sided GROUP BY 1"""
_BY = (
    "SELECT side, {column}, count(*), count(*) FILTER (failed OR is_error) FROM sided GROUP BY ALL"
)
_SETS = "SELECT side, verdicts, count(*) FROM sided GROUP BY ALL"
_BUCKETS = """
    SELECT side, floor(log2(greatest({column}, 1e-9)) * 32)::BIGINT, count(*) FROM sided
    WHERE {column} IS NOT NULL GROUP BY ALL"""
_QUANTILES = """
    SELECT side, quantile_cont({column}, 0.5), quantile_cont({column}, 0.95) FROM sided
    WHERE {column} IS NOT NULL GROUP BY ALL"""


class _Asking:
    """Asks a question of the two sides."""

    def __init__(self, ledger: "Ledger", before: Condition, after: Condition) -> None:
        self._ledger = ledger
        self._start = _SIDED.format(before=before.sql, after=after.sql)
        self._values = (*after.values, *before.values) * 2

    def __call__(self, question: str, column: str = "") -> list[tuple[Any, ...]]:
        """The rows of the answer."""
        text = self._start + question.format(column=column)
        return self._ledger.ask(text, self._values)

    @property
    def name(self) -> Callable[[Any], str | None]:
        """From a number to a name."""
        return self._ledger.names.name

    def verdicts(self, number: int) -> Iterable[tuple[str, str]]:
        """From a number to a set of verdicts."""
        return self._ledger.verdicts.name(number) or ()


def _shares(asking: _Asking, column: str, calls: list[int], parts: list[dict[Rate, Part]]) -> None:
    rows = asking(_BY, column)
    named = [0, 0]
    for side, label, count, _bad in rows:
        named[side] += count * (label is not None)
    # An error is one of all calls; of a finish or a model one can only say what is known.
    whole = calls if column == "error" else named
    for side, label, count, bad in rows:
        name = asking.name(label) if column in NAMED else label
        if name is None:
            continue
        parts[side][column, name] = Part(count, whole[side])
        if column in WITHIN:
            parts[side][f"failing of {column}", name] = Part(bad, count)


def _verdicts(asking: _Asking) -> dict[int, dict[Rate, Part]]:
    counts: defaultdict[int, Counter[tuple[str, str]]] = defaultdict(Counter)
    for side, number, count in asking(_SETS):
        for verdict in set(asking.verdicts(number)):
            counts[side][verdict] += count
    found: dict[int, dict[Rate, Part]] = {}
    for side, seen in counts.items():
        names = {name for name, _ in seen}
        found[side] = {
            ("validator", name): Part(
                seen[name, "failed"], seen[name, "failed"] + seen[name, "passed"]
            )
            for name in names
        }
    return found


def _spreads(asking: _Asking) -> tuple[dict[str, Spread], dict[str, Spread]]:
    found: tuple[dict[str, Spread], dict[str, Spread]] = ({}, {})
    for column in NUMBERS:
        buckets: tuple[dict[int, int], dict[int, int]] = ({}, {})
        for side, bucket, count in asking(_BUCKETS, column):
            buckets[side][bucket] = count
        for side, p50, p95 in asking(_QUANTILES, column):
            found[side][column] = Spread(buckets[side], p50, p95)
    return found
