"""Every number the store prints is the one plain Python finds."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tailllm.errors import UsageError
from tailllm.records.line import Address
from tailllm.records.row import Row
from tailllm.store.questions import GROUPS
from tailllm.store.span import ALL, Span
from tailllm.store.stats import Percentiles, Total
from tailllm.store.store import Store
from tests.conftest import NOON
from tests.store import naive

MakeRow = Callable[..., Row]

outcomes = st.sampled_from(["passed", "failed", "errored", "unjudged"])
rows = st.lists(
    st.builds(
        Row,
        key=st.text(max_size=5),
        format=st.sampled_from(["native", "otel_genai"]),
        status=st.sampled_from(["ok", "error", "incomplete", "unknown"]),
        state=st.just("done"),
        at=st.integers(0, 600).map(lambda n: NOON + n),
        arrived=st.just(NOON + 1000),
        latency_ms=st.none() | st.floats(0, 1e5),
        ttft_ms=st.none() | st.floats(0, 1e4),
        operation_name=st.just("chat"),
        provider_name=st.sampled_from([None, "openai", "anthropic"]),
        model=st.sampled_from([None, "gpt-4o", "haiku", "\ud83d"]),
        prompt_name=st.sampled_from([None, "billing"]),
        prompt_version=st.sampled_from([None, "v14", "v15"]),
        finish_reason=st.sampled_from([None, "stop", "length"]),
        input_tokens=st.none() | st.integers(0, 10_000),
        output_tokens=st.none() | st.integers(0, 10_000),
        cache_read_input_tokens=st.none(),
        reasoning_output_tokens=st.none(),
        cost=st.none() | st.floats(0, 1),
        error_type=st.sampled_from([None, "RateLimitError"]),
        http_status=st.sampled_from([None, 200, 429]),
        trace_id=st.none(),
        conversation_id=st.none(),
        user_id=st.sampled_from([None, "u1", "u2"]),
        tool_calls=st.just(0),
        verdicts=st.lists(st.tuples(st.sampled_from(["json", "no_pii"]), outcomes), max_size=2).map(
            tuple
        ),
        preview=st.just(""),
        reply=st.just(""),
        source=st.just((Address("1:2:abcd", 0, 9),)),
    ),
    max_size=30,
)


def assert_same(found: Any, calls: list[Row]) -> None:
    latencies = naive.known(calls, "latency_ms")
    wanted = [naive.quantile(latencies, share) for share in (0.5, 0.95, 0.99)]

    assert found.calls == len(calls)
    assert found.errors == sum(row.status == "error" for row in calls)
    assert found.failed == sum(bool(row.failed) for row in calls)
    assert found.bad == sum(row.is_bad for row in calls)
    assert list(found.latency_ms[:3]) == (pytest.approx(wanted) if latencies else [None] * 3)
    assert found.latency_ms.n == len(latencies)
    for field in ("input_tokens", "output_tokens", "cost"):
        known = naive.known(calls, field)
        assert getattr(found, field).sum == (pytest.approx(sum(known)) if known else None)
        assert getattr(found, field).n == len(known)
    for name, counts in found.validators.items():
        verdicts = [verdict for row in calls for verdict in row.verdicts]
        assert [verdicts.count((name, one)) for one in counts._fields] == list(counts)
    for at, of in ((found.first, min), (found.last, max)):
        assert at == (of(row.at for row in calls) if calls else None)


@given(calls=rows)
@settings(max_examples=12, deadline=None)
def test_the_numbers_of_all_calls_and_of_every_group_are_those_of_plain_python(
    calls: list[Row],
) -> None:
    store = Store()
    store.extend(calls[::2])
    store.prepend(calls[1::2])

    assert_same(store.stats(), calls)
    for by, of in naive.GROUPS.items():
        groups = store.stats(by=by).groups
        assert {one.name for one in groups} == {of(row) for row in calls}
        for one in groups:
            assert_same(one, [row for row in calls if of(row) == one.name])
        worst = store.worst(by, most=2)
        own = {one.name: (one.bad, one.calls) for one in groups}
        assert worst.of == len(groups)
        assert [own[name] for name in worst.names] == sorted(own.values(), reverse=True)[:2]
        assert store.count(where=worst.where) == sum(own[name][1] for name in worst.names)


@given(calls=rows, start=st.integers(0, 600), length=st.integers(0, 600))
@settings(max_examples=15, deadline=None)
def test_a_span_holds_the_calls_from_its_start_to_its_end(
    calls: list[Row], start: int, length: int
) -> None:
    store = Store()
    store.extend(calls)
    span = Span(NOON + start, NOON + start + length)

    assert_same(store.stats(span), [row for row in calls if span.holds(row.at)])


@given(calls=rows)
@settings(max_examples=15, deadline=None)
def test_a_validator_counts_each_call_it_saw_once(calls: list[Row]) -> None:
    store = Store()
    store.extend(calls)

    for one in store.stats(by="validator").groups:
        seen = [row for row in calls if one.name in dict(row.verdicts)]
        assert one.calls == len(seen)
        assert one.failed == sum(one.name in row.failed for row in seen)


@given(calls=rows, buckets=st.integers(1, 12))
@settings(max_examples=15, deadline=None)
def test_a_timeline_shares_out_every_call_of_its_span(calls: list[Row], buckets: int) -> None:
    store = Store()
    store.extend(calls)
    line = store.timeline(Span(NOON, NOON + 600), buckets)

    assert len(line.calls) == len(line.bad) == len(line.p95_ms) == buckets
    for bucket in range(buckets):
        inside = [
            row for row in calls if min(buckets - 1, int(row.at - NOON) * buckets // 600) == bucket
        ]
        assert line.calls[bucket] == len(inside)
        assert line.bad[bucket] == sum(row.is_bad for row in inside)
        p95 = naive.quantile(naive.known(inside, "latency_ms"), 0.95)
        assert line.p95_ms[bucket] == (None if p95 is None else pytest.approx(p95))


def test_a_timeline_of_nothing_is_empty(make_row: MakeRow) -> None:
    store = Store()

    assert store.timeline(ALL, 10).calls == ()
    store.extend([make_row(at=NOON)])
    assert store.timeline(ALL, 3).calls == (1, 0, 0)


def test_what_the_log_does_not_say_is_none_and_never_zero(make_row: MakeRow) -> None:
    store = Store()
    silent = {"latency_ms": None, "ttft_ms": None, "input_tokens": None, "output_tokens": None}
    store.extend([make_row(**silent), make_row(**silent)])
    stats = store.stats()

    assert stats.latency_ms == Percentiles(None, None, None, 0)
    assert stats.input_tokens == stats.output_tokens == stats.cost == Total(None, 0)
    assert stats.as_json()["input_tokens"] is None
    assert stats.as_json()["latency_ms"] == {"p50": None, "p95": None, "p99": None, "n": 0}


def test_a_half_silent_log_says_how_many_calls_a_number_speaks_for(make_row: MakeRow) -> None:
    store = Store()
    store.extend([make_row(input_tokens=10, latency_ms=100.0), make_row(input_tokens=None)])
    found = store.stats().as_json()

    assert (found["input_tokens"], found["input_tokens_n"]) == (10, 1)
    assert found["latency_ms"]["n"] == 2


def test_the_printed_object_is_the_one_the_manual_promises(make_row: MakeRow) -> None:
    store = Store()
    store.extend([make_row(verdicts=(("json", "failed"),))])
    found = store.stats(by="model").as_json()

    assert found["first"] == "2026-11-22T12:00:00.000Z"
    assert found["validators"] == {"json": {"passed": 0, "failed": 1, "errored": 0}}
    assert next(iter(found["groups"][0])) == "model"
    assert set(found["groups"][0]) - {"model"} == set(found) - {"groups", "rejects"}


def test_the_largest_group_comes_first(make_row: MakeRow) -> None:
    store = Store()
    store.extend([make_row(model=name) for name in ("b", "a", "b", None)])

    assert [one.name for one in store.stats(by="model").groups] == ["b", "a", None]


def test_grouping_by_something_unknown_says_by_what_one_can() -> None:
    with pytest.raises(UsageError) as refused:
        Store().stats(by="moon")

    assert all(name in refused.value.fix for name in GROUPS)
