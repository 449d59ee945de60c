"""Columns handed over as bytes come out of the database as they went in."""

from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tailllm.store.arrow import Table, pack, renumbered
from tests.amounts import examples

KINDS: dict[str, st.SearchStrategy[Any]] = {
    "DOUBLE": st.floats(allow_nan=False),
    "BIGINT": st.integers(-(2**63), 2**63 - 1),
    "INTEGER": st.integers(-(2**31), 2**31 - 1),
    "BOOLEAN": st.booleans(),
    "VARCHAR": st.text(st.characters(exclude_categories=["Cs"]), max_size=6),
}


@st.composite
def tables(draw: st.DrawFn) -> dict[str, list[Any]]:
    """A column of each kind, with any share of values missing."""
    length = draw(st.integers(1, 40))
    return {
        kind: draw(st.lists(st.none() | values, min_size=length, max_size=length))
        for kind, values in KINDS.items()
    }


@settings(max_examples=examples(60))
@given(tables())
def test_every_value_comes_back(columns: dict[str, list[Any]]) -> None:
    packed = [pack(kind, values) for kind, values in columns.items()]
    length = len(columns["DOUBLE"])
    with duckdb.connect(":memory:") as base:
        base.register("coming", Table(list(columns), packed, length))
        found = base.execute("SELECT * FROM coming").fetchall()

    assert repr(found) == repr(list(zip(*columns.values(), strict=True)))


@pytest.mark.parametrize(
    ("kind", "value"),
    [("INTEGER", 2**31), ("BIGINT", 2**63), ("DOUBLE", "x"), ("VARCHAR", "\ud800"), ("VARCHAR", 7)],
)
def test_what_a_column_cannot_hold_is_refused(kind: str, value: object) -> None:
    with pytest.raises((OverflowError, TypeError, ValueError)):
        pack(kind, [value])


def test_numbers_are_changed_and_missing_ones_stay_missing() -> None:
    old = pack("INTEGER", [0, None, 2, 0])

    with duckdb.connect(":memory:") as base:
        base.register("coming", Table(["n"], [renumbered(old, [5, 6, 7])], 4))
        found = base.execute("SELECT n FROM coming").fetchall()

    assert found == [(5,), (None,), (7,), (5,)]
