"""The loop week by week: each number is of its own week, and what nobody knows is no zero."""

from collections.abc import Callable
from pathlib import Path

from tailllm.corpus.case import Case, CaseMessage
from tailllm.corpus.session_lines import Card
from tailllm.corpus.sessions import Sessions
from tailllm.drift.weeks import WEEK_S, Added, history
from tailllm.records.row import Row
from tailllm.records.share import Share
from tests.conftest import NOON

MakeRow = Callable[..., Row]
DAY = 86_400.0


def case(name: str, text: str) -> Case:
    return Case(id=name, target="t", messages=(CaseMessage(role="user", content=text),))


def test_the_blind_share_is_against_the_corpus_as_it_was_then(make_row: MakeRow) -> None:
    texts = ("where is my parcel", "refund me please")
    rows = [make_row(at=NOON + week * WEEK_S, preview=text) for week in range(3) for text in texts]
    cases = [case("parcel", texts[0]), case("refund", texts[1])]
    accepted = [Added("refund", NOON + WEEK_S, "ana", 7_200.0)]
    found = history(rows, cases, accepted, (), never_failed=frozenset({"parcel"}))

    assert [week.blind for week in found] == [Share(1, 2), Share(0, 2), Share(0, 2)]
    assert [week.cases for week in found] == [1, 2, 2]
    assert [dict(week.added) for week in found] == [{}, {"ana": 1}, {}]
    assert [week.to_case_s for week in found] == [None, 7_200.0, None]
    assert [week.never_failed for week in found] == [Share(1, 1), Share(1, 2), Share(1, 2)]


def test_a_week_nothing_is_known_of_is_there_and_says_so(make_row: MakeRow) -> None:
    rows = [make_row(at=NOON + week * WEEK_S, preview="refund") for week in (0, 2)]
    found = history(rows, (), (), (), never_failed=frozenset())

    assert [week.messages for week in found] == [1, 0, 1]
    assert {week.blind for week in found} == {Share(0, 0)}
    assert {week.to_case_s for week in found} == {None}
    assert history((), (), (), (), never_failed=frozenset()) == []


def test_what_readers_found_is_in_the_week_of_their_session(
    tmp_path: Path, make_row: MakeRow
) -> None:
    now = [NOON]
    sessions = Sessions(tmp_path, by="ana", host="h", version="1", clock=lambda: now[0])
    for week, said in enumerate(("surprising", "expected")):
        now[0] = NOON + week * WEEK_S
        with sessions.drawing():
            cards = [Card(f"k{week}", f"i{week}", "random")]
            dealt = sessions.start(cards, seed=1, mix={}, period_s=None, population=1)
        sessions.say(dealt, 0, said)
    found = history((), (), (), sessions.read().sessions, never_failed=frozenset())

    assert [(week.read, week.surprise) for week in found] == [(1, Share(1, 1)), (1, Share(0, 1))]


def test_a_long_walk_says_how_far_it_is(make_row: MakeRow) -> None:
    told: list[tuple[int, int]] = []
    rows = [make_row(at=NOON + n, preview=f"text {n}") for n in range(700)]
    history(
        rows,
        [case("a", "text")],
        (),
        (),
        never_failed=frozenset(),
        step=lambda *at: told.append(at),
    )

    assert told[0] == (0, 500)
    assert told == sorted(told)
    assert len(told) == 5
