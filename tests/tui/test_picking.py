"""The value under the cursor, kept or hidden."""

from collections.abc import Callable

import pytest

from tailllm.records.row import Row
from tailllm.store.filter import parse
from tailllm.tui import picking
from tests.tui.stage import traffic

COLUMNS = ("time", "ms", "ttft", "tokens", "cost", "model", "prompt", "verdict", "text")


@pytest.mark.parametrize("column", COLUMNS)
def test_what_is_kept_has_the_call_itself_and_what_is_hidden_has_not(
    make_row: Callable[..., Row], column: str
) -> None:
    for row in traffic(make_row):
        keep, hide = picking.term_of(row, column), picking.term_of(row, column, hide=True)
        assert parse(keep)(row), keep
        assert not parse(hide)(row), hide


def test_a_value_keeps_what_has_it_too(make_row: Callable[..., Row]) -> None:
    one, same, other = (make_row(model=name) for name in ("a b*", "a b*", "a bc"))
    keep = parse(picking.term_of(one, "model"))

    assert (keep(same), keep(other)) == (True, False)


def test_what_the_log_does_not_say_is_a_value_too(make_row: Callable[..., Row]) -> None:
    silent, telling = make_row(model=None), make_row()
    keep = parse(picking.term_of(silent, "model"))

    assert (keep(silent), keep(telling)) == (True, False)
    assert picking.term_of(make_row(latency_ms=None), "ms") == ""
