"""The questions the screens and commands ask the ledger; nobody else writes SQL.

Every question is bounded by a span. The ledger lies in order of time, so a question about the
last minutes costs the same after an hour and after a month.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from math import inf
from typing import Any, NamedTuple

from tailllm.errors import UsageError
from tailllm.store.columns import NAMED, Verdict
from tailllm.store.ledger import Ledger
from tailllm.store.span import Span
from tailllm.store.stats import UNMEASURED, Percentiles, Stats, Timeline, Total, Verdicts
from tailllm.store.where.nodes import EVERYTHING, Condition

GROUPS = {
    "model": "model",
    "prompt": "prompt",
    "validator": "name",
    "status": "status",
    "provider": "provider",
    "user": "user_id",
    "route": "route",
    "host": "host",
    "format": "format",
    "error": "error",
    "finish": "finish",
    "version": "prompt_version",
    "operation": "operation",
    "conversation": "conversation_id",
    "file": "file",
    "novel": "CASE least(floor(novelty * 5), 4) WHEN 0 THEN '0..0.2' WHEN 1 THEN '0.2..0.4'"
    " WHEN 2 THEN '0.4..0.6' WHEN 3 THEN '0.6..0.8' WHEN 4 THEN '0.8..1' END",
}
"""What calls can be shared out by, and the column that says it."""

_NUMBERS = """
    count(*), count(*) FILTER (is_error), count(*) FILTER (failed),
    count(*) FILTER (failed OR is_error), min(time_s), max(time_s),
    quantile_cont(latency_ms, [0.5, 0.95, 0.99]), count(latency_ms),
    quantile_cont(ttft_ms, [0.5, 0.95, 0.99]), count(ttft_ms),
    sum(input_tokens), count(input_tokens), sum(output_tokens), count(output_tokens),
    sum(cost), count(cost)"""
_WITHIN = "WHERE time_s BETWEEN ? AND ? AND {where}"
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
_COUNT = f"SELECT count(*) FROM calls {_WITHIN}"  # noqa: S608
_WORST = f"""
    SELECT {{column}}, count(*) OVER () FROM calls {_WITHIN} GROUP BY 1
    ORDER BY count(*) FILTER (failed OR is_error) DESC, count(*) DESC, 1 LIMIT ?"""  # noqa: S608
_PROMPTS = f"""
    SELECT prompt, any_value(prompt_name), any_value(prompt_version) FROM calls
    {_WITHIN} AND prompt IS NOT NULL GROUP BY 1"""  # noqa: S608
_TIMELINE = f"""
    SELECT least(? - 1, floor((time_s - ?) * ? / ?))::BIGINT, count(*),
           count(*) FILTER (failed OR is_error), quantile_cont(latency_ms, 0.95)
    FROM calls {_WITHIN} GROUP BY 1"""  # noqa: S608


class _Within(NamedTuple):
    """The end of every question: which calls it is about."""

    bounds: list[float]
    where: Condition

    def ask(
        self,
        ledger: Ledger,
        question: str,
        values: Sequence[object] = (),
        column: str = "",
        more: Sequence[object] = (),
    ) -> list[tuple[Any, ...]]:
        """Ask it of these calls; `values` stand before the place of their bounds, `more` behind."""
        text = question.format(column=column, where=self.where.sql)
        return ledger.ask(text, [*values, *self.bounds, *self.where.values, *more])


Sets = dict[Any, Counter[tuple[Verdict, ...]]]
"""For each group, how many calls have which set of verdicts."""


def stats(
    ledger: Ledger, span: Span, by: str | None = None, where: Condition = EVERYTHING
) -> Stats:
    """The numbers of a span, and of each group in it.

    Raises:
        UsageError: There is no such group.
    """
    groups = () if by is None else grouped(ledger, span, by, where)
    within = _Within(bounds(span), where)
    sets = _sets(ledger, within, "NULL")
    total = _stats(within.ask(ledger, _TOTAL)[0], _verdicts(sets[None]))
    return replace(total, by=by, groups=groups)


def grouped(
    ledger: Ledger, span: Span, by: str, where: Condition = EVERYTHING
) -> tuple[Stats, ...]:
    """The numbers of each group of a span, most calls first.

    Raises:
        UsageError: There is no such group.
    """
    if by not in GROUPS:
        known = ", ".join(GROUPS)
        raise UsageError(f"calls cannot be grouped by {by!r}", fix=f"Group by one of: {known}.")
    if by == "novel":
        ledger.scores.write()
    within = _Within(bounds(span), where)
    groups = _by_validator(ledger, within) if by == "validator" else _by_column(ledger, within, by)
    return in_order(groups)


def in_order(groups: Iterable[Stats]) -> tuple[Stats, ...]:
    """Most calls first, then by name."""
    return tuple(sorted(groups, key=lambda one: (-one.calls, one.name is None, one.name or "")))


def validators(ledger: Ledger, sets: Mapping[int | None, int]) -> dict[str, Verdicts]:
    """What each validator said, from the calls that have each set of verdicts."""
    name = ledger.verdicts.name
    return _verdicts(Counter({name(number) or (): calls for number, calls in sets.items()}))


def count(ledger: Ledger, span: Span, where: Condition = EVERYTHING) -> int:
    """Calls of a span."""
    found: int = within(span, where).ask(ledger, _COUNT)[0][0]
    return found


class Worst(NamedTuple):
    """Some groups, chosen before anything else is counted of them."""

    names: tuple[str | None, ...]
    of: int
    """Groups they were chosen from."""
    where: Condition
    """Only their calls."""


def worst(ledger: Ledger, span: Span, by: str, most: int, where: Condition = EVERYTHING) -> Worst:
    """The groups with the most bad calls, among those with the most calls.

    Args:
        by: A key of `GROUPS` that is a column: any but `validator`.
    """
    column = GROUPS[by]
    rows = within(span, where).ask(ledger, _WORST, column=column, more=[most])
    labels = [label for label, _ in rows]
    kind = "INTEGER" if column in NAMED else "VARCHAR"
    known = [label for label in labels if label is not None]
    silent = f"{column} IS NULL" if None in labels else "false"
    sql = f"({silent} OR coalesce({column} IN (SELECT unnest(?::{kind}[])), false))"
    name = ledger.names.name if column in NAMED else str
    names = tuple(None if label is None else name(label) for label in labels)
    return Worst(names, rows[0][1] if rows else 0, Condition(sql, (known,)))


def timeline(ledger: Ledger, span: Span, buckets: int, where: Condition = EVERYTHING) -> Timeline:
    """The span in equal buckets; both its ends must be given."""
    start, end = bounds(span)
    width = (end - start) / buckets or 1.0
    within = _Within([start, end], where)
    rows = within.ask(ledger, _TIMELINE, [buckets, start, buckets, end - start or 1.0])
    found = {row[0]: row[1:] for row in rows}
    cells = [found.get(bucket, (0, 0, None)) for bucket in range(buckets)]
    return Timeline(start, start + width * buckets, *zip(*cells, strict=True))


def within(span: Span, where: Condition = EVERYTHING) -> "_Within":
    """Asks other questions of the same calls."""
    return _Within(bounds(span), where)


def prompts(ledger: Ledger, where: Condition = EVERYTHING) -> dict[str, tuple[str | None, ...]]:
    """Name and version behind each label of a prompt."""
    name = ledger.names.name
    rows = within(Span(), where).ask(ledger, _PROMPTS)
    return {name(label) or "": (name(of), name(version)) for label, of, version in rows}


def _by_column(ledger: Ledger, within: "_Within", by: str) -> Iterator[Stats]:
    column = GROUPS[by]
    sets = _sets(ledger, within, column)
    shown: dict[frozenset[tuple[tuple[Verdict, ...], int]], dict[str, Verdicts]] = {}
    for label, *row in within.ask(ledger, _BY_COLUMN, column=column):
        # Hundreds of thousands of conversations have few different counts of verdicts.
        counts = frozenset(sets[label].items())
        if counts not in shown:
            shown[counts] = _verdicts(sets[label])
        name = label if column not in NAMED else ledger.names.name(label)
        yield _stats(row, shown[counts], by, name)


def _by_validator(ledger: Ledger, within: "_Within") -> Iterator[Stats]:
    everything = _sets(ledger, within, "NULL")[None]
    validators = _verdicts(everything)
    names = list(validators)
    places = {name: place for place, name in enumerate(names)}
    judged: list[tuple[int | None, int, bool]] = []
    for verdicts in everything:
        number = ledger.verdicts.number(verdicts)
        failed = {name for name, outcome in verdicts if outcome == "failed"}
        judged.extend((number, places[name], name in failed) for name in dict(verdicts))
    parts = [list(part) for part in zip(*judged, strict=True)] or [[], [], []]
    for place, *row in within.ask(ledger, _BY_VALIDATOR, parts):
        name = names[place]
        yield _stats(row, {name: validators[name]}, "validator", name)


def _sets(ledger: Ledger, within: "_Within", column: str) -> Sets:
    found: Sets = defaultdict(Counter)
    for label, number, count in within.ask(ledger, _SETS, column=column):
        found[label][ledger.verdicts.name(number) or ()] = count
    return found


def _verdicts(sets: Counter[tuple[Verdict, ...]]) -> dict[str, Verdicts]:
    counts: Counter[Verdict] = Counter()
    for verdicts, calls in sets.items():
        for verdict in verdicts:
            counts[verdict] += calls
    names = sorted({name for name, _ in counts})
    return {name: Verdicts(*(counts[name, one] for one in Verdicts._fields)) for name in names}


def _stats(
    row: Sequence[Any],
    validators: dict[str, Verdicts],
    by: str | None = None,
    name: str | None = None,
) -> Stats:
    calls, errors, failed, bad, first, last, latency, timed, ttft, begun, *sums = row
    return Stats(
        calls=calls,
        errors=errors,
        failed=failed,
        bad=bad,
        first=first,
        last=last,
        latency_ms=percentiles(latency, timed),
        ttft_ms=percentiles(ttft, begun),
        input_tokens=Total(*sums[0:2]),
        output_tokens=Total(*sums[2:4]),
        cost=Total(*sums[4:6]),
        validators=validators,
        by=by,
        name=name,
    )


def percentiles(values: list[float] | None, n: int) -> Percentiles:
    """The three of them, as the database gives them."""
    if values is None:
        return UNMEASURED
    p50, p95, p99 = values
    return Percentiles(p50, p95, p99, n)


def bounds(span: Span) -> list[float]:
    """Both ends; an open one is without end."""
    return [
        -inf if span.start is None else span.start,
        inf if span.end is None else span.end,
    ]
