"""Calls come, change and merge; window and ledger tell the same story."""

from collections.abc import Callable
from math import inf, nan
from threading import Thread

import pytest

from tailllm.records.row import Row
from tailllm.store.histogram import Histogram
from tailllm.store.span import ALL, Span
from tailllm.store.store import Store
from tailllm.store.waiting import BATCH_ROWS
from tests.conftest import NOON
from tests.store import naive

MakeRow = Callable[..., Row]


@pytest.fixture
def store() -> Store:
    return Store(window_size=10)


def test_the_ledger_keeps_what_the_window_forgets(store: Store, make_row: MakeRow) -> None:
    store.extend([make_row() for _ in range(25)])
    older = store.prepend([make_row() for _ in range(5)])

    assert len(store.window) == 10
    assert store.stats().calls == 30
    assert list(older) == [-1, -2, -3, -4, -5]


def test_a_number_given_by_the_store_is_the_number_in_the_window(
    store: Store, make_row: MakeRow
) -> None:
    rows = [make_row() for _ in range(6)]
    newer, older = store.extend(rows[:3]), store.prepend(rows[3:])

    assert [store.window.at(seq) for seq in (*newer, *older)] == rows


@pytest.mark.parametrize("asked_before", [False, True], ids=["waiting", "loaded"])
def test_an_updated_call_is_counted_once_as_it_is_now(
    store: Store, make_row: MakeRow, asked_before: bool
) -> None:
    seq = store.extend([make_row(state="partial", status="unknown"), make_row()])[0]
    if asked_before:
        assert store.stats().calls == 2
    store.replace(seq, make_row(status="error", verdicts=(("json", "failed"),)))
    stats = store.stats()

    assert (stats.calls, stats.errors, stats.failed) == (2, 1, 1)
    assert stats.validators["json"].failed == 1


@pytest.mark.parametrize("asked_before", [False, True], ids=["waiting", "loaded"])
def test_a_call_merged_into_another_is_counted_no_more(
    store: Store, make_row: MakeRow, asked_before: bool
) -> None:
    numbers = store.extend([make_row(), make_row()])
    if asked_before:
        store.stats()
    store.replace(numbers[0], None)

    assert store.stats().calls == 1
    assert store.window.at(numbers[0]) is None


def test_a_call_outside_the_window_can_still_be_updated(store: Store, make_row: MakeRow) -> None:
    seq = store.extend([make_row() for _ in range(30)])[0]
    store.stats()
    store.replace(seq, make_row(model="late"))

    assert [(one.name, one.calls) for one in store.stats(by="model").groups] == [
        ("gpt-4o-mini", 29),
        ("late", 1),
    ]


def test_a_clock_in_the_year_2100_does_not_poison_now(store: Store, make_row: MakeRow) -> None:
    store.extend([make_row(at=NOON, arrived=NOON + 5), make_row(at=4.1e9, arrived=NOON + 6)])

    assert store.newest_at == NOON
    assert store.stats(Span(NOON, NOON + 60)).calls == 2
    assert store.stats().last == NOON + 6


@pytest.mark.parametrize("at", [nan, inf, -inf, 0.0, -5.0])
def test_a_call_without_a_sane_time_happened_when_it_was_read(
    store: Store, make_row: MakeRow, at: float
) -> None:
    store.extend([make_row(at=at, arrived=NOON)])

    assert store.stats(Span(NOON, NOON)).calls == 1
    assert store.newest_at is None


ODD = [
    {"model": "gpt\x00four"},
    {"model": "\ud83d", "user_id": "half \udc00 emoji", "key": "\ud83d"},
    {"input_tokens": 2**80, "http_status": 2**40, "tool_calls": 2**33},
    {"latency_ms": nan, "ttft_ms": -inf, "cost": inf},
    {"latency_ms": -5.0},
    {"input_tokens": -(2**63) - 1, "cost": 10**400},
    {"source": ()},
    {"verdicts": (("na\x00me\ud83d", "failed"),), "prompt_name": "\udfff"},
]


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_value_costs_its_own_cell_and_no_call(
    store: Store, make_row: MakeRow, odd: dict[str, object]
) -> None:
    store.extend([make_row(), make_row(**odd), make_row()])

    assert store.stats().calls == 3
    assert store.ledger.lost == 0
    assert sum(one.calls for one in store.stats(by="user").groups) == 3


