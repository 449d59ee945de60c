"""Parts become one call: in any order, minutes apart, counted once, in bounded memory."""

from collections.abc import Callable
from itertools import permutations
from typing import Any

import pytest

from tailllm.dialects.assembly import Assembler
from tailllm.records.part import Part
from tests.dialects.conftest import NOON, final


def test_two_whole_lines_are_two_calls_even_with_one_name(make_part: Callable[..., Part]) -> None:
    parts = [make_part("resp:1", kind="whole"), make_part("resp:1", kind="whole")]

    assert len(final(parts)) == 2


def test_a_call_is_shown_as_soon_as_one_part_is_there(make_part: Callable[..., Part]) -> None:
    assembler = Assembler()

    [first] = assembler.add([make_part("x:1", request_model="m")])
    [then] = assembler.add([make_part("x:1", state="done", output_text="hi")])

    assert (first.new, first.fields["state"]) == (True, "partial")
    assert (then.new, then.fields["state"], then.slot) == (False, "done", first.slot)
    assert then.fields["request_model"] == "m"
    assert len(then.source) == 2


def test_the_order_of_parts_does_not_matter(make_part: Callable[..., Part]) -> None:
    parts = [
        make_part("span:t:1", "resp:1", output_text="hi", state="done", trace_id="t"),
        make_part("span:t:1", _rank=3, usage={"input_tokens": 5}),
        make_part("resp:1", kind="evaluation", evaluations=[{"name": "json", "passed": True}]),
        make_part("span:t:0", kind="outer", user_id="u", trace_id="t"),
    ]

    results = [final(list(order)) for order in permutations(parts)]

    assert {len(result) for result in results} == {1}
    assert all(result[0].fields == results[0][0].fields for result in results)
    assert all(result[0].keys == ("span:t:1", "resp:1") for result in results)


def test_two_parts_that_a_third_joins_become_one_call(make_part: Callable[..., Part]) -> None:
    assembler = Assembler()
    [one] = assembler.add([make_part("x:1", request_model="m")])
    [other] = assembler.add([make_part("resp:1", output_text="hi")])

    [both] = assembler.add([make_part("x:1", "resp:1", state="done")])

    assert (both.slot, both.absorbed, both.new) == (one.slot, (other.slot,), False)
    assert both.fields["output_text"] == "hi"


def test_what_is_joined_within_a_batch_was_never_apart(make_part: Callable[..., Part]) -> None:
    parts = [make_part("x:1"), make_part("resp:1"), make_part("x:1", "resp:1")]

    [call] = Assembler().add(parts)

    assert (call.new, call.absorbed) == (True, ())


def test_a_verdict_that_comes_before_its_call_waits(make_part: Callable[..., Part]) -> None:
    verdict = {"name": "json", "passed": False}
    assembler = Assembler()

    assert assembler.add([make_part("resp:1", kind="evaluation", evaluations=[verdict])]) == []
    [call] = assembler.add([make_part("resp:1")])
    assert call.fields["evaluations"] == [verdict]


def test_a_verdict_is_not_counted_twice_under_two_names(make_part: Callable[..., Part]) -> None:
    verdict = make_part("span:t:1", "resp:1", kind="evaluation", evaluations=[{"name": "json"}])

    [call] = final([verdict, make_part("span:t:1", "resp:1")])

    assert len(call.fields["evaluations"]) == 1


def test_a_call_inside_a_call_is_the_same_call(make_span: Callable[..., Part]) -> None:
    outer = make_span("t", "a")
    inner = make_span("t", "b", _library=True, _rank=2)._replace(parent="span:t:a")

    for parts in ([outer, inner], [inner, outer]):
        [call] = final(parts)
        assert call.keys[0] == "span:t:a"


def test_two_answers_inside_one_span_are_two_calls(make_span: Callable[..., Part]) -> None:
    around = make_span("t", "a")
    steps = [
        make_span("t", str(n), f"resp:{n}", response_id=str(n))._replace(parent="span:t:a")
        for n in range(2)
    ]

    assert len(final([around, *steps])) == 2


def test_one_response_id_in_two_traces_is_one_call(make_span: Callable[..., Part]) -> None:
    inner = make_span("t2", "b", "resp:1", start_time=NOON + 0.1, latency_ms=800.0)

    assert len(final([make_span("t1", "a", "resp:1"), inner])) == 1


def test_an_answer_from_a_cache_an_hour_later_is_another_call(
    make_span: Callable[..., Part],
) -> None:
    later = make_span("t2", "b", "resp:1", start_time=NOON + 3_600)

    assert len(final([make_span("t1", "a", "resp:1"), later])) == 2


def test_the_two_spans_of_a_failed_call_are_one(make_span: Callable[..., Part]) -> None:
    told = make_span("t1", "a", status="error")
    library = make_span(
        "t2", "b", status="error", start_time=NOON + 0.1, latency_ms=700.0, _library=True, _rank=2
    )

    for parts in ([told, library], [library, told]):
        [call] = final(parts)
        assert call.keys == ("span:t1:a", "span:t2:b")


