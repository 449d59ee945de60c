"""What the screen keeps up is what plain Python finds by counting anew."""

from collections.abc import Sequence
from math import ceil

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tailllm.records.batch import batch_of
from tailllm.records.row import Row
from tailllm.store.bulk import bulk
from tailllm.store.histogram import LOWEST_MS
from tailllm.store.span import ALL, Span
from tailllm.store.stats import Percentiles, Stats
from tailllm.store.store import Store
from tailllm.store.ticks import Ticks
from tests.conftest import NOON
from tests.store import naive
from tests.store.rows import ROW, rows

BUCKET = 2 ** (1 / 8)
"""How wide a bucket is."""
SPANS = st.sampled_from([None, 1.0, 60.0, 300.0])


class Traffic(RuleBasedStateMachine):
    """Calls come, late and early, are replaced and dropped, while the stretch moves on."""

    @initialize(exact=st.sampled_from([0, 10_000]), step=st.sampled_from([3, 500_000]))
    def begin(self, exact: int, step: int) -> None:
        self.store = Store(window_size=20)
        self.ticks = Ticks(self.store.ledger, exact=exact, step=step)
        self.exact = exact
        self.known: dict[int, Row] = {}
        self.length: float | None = None
        self.now = NOON + 100.0

    @rule(calls=rows(12))
    def newer(self, calls: list[Row]) -> None:
        self.known |= dict(zip(self.store.extend(calls), calls, strict=True))

    @rule(calls=rows(12))
    def older(self, calls: list[Row]) -> None:
        self.known |= dict(zip(self.store.prepend(calls), calls, strict=True))

    @rule(calls=rows(12))
    def portion(self, calls: list[Row]) -> None:
        first = self.store.prepend([])
        if calls and self.store.adopt(bulk(batch_of(calls)), calls):
            self.known |= {first.start - n: call for n, call in enumerate(calls)}

    @rule(data=st.data(), call=st.none() | ROW)
    def late(self, data: st.DataObject, call: Row | None) -> None:
        if self.known:
            seq = data.draw(st.sampled_from(sorted(self.known)))
            self.store.replace(seq, call)
            self.known.pop(seq)
            if call is not None:
                self.known[seq] = call

    @rule(length=SPANS)
    def choose(self, length: float | None) -> None:
        self.length = length

    @rule(seconds=st.sampled_from([0.0, 0.5, 59.0, 61.0]))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @rule()
    def squeeze(self) -> None:
        self.store.ledger.compact()

    @invariant()
    def counted_as_plain_python_counts(self) -> None:
        if not hasattr(self, "store"):
            return
        span = ALL if self.length is None else Span(self.now - self.length, None)
        inside = [row for row in self.known.values() if span.holds(row.at)]
        reach = Span(self.store.oldest_at, self.store.newest_at)
        tick = self.ticks.tick(span, reach, 6, tables=True)
        check(tick.total, inside)
        assert tick.total.rough == (len(inside) > self.exact)
        for by, table in tick.tables.items():
            of = naive.GROUPS[by]
            assert {one.name for one in table} == {of(row) for row in inside}
            for one in table:
                check(one, [row for row in inside if of(row) == one.name])
        last = self.store.newest_at
        if last is not None and (span.start is None or span.start <= last):
            assert sum(tick.line.calls) == len(inside)
            assert sum(tick.line.bad) == sum(row.is_bad for row in inside)


def check(found: Stats, calls: Sequence[Row]) -> None:
    assert found.calls == len(calls)
    assert found.errors == sum(row.status == "error" for row in calls)
    assert found.failed == sum(bool(row.failed) for row in calls)
    assert found.bad == sum(row.is_bad for row in calls)
    for field in ("input_tokens", "output_tokens", "cost"):
        values = naive.known(calls, field)
        total = getattr(found, field)
        assert total.n == len(values)
        assert total.sum == (pytest.approx(sum(values), abs=1e-9) if values else None)
    for field in ("latency_ms", "ttft_ms"):
        like(getattr(found, field), naive.known(calls, field), rough=found.rough)
    verdicts = [verdict for row in calls for verdict in row.verdicts]
    if found.by is None:
        assert set(found.validators) == {name for name, _ in verdicts}
    for name, counts in found.validators.items():
        assert [verdicts.count((name, one)) for one in counts._fields] == list(counts)


def like(found: Percentiles, values: Sequence[float], *, rough: bool) -> None:
    """Exact, or in the bucket of one of the two calls that the rank lies between."""
    assert found.n == len(values)
    for share, one in zip((0.5, 0.95, 0.99), found[:3], strict=True):
        if not values or one is None:
            assert one is None
            assert not values
        elif rough:
            rank = share * len(values)
            ordered = sorted(values)
            near = ordered[max(0, ceil(rank) - 1)]
            assert near / BUCKET <= one <= max(LOWEST_MS, near) * BUCKET
        else:
            assert one == pytest.approx(naive.quantile(values, share))


Traffic.TestCase.settings = settings(max_examples=25, stateful_step_count=12, deadline=None)
test_a_tick_is_right_whatever_comes = Traffic.TestCase