def test_the_ledger_is_opened_by_a_question_or_by_thousands_of_calls(make_row: MakeRow) -> None:
    store = Store()
    store.extend([make_row()])

    assert store.ledger.is_open is False
    store.extend([make_row()] * BATCH_ROWS)
    assert store.ledger.is_open is True


def test_a_closed_store_gives_its_memory_back(store: Store, make_row: MakeRow) -> None:
    store.extend([make_row()])
    store.stats()
    store.close()

    assert store.ledger.is_open is False


def test_compacting_changes_no_answer(store: Store, make_row: MakeRow) -> None:
    store.extend([make_row() for _ in range(500)])
    before = store.stats(by="model")
    store.ledger.compact()

    assert store.stats(by="model") == before


def test_slow_is_over_the_95th_percentile_of_the_same_model(
    store: Store, make_row: MakeRow
) -> None:
    store.extend([make_row(model="fast", latency_ms=100.0) for _ in range(100)])
    store.extend([make_row(model="big", latency_ms=float(n)) for n in range(1, 2001)])
    exact = naive.quantile([float(n) for n in range(1, 2001)], 0.95)

    assert store.slow_over(make_row(model="big")) == pytest.approx(exact, rel=0.09)
    assert store.is_slow(make_row(model="fast", latency_ms=1000.0))
    assert not store.is_slow(make_row(model="big", latency_ms=1000.0))
    assert not store.is_slow(make_row(model="big", latency_ms=None))


def test_nineteen_calls_are_too_few_to_call_one_slow(make_row: MakeRow) -> None:
    store = Store()
    store.extend([make_row() for _ in range(19)])

    assert store.slow_over(make_row()) is None
    assert store.slow_over(make_row(model="never seen")) is None
    store.extend([make_row()])
    assert store.slow_over(make_row()) is not None


def test_what_slow_means_follows_an_update(make_row: MakeRow) -> None:
    store = Store()
    numbers = store.extend([make_row(latency_ms=None, state="partial") for _ in range(40)])
    for seq in numbers:
        store.replace(seq, make_row(latency_ms=500.0))

    assert store.slow_over(make_row()) == pytest.approx(500.0, rel=0.09)


@pytest.mark.parametrize("value", [0.0, 0.05, 1.0, 977.0, 86_400_000.0, 1e15])
def test_a_histogram_takes_any_duration_and_gives_it_back(value: float) -> None:
    histogram = Histogram()
    histogram.add(value)
    histogram.add(value, -1)

    assert histogram.total == 0
    assert histogram.p95_ms() is None


def test_a_screen_may_ask_while_the_feed_writes(make_row: MakeRow) -> None:
    store = Store(window_size=1000)
    rows = [make_row(verdicts=(("json", "failed"),)) for _ in range(100)]
    trouble: list[BaseException] = []

    def write() -> None:
        try:
            for _ in range(60):
                numbers = store.extend(rows)
                store.replace(numbers[0], rows[0])
                store.replace(numbers[1], None)
        except BaseException as error:
            trouble.append(error)

    writer = Thread(target=write)
    writer.start()
    seen = []
    while writer.is_alive():
        stats = store.stats(by="model")
        store.timeline(ALL, 20)
        store.slow_over(rows[0])
        seen.append(stats.calls)
        if stats.groups:
            assert stats.groups[0].failed == stats.groups[0].calls
    writer.join()

    assert trouble == []
    assert seen == sorted(seen)
    assert store.stats().calls == 60 * 99
