"""What the screen shows all the time: header, tables by model and prompt, bars over time."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from threading import Lock
from typing import NamedTuple

from tailllm.store import questions
from tailllm.store.histogram import Histogram
from tailllm.store.ledger import Ledger
from tailllm.store.running import STEP, Running
from tailllm.store.span import Span
from tailllm.store.stats import UNKNOWN, UNMEASURED, Percentiles, Stats, Timeline, Total
from tailllm.store.sums import MOST_CELLS, Cells, Sum

EXACT_CALLS = 4_000
"""Of so many calls a percentile is asked of the database, and is exact."""
FURTHEST_S = 60.0
"""How far a stretch moves on at once; if further, it is counted anew."""
NARROWEST_S = 1e-3

Spreads = dict[tuple[str | None, str | None], tuple[Percentiles, Percentiles]]
"""By field and name; of all calls under None and None."""
Tables = dict[str, tuple[Stats, ...]]


_PERCENTILES = "quantile_cont({0}, [0.5, 0.95, 0.99]), count({0})"
_SPREADS = f"""
    SELECT {{column}} {_PERCENTILES.format("latency_ms")}, {_PERCENTILES.format("ttft_ms")}
    FROM calls WHERE time_s BETWEEN ? AND ? AND {{where}} GROUP BY GROUPING SETS"""  # noqa: S608


class Tick(NamedTuple):
    """The numbers of one stretch of time.

    `first` and `last` of the statistics are not counted, nor are verdicts of a group.
    """

    total: Stats
    tables: Tables
    """By model and by prompt, most calls first; empty when nobody asked for them."""
    line: Timeline


class Ticks:
    """Answers the same question again and again, each time for what has changed since.

    Counts are exact. Percentiles are, too, of at most `exact` calls; of more they come from
    buckets 9 % wide, and `Stats.rough` says so.
    """

    def __init__(self, ledger: Ledger, *, exact: int = EXACT_CALLS, step: int = STEP) -> None:
        self._ledger = ledger
        self._exact = exact
        self._step = step
        self._lock = Lock()
        self._running: Running | None = None

    def tick(self, span: Span, reach: Span, bars: int, *, tables: bool) -> Tick:
        """The numbers of a stretch.

        Args:
            span: The stretch; an open start is the oldest call.
            reach: From the oldest to the newest call whose clock can be believed.
            bars: Of the picture over time, at most.
            tables: Whether the tables are on the screen.
        """
        first = reach.start if span.start is None else span.start
        last = reach.end if span.end is None else span.end
        if first is None or last is None or last < first:
            first = last = 0.0
        with self._lock:
            running = self._running = self._fitting(span, first, last, bars)
            with self._ledger.kept_up(running, questions.bounds(span)[0]):
                rough = running.total.calls > self._exact
                total = self._stats(running.total, rough=rough)
                known = {by: self._table(by, running, rough=rough) for by in running.groups}
                drawn = running.cells.bars(first, last, bars) if rough and last else None
        shown = self._filled(known, span) if tables else {}
        if not rough:
            total, shown = self._exactly(total, shown, span)
        if drawn is None and last:
            return Tick(total, shown, questions.timeline(self._ledger, Span(first, last), bars))
        return Tick(total, shown, Timeline() if drawn is None else Timeline(*drawn))

    def _fitting(self, span: Span, first: float, last: float, bars: int) -> Running:
        """The counts there are, where the stretch has only moved on a little; else new ones."""
        start, end = questions.bounds(span)
        known = self._running
        if known is not None and known.end == end:
            is_near = known.start == start or 0 < start - known.start <= FURTHEST_S
            if is_near:
                return known
        is_fixed = span.start is not None
        width_s = max((last - first) / (bars if is_fixed else MOST_CELLS), NARROWEST_S)
        return Running(start, end, Cells(first, width_s, is_fixed=is_fixed), step=self._step)

    def _table(self, by: str, running: Running, *, rough: bool) -> tuple[Stats, ...] | None:
        known, name = running.groups[by], self._ledger.names.name
        if known is None:
            return None
        return questions.in_order(
            self._stats(one, rough=rough, by=by, name=name(number))
            for number, one in known.items()
            if one.calls
        )

    def _stats(
        self, one: Sum, *, rough: bool, by: str | None = None, name: str | None = None
    ) -> Stats:
        return Stats(
            calls=one.calls,
            errors=one.errors,
            failed=one.failed,
            bad=one.bad,
            latency_ms=_spread(one.latency, rough=rough),
            ttft_ms=_spread(one.ttft, rough=rough),
            input_tokens=_total(*one.given),
            output_tokens=_total(*one.made),
            cost=_total(*one.cost),
            validators={} if by else questions.validators(self._ledger, one.sets),
            by=by,
            name=name,
            rough=rough,
        )

    def _filled(self, known: Mapping[str, tuple[Stats, ...] | None], span: Span) -> Tables:
        """The database counts what has too many names to be kept up."""
        return {
            by: questions.grouped(self._ledger, span, by) if table is None else table
            for by, table in known.items()
        }

    def _exactly(self, total: Stats, tables: Tables, span: Span) -> tuple[Stats, Tables]:
        """The same with percentiles of the calls themselves."""
        spreads = _spreads(self._ledger, span, tuple(tables))
        return _with(total, spreads), {
            by: tuple(_with(one, spreads) for one in table) for by, table in tables.items()
        }


def _spreads(ledger: Ledger, span: Span, fields: Sequence[str] = ()) -> Spreads:
    """Percentiles of latency and time to first token, of all calls and of each group.

    Args:
        fields: Keys of `GROUPS` that hold numbers of names.
    """
    columns = [questions.GROUPS[field] for field in fields]
    sets = ", ".join(["()", *(f"({column})" for column in columns)])
    chosen = "".join(f"{column}, grouping({column}), " for column in columns)
    rows = questions.within(span).ask(ledger, f"{_SPREADS} ({sets})", column=chosen)
    found: Spreads = {}
    for row in rows:
        values = questions.percentiles(*row[-4:-2]), questions.percentiles(*row[-2:])
        key: tuple[str | None, str | None] = (None, None)
        for field, number, is_summed in zip(fields, row[0::2], row[1::2], strict=False):
            if not is_summed:
                key = field, ledger.names.name(number)
        found[key] = values
    return found


def _with(one: Stats, spreads: Spreads) -> Stats:
    latency, ttft = spreads.get((one.by, one.name), (UNMEASURED, UNMEASURED))
    return replace(one, latency_ms=latency, ttft_ms=ttft)


def _spread(histogram: Histogram, *, rough: bool) -> Percentiles:
    if not rough or not histogram.total:
        return UNMEASURED
    p50, p95, p99 = histogram.spread_ms()
    return Percentiles(p50, p95, p99, histogram.total)


def _total(known: float, n: int) -> Total:
    return Total(known, n) if n else UNKNOWN
