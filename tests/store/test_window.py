"""The window is bounded, and a number once given means the same call for ever."""

from collections.abc import Callable
from threading import Thread

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tailllm.records.row import Row
from tailllm.store.pages import packed
from tailllm.store.window import Window
from tests.amounts import examples

MakeRow = Callable[..., Row]


@pytest.fixture
def window() -> Window:
    return Window(5)


def test_live_calls_count_up_and_older_calls_count_down(window: Window, make_row: MakeRow) -> None:
    assert window.extend([make_row(), make_row()]) == range(2)
    assert window.prepend([make_row(), make_row()]) == range(-1, -3, -1)
    assert (window.first, window.end, len(window)) == (-2, 2, 4)


def test_a_full_window_forgets_the_oldest_and_says_how_many(
    window: Window, make_row: MakeRow
) -> None:
    window.extend([make_row(key=str(n)) for n in range(8)])

    assert (window.first, window.end, window.dropped) == (3, 8, 3)
    assert window.at(2) is None
    assert window.at(3).key == "3"  # type: ignore[union-attr]


def test_a_full_window_takes_no_older_calls(window: Window, make_row: MakeRow) -> None:
    window.extend([make_row() for _ in range(5)])

    assert len(window.prepend([make_row()])) == 0
    assert window.dropped == 1


def test_a_number_of_a_forgotten_call_is_never_given_again(
    window: Window, make_row: MakeRow
) -> None:
    given = [*window.extend([make_row()]), *window.prepend([make_row(), make_row()])]
    given += window.extend([make_row() for _ in range(6)])
    given += window.prepend([make_row()])

    assert len(given) == len(set(given))


def test_a_call_that_was_part_of_another_leaves_a_gap_and_moves_nobody(
    window: Window, make_row: MakeRow
) -> None:
    window.extend([make_row(key=name) for name in "abc"])
    window.replace(1, None)

    assert window.at(1) is None
    assert [(seq, row.key) for seq, row in window.slice(-9, 9)] == [(0, "a"), (2, "c")]
    assert [row.key for _, row in window.newest_first()] == ["c", "a"]


def test_replacing_what_is_not_held_says_so(window: Window, make_row: MakeRow) -> None:
    assert window.replace(0, make_row()) is False
    assert window.replace(-1, make_row()) is False


class AgainstAList(RuleBasedStateMachine):
    """The window beside a dictionary that never forgets and a list of what should be held."""

    def __init__(self) -> None:
        super().__init__()
        self.window = Window(12, page_rows=3)
        self.held: dict[int, Row | None] = {}
        self.next = 0

    def row(self) -> Row:
        self.next += 1
        empty: list[object] = [None] * len(Row._fields)
        verdict = ("no_pii", "failed" if self.next % 3 else "passed")
        return Row._make([str(self.next), *empty[1:-1], ()])._replace(verdicts=(verdict,))

    # Pages of three rows: twelve rows lie in more pages than are kept warm.
    @rule(count=st.integers(0, 20), ready=st.booleans())
    def extend(self, count: int, ready: bool) -> None:
        rows = [self.row() for _ in range(count)]
        pages = packed([tuple(row) for row in rows], 3)
        given = self.window.extend_packed(pages) if ready else self.window.extend(rows)
        self.held.update(zip(given, rows, strict=True))
        for seq in sorted(self.held)[: max(0, len(self.held) - 12)]:
            del self.held[seq]

    @rule(count=st.integers(0, 20))
    def prepend(self, count: int) -> None:
        rows = [self.row() for _ in range(count)]
        given = self.window.prepend(rows)
        assert len(given) in (min(count, 12 - len(self.held)), 0)
        self.held.update(zip(given, rows, strict=False))

    @rule(seq=st.integers(-15, 60), drop=st.booleans())
    def replace(self, seq: int, drop: bool) -> None:
        row = None if drop else self.row()

        assert self.window.replace(seq, row) == (seq in self.held)
        if seq in self.held:
            self.held[seq] = row

    @invariant()
    def every_number_gives_its_call(self) -> None:
        low, high = self.window.first - 3, self.window.end + 3

        assert {n: self.window.at(n) for n in range(low, high)} == {
            n: self.held.get(n) for n in range(low, high)
        }
        assert len(self.window) == len(self.held) <= 12

    @invariant()
    def both_readings_agree(self) -> None:
        held = [(seq, self.held[seq]) for seq in sorted(self.held) if self.held[seq] is not None]

        bad = [seq for seq, row in held if row is not None and row.is_bad]

        assert self.window.slice(-99, 999) == held
        assert self.window.signs(-99, 999) == ([seq for seq, _ in held], bad)
        assert list(self.window.newest_first()) == held[::-1]


TestAgainstAList = AgainstAList.TestCase
TestAgainstAList.settings = settings(
    max_examples=examples(60), stateful_step_count=30, deadline=None
)


def test_who_reads_while_another_thread_writes_gets_the_right_call_or_none(
    make_row: MakeRow,
) -> None:
    window = Window(50)
    rows = [make_row(key=str(n)) for n in range(20_000)]
    writer = Thread(target=lambda: [window.extend([row]) for row in rows])
    wrong = []

    writer.start()
    while writer.is_alive():
        seq = window.end - 25
        row = window.at(seq)
        if row is not None and row.key != str(seq):
            wrong.append((seq, row.key))
        wrong += [(n, one.key) for n, one in window.slice(seq, seq + 10) if one.key != str(n)]
    writer.join()

    assert wrong == []