@pytest.mark.parametrize(
    "other",
    [{"start_time": NOON + 5}, {"request_model": "another"}, {"status": "ok"}, {"_library": None}],
    ids=["another time", "another model", "no error", "no library span"],
)
def test_failures_that_only_look_alike_stay_two(
    make_span: Callable[..., Part], other: dict[str, Any]
) -> None:
    inner = {"status": "error", "latency_ms": 500.0, "_library": True} | other

    assert len(final([make_span("t1", "a", status="error"), make_span("t2", "b", **inner)])) == 2


def test_each_of_ten_failures_at_once_has_one_twin(make_span: Callable[..., Part]) -> None:
    told = [make_span(f"a{n}", "1", status="error", latency_ms=900.0 + n) for n in range(10)]
    library = [
        make_span(
            f"b{n}", "1", status="error", start_time=NOON + 0.01, latency_ms=800.0, _library=True
        )
        for n in range(10)
    ]

    assert len(final(told + library)) == 10


@pytest.mark.parametrize("traces", [10, 1], ids=["a trace each", "one trace"])
def test_ten_calls_that_fail_in_an_outage_are_ten(
    make_span: Callable[..., Part], traces: int
) -> None:
    pairs = [
        (
            make_span(
                f"t{n % traces}", f"b{n}", parent=f"span:t{n % traces}:a{n}", status="error",
                start_time=NOON + 0.002 * n + 0.01, latency_ms=800.0, _library=True,
            ),
            make_span(
                f"t{n % traces}", f"a{n}", status="error",
                start_time=NOON + 0.002 * n, latency_ms=900.0,
            ),
        )
        for n in range(10)
    ]  # fmt: skip
    inner, outer = [b for b, _ in pairs], [a for _, a in pairs]
    one_by_one = [part for pair in pairs for part in pair]

    assert [len(final(order)) for order in (inner + outer, outer + inner, one_by_one)] == [10] * 3


def test_an_outer_span_gives_its_user_and_is_not_counted(
    make_part: Callable[..., Part], make_span: Callable[..., Part]
) -> None:
    call = make_span("t", "c", usage={"input_tokens": 1})._replace(parent="span:t:b")
    agent = make_part(
        "span:t:b", kind="outer", parent="span:t:a", trace_id="t", prompt_name="p", usage={"x": 9}
    )
    request = make_part("span:t:a", kind="outer", trace_id="t", user_id="u", session_id="s")

    [found] = final([call, agent, request])

    assert [found.fields[name] for name in ("prompt_name", "user_id", "session_id")] == [
        "p",
        "u",
        "s",
    ]
    assert found.fields["usage"] == {"input_tokens": 1}


def test_the_nearest_outer_span_is_believed(
    make_part: Callable[..., Part], make_span: Callable[..., Part]
) -> None:
    call = make_span("t", "c")._replace(parent="span:t:b")
    near = make_part("span:t:b", kind="outer", parent="span:t:a", trace_id="t", user_id="near")
    far = make_part("span:t:a", kind="outer", trace_id="t", user_id="far")

    [found] = final([far, near, call])

    assert found.fields["user_id"] == "near"


def test_parents_in_a_circle_are_survived(
    make_part: Callable[..., Part], make_span: Callable[..., Part]
) -> None:
    one = make_part("span:t:a", kind="outer", parent="span:t:b", trace_id="t", user_id="u")
    other = make_part("span:t:b", kind="outer", parent="span:t:a", trace_id="t")

    [found] = final([one, other, make_span("t", "c")._replace(parent="span:t:a")])

    assert found.fields["user_id"] == "u"


def test_the_last_attempt_tells_the_status(
    make_part: Callable[..., Part], make_span: Callable[..., Part]
) -> None:
    tries = [
        make_part("span:t:a", kind="evaluation", _status_at=(NOON + n, status))
        for n, status in ((1, 200), (0, 429))
    ]

    [found] = final([make_span("t", "a"), *tries])

    assert (found.fields["http_status"], found.fields["status"]) == (200, "ok")


def test_an_attempt_that_was_made_again_is_no_error(make_span: Callable[..., Part]) -> None:
    around = make_span("t", "a", latency_ms=3_000.0)
    tries = [
        make_span("t", str(n), _library=True, _rank=2, **said)._replace(parent="span:t:a")
        for n, said in enumerate(
            [{"status": "error", "error_type": "rate_limit", "http_status": 429}, {}]
        )
    ]

    [found] = final([*tries, around])

    assert found.fields["status"] == "ok"
    assert "error_type" not in found.fields
    assert "http_status" not in found.fields


def test_a_record_written_twice_is_one(make_part: Callable[..., Part]) -> None:
    def join(pieces: list[Any], _: Any) -> dict[str, Any]:
        return {"input_messages": pieces}

    said = [make_part("x:1", _pieces=[(order, text)], _join=join) for order, text in
            [(2, "b"), (1, "a"), (2, "b")]]  # fmt: skip

    [found] = final(said)

    assert found.fields["input_messages"] == ["a", "b"]
