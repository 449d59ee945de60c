"""The questions the screens and commands ask the ledger; nobody else writes SQL.

Every question is bounded by a span. The ledger lies in order of time, so a question about the
last minutes costs the same after an hour and after a month.
"""

from collections import defaultdict
from dataclasses import replace
from math import inf
from typing import Any

from tailllm.errors import UsageError
from tailllm.store.ledger import Ledger
from tailllm.store.span import Span
from tailllm.store.stats import UNMEASURED, Percentiles, Stats, Timeline, Total, Verdicts

PROMPT = """CASE WHEN prompt_version IS NULL THEN prompt_name
     WHEN prompt_name IS NULL THEN prompt_version
     ELSE prompt_name || '@' || prompt_version END"""
"""The same as `labels.prompt`."""
ERROR = """CASE WHEN error_type IS NOT NULL THEN error_type
     WHEN status <> 'error' THEN NULL
     WHEN http_status IS NULL THEN 'unknown'
     ELSE 'http ' || http_status END"""
"""The same as `labels.error`."""

GROUPS = {
    "model": "model",
    "prompt": PROMPT,
    "validator": "name",
    "status": "status",
    "provider": "provider_name",
    "user": "user_id",
    "format": "format",
    "error": ERROR,
    "finish": "finish_reason",
}
"""What calls can be shared out by, and how the ledger spells it."""

_WITHIN = "{table}.time_s BETWEEN ? AND ?"
_JUDGED = f"""calls JOIN (
    SELECT seq, name, bool_or(outcome = 'failed') AS fails FROM evaluations
    WHERE {_WITHIN.format(table="evaluations")} GROUP BY seq, name) AS judged USING (seq)"""  # noqa: S608 - our own names
"""Each call once for each validator that looked at it."""
_NUMBERS = """
    count(*), count(*) FILTER (status = 'error'), count(*) FILTER ({failed}),
    count(*) FILTER ({failed} OR status = 'error'), min(calls.time_s), max(calls.time_s),
    quantile_cont(latency_ms, [0.5, 0.95, 0.99]), count(latency_ms),
    quantile_cont(ttft_ms, [0.5, 0.95, 0.99]), count(ttft_ms),
    sum(input_tokens), count(input_tokens), sum(output_tokens), count(output_tokens),
    sum(cost), count(cost)"""


def stats(ledger: Ledger, span: Span, by: str | None = None) -> Stats:
    """The numbers of a span, and of each group in it.

    Raises:
        UsageError: There is no such group.
    """
    if by is not None and by not in GROUPS:
        known = ", ".join(GROUPS)
        raise UsageError(f"calls cannot be grouped by {by!r}", fix=f"Group by one of: {known}.")
    total = _stats(ledger, span, None)[0]
    groups = () if by is None else tuple(_stats(ledger, span, by))
    return replace(total, by=by, groups=groups)


def timeline(ledger: Ledger, span: Span, buckets: int) -> Timeline:
    """The span in equal buckets; both its ends must be given."""
    start, end = _bounds(span)
    width = (end - start) / buckets
    if width <= 0:
        width = 1.0
    rows = ledger.ask(
        """SELECT least(? - 1, floor((time_s - ?) / ?))::BIGINT AS bucket, count(*),
               count(*) FILTER (failed OR status = 'error'), quantile_cont(latency_ms, 0.95)
           FROM calls WHERE time_s BETWEEN ? AND ? GROUP BY bucket""",
        [buckets, start, width, start, end],
    )
    found = {row[0]: row[1:] for row in rows}
    cells = [found.get(bucket, (0, 0, None)) for bucket in range(buckets)]
    return Timeline(
        start, start + width * buckets, *(tuple(cell[part] for cell in cells) for part in range(3))
    )


def _stats(ledger: Ledger, span: Span, by: str | None) -> list[Stats]:
    bounds = list(_bounds(span))
    label = "NULL" if by is None else GROUPS[by]
    table, failed, values = "calls", "failed", list(bounds)
    if by == "validator":
        table, failed, values = _JUDGED, "fails", bounds * 2
    grouping = "" if by is None else "GROUP BY label ORDER BY count(*) DESC, label"
    rows = ledger.ask(
        f"SELECT {label} AS label, {_NUMBERS.format(failed=failed)} FROM {table}"  # noqa: S608
        f" WHERE {_WITHIN.format(table='calls')} {grouping}",
        values,
    )
    verdicts = _verdicts(ledger, bounds, label)
    return [_one(row, by, verdicts.get(row[0], {})) for row in rows]


def _verdicts(ledger: Ledger, bounds: list[float], label: str) -> dict[Any, dict[str, Verdicts]]:
    """Outcomes by group, then by validator."""
    table = "evaluations" if label in ("NULL", "name") else "calls JOIN evaluations USING (seq)"
    where, values = _WITHIN.format(table="evaluations"), list(bounds)
    if "JOIN" in table:
        where, values = f"{where} AND {_WITHIN.format(table='calls')}", bounds * 2
    rows = ledger.ask(
        f"""SELECT {label} AS label, name, count(*) FILTER (outcome = 'passed'),
               count(*) FILTER (outcome = 'failed'), count(*) FILTER (outcome = 'errored'),
               count(*) FILTER (outcome = 'unjudged')
           FROM {table} WHERE {where} GROUP BY label, name ORDER BY name""",  # noqa: S608
        values,
    )
    found: dict[Any, dict[str, Verdicts]] = defaultdict(dict)
    for group, name, *counts in rows:
        found[group][name] = Verdicts(*counts)
    return found


def _one(row: tuple[Any, ...], by: str | None, validators: dict[str, Verdicts]) -> Stats:
    name, calls, errors, failed, bad, first, last, latency, timed, ttft, begun, *sums = row
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
        by=by,
        name=name,
    )


def _percentiles(values: list[float] | None, n: int) -> Percentiles:
    if values is None:
        return UNMEASURED
    p50, p95, p99 = values
    return Percentiles(p50, p95, p99, n)


def _bounds(span: Span) -> tuple[float, float]:
    return (
        -inf if span.start is None else span.start,
        inf if span.end is None else span.end,
    )
