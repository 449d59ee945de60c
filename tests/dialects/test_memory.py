"""What is remembered of calls and verdicts has a bound."""

from collections.abc import Callable

from tailllm.dialects.assembly import Assembler
from tailllm.records.part import Part
from tests.dialects.conftest import final


def test_memory_is_bounded_by_calls_and_by_bytes(make_part: Callable[..., Part]) -> None:
    assembler = Assembler(capacity=10, capacity_bytes=5_000)

    for n in range(1_000):
        assembler.add([make_part(f"x:{n}")])

    assert len(assembler._calls._calls) <= 5
    assert len(assembler._calls._by_key) <= 5


def test_a_part_of_a_forgotten_call_starts_a_call(make_part: Callable[..., Part]) -> None:
    parts = [make_part(f"x:{n}") for n in range(20)]

    assert len(final([*parts, make_part("x:0")], capacity=10)) == 21


def test_verdicts_that_never_find_a_call_are_bounded(make_part: Callable[..., Part]) -> None:
    assembler = Assembler(capacity=10)

    for n in range(100):
        assembler.add([make_part(f"resp:{n}", kind="evaluation", evaluations=[])])

    assert len(assembler._waiting) == 10


def test_nothing_is_left_of_a_forgotten_call(make_span: Callable[..., Part]) -> None:
    assembler = Assembler(capacity=1)

    for n in range(50):
        assembler.add([make_span(f"t{n}", "a", f"resp:{n}", status="error")._replace(parent="p")])

    calls = assembler._calls
    assert {len(calls._by_key), len(calls._by_trace), len(calls._inside)} == {1, 2}
    assert sum(len(waiting) for waiting in assembler._twins._by_model.values()) <= 1
