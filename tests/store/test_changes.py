"""What changed is found, what is chance is not, and the counts are those of plain Python."""

from collections import Counter
from collections.abc import Callable, Iterable
from math import comb, floor, log2
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tailllm.records.row import Row
from tailllm.store import labels
from tailllm.store.changes import Changes, changes
from tailllm.store.significance import fisher, holm, rank_sum
from tailllm.store.store import Store
from tailllm.store.tallies import WITHIN, Part, Rate, Spread, Tally, tallies
from tailllm.store.where.nodes import Condition
from tests.conftest import NOON
from tests.store import naive
from tests.store.rows import rows

MakeRow = Callable[..., Row]
NUMBERS = ("latency_ms", "ttft_ms", "input_tokens", "output_tokens", "cost")


def tally(calls: list[Row]) -> Tally:
    """The same counts in the plainest Python there is."""
    n = len(calls)
    parts: dict[Rate, Part] = {
        ("errors", None): Part(sum(row.status == "error" for row in calls), n),
        ("failed", None): Part(sum(bool(row.failed) for row in calls), n),
        ("called tools", None): Part(sum(row.tool_calls > 0 for row in calls), n),
    }
    for field, of in naive.GROUPS.items() | {("operation", lambda row: row.operation_name)}:
        if field not in ("user", "status"):
            known = [name for row in calls if (name := of(row)) is not None]
            for name, count in Counter(known).items():
                parts[field, name] = Part(count, n if field == "error" else len(known))
                if field in WITHIN:
                    bad = sum(row.is_bad for row in calls if of(row) == name)
                    parts[f"failing of {field}", name] = Part(bad, count)
    for name in {name for row in calls for name, _ in row.verdicts}:
        failed = sum((name, "failed") in row.verdicts for row in calls)
        passed = sum((name, "passed") in row.verdicts for row in calls)
        parts["validator", name] = Part(failed, failed + passed)
    return Tally(n, parts, {field: s for field in NUMBERS if (s := spread(calls, field))})


def spread(calls: list[Row], field: str) -> Spread | None:
    values = naive.known(calls, field)
    buckets = Counter(floor(log2(max(value, 1e-9)) * 32) for value in values)
    quantiles = naive.quantile(values, 0.5), naive.quantile(values, 0.95)
    return Spread(dict(buckets), *quantiles) if values else None


@given(calls=rows(40), cut=st.integers(0, 600))
@settings(max_examples=4, deadline=None)
def test_both_sides_are_counted_as_plain_python_counts_them(calls: list[Row], cut: int) -> None:
    store = Store()
    store.extend(calls)
    at = (NOON + cut,)
    found = tallies(store.ledger, Condition("time_s < ?", at), Condition("time_s >= ?", at))
    wanted = (
        [row for row in calls if row.at < NOON + cut],
        [row for row in calls if row.at >= at[0]],
    )

    for one, side in zip(found, map(tally, wanted), strict=True):
        assert one.calls == side.calls
        assert all(one.part(rate) == part for rate, part in side.parts.items())
        assert all(side.part(rate) == part for rate, part in one.parts.items())
        for field, numbers in side.spreads.items():
            assert one.spreads[field].buckets == numbers.buckets
            assert one.spreads[field][1:] == pytest.approx(numbers[1:])


def test_fishers_test_is_the_sum_of_what_is_as_unlikely() -> None:
    for part, of, other, other_of in [(0, 8, 5, 9), (3, 10, 4, 11), (1, 30, 9, 30), (0, 5, 0, 5)]:
        parts, every = part + other, comb(of + other_of, part + other)
        ways = [comb(of, k) * comb(other_of, parts - k) for k in range(min(of, parts) + 1)]
        wanted = sum(way for way in ways if way <= ways[part]) / every

        assert fisher(part, of, other, other_of) == pytest.approx(wanted)


def test_many_calls_are_compared_as_few_are() -> None:
    assert fisher(30_000, 60_000, 30_400, 60_000) == pytest.approx(
        fisher(3_000, 6_000, 3_126, 6_000), rel=0.25
    )


