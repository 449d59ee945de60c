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
APART = ("host", "route")
"""The same, of fields that may have very many values: counted in a pass of their own."""
WITHIN = ("model", "prompt", "operation", *APART)
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
        if found is None and rate[0] in (*SHARED, *APART):
            return Part(0, self._whole(rate[0]))
        return found or Part()

    def _whole(self, field: str) -> int:
        if field == "error":
            return self.calls
        return next((part.of for (what, _), part in self.parts.items() if what == field), 0)


def tallies(ledger: "Ledger", before: Condition, after: Condition) -> tuple[Tally, Tally]:
    """Count both sides; a call that belongs to both belongs to `after`.

    Names are counted in all their combinations at once, of which there are few: a pass for each
    field costs five times as much. `APART` would make them many, and is counted by itself.
    """
    values = (*after.values, *before.values) * 2
    start = _SIDED.format(before=before.sql, after=after.sql)
    counting = _Counting(ledger)
    for row in ledger.ask(start + _COUNTS, values):
        counting.name(*row)
    for row in ledger.ask(start + _NAMED_APART, values):
        counting.apart(*row)
    for row in ledger.ask(start + _SPREADS, values):
        counting.measure(*row)
    quantiles: dict[int, dict[str, tuple[float, float]]] = {0: {}, 1: {}}
    for side, *found in ledger.ask(start + _QUANTILES, values):
        quantiles[side] = {n: tuple(q) for n, q in zip(NUMBERS, found, strict=True) if q}
    first, second = (counting.tally(side, quantiles[side]) for side in (0, 1))
    return first, second


_NAMED = (*SHARED, "verdicts")
_BUCKETS = ", ".join(
    # `greatest` passes over a null, and what the log does not say is in no bucket.
    f"CASE WHEN {name} IS NOT NULL THEN"
    f" floor(log2(greatest({name}, 1e-9)) * {PER_DOUBLING})::BIGINT END AS bucket_{name}"
    for name in NUMBERS
)
_SIDED = """
    WITH sided AS (
        SELECT *, CASE WHEN {after} THEN 1 WHEN {before} THEN 0 END AS side
        FROM calls WHERE {after} OR {before}
    )"""
_COUNTS = f"""
    SELECT side, count(*), failed OR is_error AS bad, is_error, failed, tool_calls > 0 AS tools,
           {", ".join(_NAMED)}
    FROM sided GROUP BY ALL"""  # noqa: S608 - here and below: our own words
_NAMED_APART = f"""
    SELECT side, {", ".join(APART)}, count(*), count(*) FILTER (failed OR is_error)
    FROM sided WHERE coalesce({", ".join(APART)}) IS NOT NULL
    GROUP BY GROUPING SETS ({", ".join(f"(side, {name})" for name in APART)})"""  # noqa: S608
_SPREADS = f"""
    SELECT side, grouping({", ".join(f"bucket_{name}" for name in NUMBERS)}),
           coalesce({", ".join(f"bucket_{name}" for name in NUMBERS)}), count(*)
    FROM (SELECT side, {_BUCKETS} FROM sided)
    GROUP BY GROUPING SETS ({", ".join(f"(side, bucket_{name})" for name in NUMBERS)})"""  # noqa: S608
_QUANTILES = f"""
    SELECT side, {", ".join(f"quantile_cont({name}, [0.5, 0.95])" for name in NUMBERS)}
    FROM sided GROUP BY side"""  # noqa: S608
_BY = {2 ** len(NUMBERS) - 1 - 2 ** (len(NUMBERS) - 1 - n): name for n, name in enumerate(NUMBERS)}
"""What `grouping` says where calls are grouped by one of the numbers."""


class _Counting:
    """Sorts the counts of both sides."""

    def __init__(self, ledger: "Ledger") -> None:
        self._name = ledger.names.name
        self._verdicts = ledger.verdicts.name
        self._sides = (_Counts(), _Counts())

    def name(self, side: int, count: int, *values: Any) -> None:
        """Calls of one side that have the same truths, names and verdicts."""
        counts = self._sides[side]
        truths, names, verdicts = values[:4], values[4:-1], values[-1]
        counts.calls += count
        for what, truth in zip(_TRUTHS, truths, strict=True):
            counts.truths[what] += count if truth else 0
        for field, name in zip(SHARED, names, strict=True):
            if name is not None:
                counts.named[field, name] += count
                counts.bad[field, name] += count if truths[0] else 0
                counts.whole[field] += count
        for verdict in set(self._verdicts(verdicts) or ()):
            counts.judged[verdict] += count

    def apart(self, side: int, *values: Any) -> None:
        """Calls of one side that have the same name in one of `APART`, and how many are bad."""
        counts, (calls, bad) = self._sides[side], values[-2:]
        for field, name in zip(APART, values[:-2], strict=True):
            if name is not None:
                counts.named[field, name] += calls
                counts.bad[field, name] += bad
                counts.whole[field] += calls

    def measure(self, side: int, grouped: int, bucket: int | None, count: int) -> None:
        """Calls of one side with a number in the same bucket."""
        if bucket is not None:
            self._sides[side].buckets[_BY[grouped]][bucket] = count

    def tally(self, side: int, quantiles: dict[str, tuple[float, float]]) -> Tally:
        """All of a side."""
        counts = self._sides[side]
        calls, parts = counts.calls, dict[Rate, Part]()
        if calls:
            for what in _TRUTHS[1:]:
                parts[what, None] = Part(counts.truths[what], calls)
        for (field, number), count in counts.named.items():
            name = self._name(number) or ""
            # An error is one of all calls; of a finish one can only say what is known.
            parts[field, name] = Part(count, calls if field == "error" else counts.whole[field])
            if field in WITHIN:
                parts[f"failing of {field}", name] = Part(counts.bad[field, number], count)
        for name in {name for name, _ in counts.judged}:
            failed = counts.judged[name, "failed"]
            parts["validator", name] = Part(failed, failed + counts.judged[name, "passed"])
        spreads = {
            field: Spread(buckets, *quantiles.get(field, (None, None)))
            for field, buckets in counts.buckets.items()
        }
        return Tally(calls, parts, spreads)


_TRUTHS = ("bad", "errors", "failed", "called tools")


class _Counts:
    """What is counted of one side, its names as numbers."""

    def __init__(self) -> None:
        self.calls = 0
        self.truths: Counter[str] = Counter()
        self.named: Counter[tuple[str, int]] = Counter()
        self.bad: Counter[tuple[str, int]] = Counter()
        self.whole: Counter[str] = Counter()
        """Calls that give a field."""
        self.judged: Counter[tuple[str, str]] = Counter()
        self.buckets: defaultdict[str, dict[int, int]] = defaultdict(dict)
