"""Packed rows are the rows that were put in."""

from collections.abc import Callable
from math import inf

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tailllm.records.line import Address
from tailllm.records.row import Row
from tailllm.store.pages import WARM_PAGES, Pages, packed, unpacked
from tests.amounts import examples

MakeRow = Callable[..., Row]


def row(number: int) -> Row:
    empty: list[object] = [None] * len(Row._fields)
    source = (Address("1:2:abcd", number, 9), Address("1:3:abcd", number, 9))
    made = Row._make([f"{number} 訂單 \ud83d\x00", *empty[1:-1], source])
    return made._replace(verdicts=(("no_pii", "failed" if number % 3 == 0 else "passed"),))


class AgainstAList(RuleBasedStateMachine):
    """Many small pages, most of them packed, beside a plain list."""

    def __init__(self) -> None:
        super().__init__()
        self.pages = Pages(3)
        self.plain: list[Row | None] = []
        self.next = 0

    @rule(count=st.integers(0, 20))
    def extend(self, count: int) -> None:
        rows = [row(self.next + n) for n in range(count)]
        self.next += count
        self.pages.extend(rows)
        self.plain.extend(rows)

    @rule(count=st.integers(0, 10))
    def extend_packed(self, count: int) -> None:
        rows = [row(self.next + n) for n in range(count)]
        self.next += count
        ready = packed([(*one[:-1], tuple(map(tuple, one.source))) for one in rows], 4)
        self.pages.extend_packed(ready)
        self.plain.extend(rows)
        assert unpacked(ready) == rows

    @rule(share=st.floats(0, 1), first=st.booleans())
    def drop(self, share: float, first: bool) -> None:
        count = int(len(self.plain) * share)
        (self.pages.drop_first if first else self.pages.drop_last)(count)
        self.plain = self.plain[count:] if first else self.plain[: len(self.plain) - count]

    @rule(share=st.floats(0, 1, exclude_max=True), gap=st.booleans())
    def change(self, share: float, gap: bool) -> None:
        if self.plain:
            place = int(len(self.plain) * share)
            self.plain[place] = self.pages[place] = None if gap else row(-place)

    @invariant()
    def they_hold_the_same(self) -> None:
        assert [self.pages[place] for place in range(len(self.pages))] == self.plain
        assert self.pages.run(0, len(self.plain)) == self.plain

    @invariant()
    def they_know_the_gaps_and_the_bad_ones_without_reading(self) -> None:
        end = len(self.plain)
        gaps = [place for place, one in enumerate(self.plain) if one is None]
        bad = [place for place, one in enumerate(self.plain) if one is not None and one.is_bad]
        inner = range(end // 3, end - end // 4)

        assert self.pages.signs(0, end) == (gaps, bad)
        assert self.pages.signs(inner.start, inner.stop) == (
            [place for place in gaps if place in inner],
            [place for place in bad if place in inner],
        )


TestAgainstAList = AgainstAList.TestCase
TestAgainstAList.settings = settings(
    max_examples=examples(60), stateful_step_count=30, deadline=None
)


@pytest.mark.parametrize(
    "odd",
    [
        {"input_tokens": 10**400},
        {"latency_ms": inf},
        {"source": ()},
        {"verdicts": ()},
        {"metadata": object()},
    ],
    ids=["huge", "infinite", "no address", "no verdicts", "unpackable"],
)
def test_whatever_is_in_a_row_comes_back(make_row: MakeRow, odd: dict[str, object]) -> None:
    strange = odd.pop("metadata", None)
    rows = [make_row(**odd, **({"model": strange} if strange else {}))]
    rows += [make_row() for _ in range(WARM_PAGES + 3)]
    pages = Pages(1)
    pages.extend(rows)

    assert [pages[place] for place in range(len(pages))] == rows
    assert isinstance(pages[0], Row)
    assert all(isinstance(one, Address) for one in pages[1].source)  # type: ignore[union-attr]