def test_ranks_say_how_often_one_side_is_larger() -> None:
    before, after = Counter([1, 2, 2, 3, 9]), Counter([2, 4, 5, 9])
    pairs = [(a > b) - (a < b) for a in after.elements() for b in before.elements()]
    chance, shift = rank_sum(before, after)

    assert shift == pytest.approx(sum(pairs) / len(pairs))
    assert rank_sum(after, before) == (pytest.approx(chance), pytest.approx(-shift))
    assert rank_sum(before, before)[1] == 0
    assert rank_sum(Counter([5] * 30), Counter([5] * 30)) == (1.0, 0.0)


def test_holm_corrects_for_the_number_of_comparisons() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([]) == []


def told(calls: Iterable[Row], others: Iterable[Row]) -> Changes:
    return changes(tally(list(calls)), tally(list(others)))


def some(dice: Random, make_row: MakeRow, n: int, **fields: object) -> list[Row]:
    return [make_row(**drawn(dice), **fields) for _ in range(n)]


def drawn(dice: Random) -> dict[str, object]:
    """A call as others: nothing depends on anything."""
    is_error = dice.random() < 0.03
    names = ("json", "no_pii", "grounded", "length")
    outcome = lambda: "failed" if dice.random() < 0.08 else "passed"  # noqa: E731
    return {
        "status": "error" if is_error else "ok",
        "error_type": dice.choice(["timeout", "429"]) if is_error else None,
        "model": dice.choice("abcde"),
        "prompt_name": dice.choice(["billing", "route", "summary"]),
        "finish_reason": dice.choice(["stop", "stop", "stop", "tool_call", "length"]),
        "latency_ms": dice.lognormvariate(6, 0.8),
        "ttft_ms": dice.lognormvariate(5, 0.5),
        "input_tokens": dice.randint(100, 4_000),
        "output_tokens": int(dice.expovariate(0.01)),
        "verdicts": tuple((name, outcome()) for name in names),
    }


def alarms(make_row: MakeRow, runs: int) -> int:
    """How often two draws from the same traffic are said to differ."""
    dice = Random(1)
    pairs = ((some(dice, make_row, 120), some(dice, make_row, 90)) for _ in range(runs))
    return sum(bool(told(*pair).differences) for pair in pairs)


def test_where_nothing_changed_hardly_ever_anything_is_said(make_row: MakeRow) -> None:
    assert alarms(make_row, 40) <= 5, "5 % of 40 is 2; more than 5 has a chance of 1 in 70"


@pytest.mark.long
def test_the_rate_of_false_alarms_is_held(make_row: MakeRow) -> None:
    assert alarms(make_row, 1_500) <= 0.05 * 1_500 + 2 * (1_500 * 0.05 * 0.95) ** 0.5


def test_what_changed_is_said_with_its_counts_the_strongest_first(make_row: MakeRow) -> None:
    dice = Random(2)
    before = some(dice, make_row, 200)
    after = [
        row._replace(
            prompt_version="v15", latency_ms=row.latency_ms * 2, verdicts=(("json", "failed"),)
        )
        if n % 2
        else row
        for n, row in enumerate(some(dice, make_row, 200))
    ]
    found = told(before, after)
    said = {(one.what, one.name): one for one in found.differences}
    json = said["validator", "json"]

    assert (json.after.part, json.after.n) == (
        sum(("json", "failed") in row.verdicts for row in after),
        200,
    )
    assert ("latency_ms", None) in said
    assert {name for what, name in said if what == "prompt"} >= {"billing@v15", "route@v15"}
    assert not {"model", "finish", "input_tokens", "errors"} & {what for what, _ in said}
    assert [one.strength for one in found.differences] == sorted(
        (one.strength for one in found.differences), reverse=True
    )


def test_a_slow_tail_is_seen_though_the_median_stands_still(make_row: MakeRow) -> None:
    before = [make_row(latency_ms=500.0 + n) for n in range(200)]
    after = [make_row(latency_ms=9_000.0 if n % 8 == 0 else 500.0 + n) for n in range(200)]
    [tail] = [one for one in told(before, after).differences if one.what == "latency_ms"]

    assert tail.kind == "tail"
    assert (tail.before.part, tail.after.part) == (0, 25)


def test_few_calls_say_nothing(make_row: MakeRow) -> None:
    good = [make_row() for _ in range(500)]
    bad = [make_row(status="error") for _ in range(19)]
    found = told(good, bad)

    assert not found.enough
    assert found.differences == ()
    assert labels.error(bad[0]) is not None
