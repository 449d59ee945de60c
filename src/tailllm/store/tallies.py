"""Counts of two groups of calls, ready to be compared: all that a comparison needs to know."""

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

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
    """Count both sides; a call that belongs to both belongs to `after`.

    Two questions, whatever is counted: all counts come from one pass over the calls.
    """
    values = (*after.values, *before.values) * 2
    start = _SIDED.format(before=before.sql, after=after.sql)
    counting = _Counting(ledger)
    for row in ledger.ask(start + _COUNTS, values):
        counting.take(*row)
    quantiles: dict[int, dict[str, tuple[float, float]]] = {0: {}, 1: {}}
    for side, *found in ledger.ask(start + _QUANTILES, values):
        quantiles[side] = {n: tuple(q) for n, q in zip(NUMBERS, found, strict=True) if q}
    first, second = (counting.tally(side, quantiles[side]) for side in (0, 1))
    return first, second


_VALUES = (*SHARED, "verdicts", *NUMBERS)
"""What calls are grouped by, each by itself; numbers by their buckets."""
_BUCKETS = ", ".join(
    # `greatest` passes over a null, and what the log does not say is in no bucket.
    f"CASE WHEN {name} IS NOT NULL THEN"
    f" floor(log2(greatest({name}, 1e-9)) * {PER_DOUBLING})::BIGINT END AS bucket_{name}"
    for name in NUMBERS
)
_GROUPED = (*SHARED, "verdicts", *(f"bucket_{name}" for name in NUMBERS))
_SETS = ", ".join(f"(side, {name})" for name in _GROUPED)
_SIDED = f"""
    WITH sided AS (
        SELECT *, CASE WHEN {{after}} THEN 1 WHEN {{before}} THEN 0 END AS side, {_BUCKETS}
        FROM calls WHERE {{after}} OR {{before}}
    )"""  # noqa: S608 - here and below: our own words
_COUNTS = f"""
    SELECT side, grouping({", ".join(_GROUPED)}), coalesce({", ".join(_GROUPED)}),
           count(*), count(*) FILTER (failed OR is_error), count(*) FILTER (is_error),
           count(*) FILTER (failed), count(*) FILTER (tool_calls > 0)
    FROM sided GROUP BY GROUPING SETS ((side), {_SETS})"""  # noqa: S608
_QUANTILES = f"""
    SELECT side, {", ".join(f"quantile_cont({name}, [0.5, 0.95])" for name in NUMBERS)}
    FROM sided GROUP BY side"""  # noqa: S608
_ALL = 2 ** len(_GROUPED) - 1
"""What `grouping` says where calls are grouped by none of them."""
_BY = {_ALL - 2 ** (len(_VALUES) - 1 - place): name for place, name in enumerate(_VALUES)}
"""What it says where they are grouped by one."""


class _Counting:
    """Sorts the counts of both sides."""

    def __init__(self, ledger: "Ledger") -> None:
        self._name = ledger.names.name
        self._verdicts = ledger.verdicts.name
        self._calls = [0, 0]
        self._whole: list[Counter[str]] = [Counter(), Counter()]
        """Calls that give a field."""
        self._parts: list[dict[Rate, Part]] = [{}, {}]
        self._named: list[list[tuple[str, str, int, int]]] = [[], []]
        self._judged: list[Counter[tuple[str, str]]] = [Counter(), Counter()]
        self._buckets: list[defaultdict[str, dict[int, int]]] = [
            defaultdict(dict),
            defaultdict(dict),
        ]

    def take(self, side: int, grouped: int, value: Any, count: int, bad: int, *counts: int) -> None:
        """One group of one side."""
        field = _BY.get(grouped)
        if field is None:
            self._calls[side] = count
            for what, part in zip(("errors", "failed", "called tools"), counts, strict=True):
                self._parts[side][what, None] = Part(part, count)
        elif value is None:
            return
        elif field == "verdicts":
            for verdict in set(self._verdicts(value) or ()):
                self._judged[side][verdict] += count
        elif field in NUMBERS:
            self._buckets[side][field][value] = count
        else:
            self._named[side].append((field, self._name(value) or "", count, bad))
            self._whole[side][field] += count

    def tally(self, side: int, quantiles: dict[str, tuple[float, float]]) -> Tally:
        """All of a side."""
        calls, parts = self._calls[side], self._parts[side]
        for field, name, count, bad in self._named[side]:
            # An error is one of all calls; of a finish one can only say what is known.
            parts[field, name] = Part(
                count, calls if field == "error" else self._whole[side][field]
            )
            if field in WITHIN:
                parts[f"failing of {field}", name] = Part(bad, count)
        judged = self._judged[side]
        for name in {name for name, _ in judged}:
            failed = judged[name, "failed"]
            parts["validator", name] = Part(failed, failed + judged[name, "passed"])
        spreads = {
            field: Spread(buckets, *quantiles.get(field, (None, None)))
            for field, buckets in self._buckets[side].items()
        }
        return Tally(calls, parts, spreads)
