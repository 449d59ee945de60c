"""The questions the screens and commands ask the ledger; nobody else writes SQL.

Every question is bounded by a span. The ledger lies in order of time, so a question about the
last minutes costs the same after an hour and after a month.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import inf
from typing import Any

from tailllm.errors import UsageError
from tailllm.store.columns import Verdict
from tailllm.store.ledger import Ledger
from tailllm.store.span import Span
from tailllm.store.stats import UNMEASURED, Percentiles, Stats, Timeline, Total, Verdicts

GROUPS = {
    "model": "model",
    "prompt": "prompt",
    "validator": "name",
    "status": "status",
    "provider": "provider",
    "user": "user_id",
    "format": "format",
    "error": "error",
    "finish": "finish",
}
"""What calls can be shared out by, and the column that says it."""

_NUMBERS = """
    count(*), count(*) FILTER (is_error), count(*) FILTER (failed),
    count(*) FILTER (failed OR is_error), min(time_s), max(time_s),
    quantile_cont(latency_ms, [0.5, 0.95, 0.99]), count(latency_ms),
    quantile_cont(ttft_ms, [0.5, 0.95, 0.99]), count(ttft_ms),
    sum(input_tokens), count(input_tokens), sum(output_tokens), count(output_tokens),
    sum(cost), count(cost)"""
_WITHIN = "WHERE time_s BETWEEN ? AND ?"
_TOTAL = f"SELECT {_NUMBERS} FROM calls {_WITHIN}"  # noqa: S608 - here and below: our own words
_BY_COLUMN = f"SELECT {{column}}, {_NUMBERS} FROM calls {_WITHIN} GROUP BY 1"  # noqa: S608
_BY_VALIDATOR = f"""
    SELECT judge, {_NUMBERS} FROM (
        SELECT * REPLACE (fails AS failed) FROM calls JOIN (
            SELECT unnest(?::INTEGER[]) AS verdicts, unnest(?::INTEGER[]) AS judge,
                   unnest(?::BOOLEAN[]) AS fails
        ) USING (verdicts) {_WITHIN}
    ) GROUP BY 1"""  # noqa: S608
"""Each call once for each validator that looked at it; `failed` is this validator's word."""
_SETS = f"SELECT {{column}}, verdicts, count(*) FROM calls {_WITHIN} GROUP BY 1, 2"  # noqa: S608
_TIMELINE = f"""
    SELECT least(? - 1, floor((time_s - ?) / ?))::BIGINT, count(*),
           count(*) FILTER (failed OR is_error), quantile_cont(latency_ms, 0.95)
    FROM calls {_WITHIN} GROUP BY 1"""  # noqa: S608

Sets = dict[Any, Counter[tuple[Verdict, ...]]]
"""For each group, how many calls have which set of verdicts."""


def stats(ledger: Ledger, span: Span, by: str | None = None) -> Stats:
    """The numbers of a span, and of each group in it.

    Raises:
        UsageError: There is no such group.
    """
    if by is not None and by not in GROUPS:
        known = ", ".join(GROUPS)
        raise UsageError(f"calls cannot be grouped by {by!r}", fix=f"Group by one of: {known}.")
    bounds = _bounds(span)
    column = "NULL" if by is None or by == "validator" else GROUPS[by]
    sets = _sets(ledger, bounds, column)
    everything: Counter[tuple[Verdict, ...]] = sum(sets.values(), Counter())
    total = _stats(ledger.ask(_TOTAL, bounds)[0], _verdicts(everything))
    if by is None:
        return total
    if by == "validator":
        groups = _by_validator(ledger, bounds, everything, total.validators)
    else:
        groups = _by_column(ledger, bounds, by, sets)
    named = (replace(one, by=by) for one in groups)
    ordered = sorted(named, key=lambda one: (-one.calls, one.name is None, one.name or ""))
    return replace(total, by=by, groups=tuple(ordered))


def timeline(ledger: Ledger, span: Span, buckets: int) -> Timeline:
    """The span in equal buckets; both its ends must be given."""
    start, end = _bounds(span)
    width = (end - start) / buckets or 1.0
    rows = ledger.ask(_TIMELINE, [buckets, start, width, start, end])
    found = {row[0]: row[1:] for row in rows}
    cells = [found.get(bucket, (0, 0, None)) for bucket in range(buckets)]
    return Timeline(start, start + width * buckets, *zip(*cells, strict=True))


def _by_column(ledger: Ledger, bounds: list[float], by: str, sets: Sets) -> Iterator[Stats]:
    column = GROUPS[by]
    for label, *row in ledger.ask(_BY_COLUMN.format(column=column), bounds):
        name = label if by == "user" else ledger.columns.names.name(label)
        yield replace(_stats(row, _verdicts(sets[label])), name=name)


def _by_validator(
    ledger: Ledger,
    bounds: list[float],
    everything: Counter[tuple[Verdict, ...]],
    validators: dict[str, Verdicts],
) -> Iterator[Stats]:
    names = list(validators)
    places = {name: place for place, name in enumerate(names)}
    judged: list[tuple[int | None, int, bool]] = []
    for verdicts in everything:
        number = ledger.columns.verdicts.number(verdicts)
        failed = {name for name, outcome in verdicts if outcome == "failed"}
        judged.extend((number, places[name], name in failed) for name in dict(verdicts))
    parts = [list(part) for part in zip(*judged, strict=True)] or [[], [], []]
    for place, *row in ledger.ask(_BY_VALIDATOR, [*parts, *bounds]):
        name = names[place]
        yield replace(_stats(row, {name: validators[name]}), name=name)


def _sets(ledger: Ledger, bounds: list[float], column: str) -> Sets:
    found: Sets = defaultdict(Counter)
    for label, number, count in ledger.ask(_SETS.format(column=column), bounds):
        found[label][ledger.columns.verdicts.name(number) or ()] = count
    return found


def _verdicts(sets: Counter[tuple[Verdict, ...]]) -> dict[str, Verdicts]:
    counts: Counter[Verdict] = Counter()
    for verdicts, calls in sets.items():
        for verdict in verdicts:
            counts[verdict] += calls
    names = sorted({name for name, _ in counts})
    return {name: Verdicts(*(counts[name, one] for one in Verdicts._fields)) for name in names}


def _stats(row: Sequence[Any], validators: dict[str, Verdicts]) -> Stats:
    calls, errors, failed, bad, first, last, latency, timed, ttft, begun, *sums = row
    return Stats(
        calls=calls,
        errors=errors,
        failed=failed,
        bad=bad,
        first=first,
        last=last,
        latency_ms=_percentiles(latency, timed),
        ttft_ms=_percentiles(ttft, begun),
        input_tokens=Total(*sums[0:2]),
        output_tokens=Total(*sums[2:4]),
        cost=Total(*sums[4:6]),
        validators=validators,
    )


def _percentiles(values: list[float] | None, n: int) -> Percentiles:
    if values is None:
        return UNMEASURED
    p50, p95, p99 = values
    return Percentiles(p50, p95, p99, n)


def _bounds(span: Span) -> list[float]:
    return [
        -inf if span.start is None else span.start,
        inf if span.end is None else span.end,
    ]
