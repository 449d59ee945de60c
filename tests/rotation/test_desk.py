"""A reader at her desk: what she says is kept, in the inbox too, and she can leave at any time."""

import subprocess
from collections.abc import Callable

import pytest

from tailllm.corpus import alive
from tailllm.corpus.sessions import HELD_S
from tailllm.errors import GoneError, SourceError
from tailllm.records.row import Row
from tailllm.rotation.desk import Desk

from .conftest import Clock

MakeDesk = Callable[..., Desk]
MakeRow = Callable[..., Row]


@pytest.fixture
def rows(make_row: MakeRow) -> list[Row]:
    return [make_row(preview=f"text {n}", conversation_id=None) for n in range(12)]


def marked(desk: Desk) -> list[tuple[str, str | None]]:
    return [(item.place.key, item.note) for item in desk.inbox.read().items]


def test_a_wrong_one_is_in_the_inbox_with_its_note_before_the_next_card(
    desk: MakeDesk, rows: list[Row]
) -> None:
    ana = desk(rows)
    session = ana.open().session
    told = ana.say(session, 0, "wrong", note="should refuse")

    assert told == "In the inbox."
    assert marked(ana) == [(session.cards[0].key, "should refuse")]
    assert ana.listing().sessions[0].said[0].note == "should refuse"


def test_undo_takes_the_word_and_its_mark_back(desk: MakeDesk, rows: list[Row]) -> None:
    ana = desk(rows)
    session = ana.open().session
    ana.say(session, 0, "expected")
    ana.say(session, 1, "wrong")

    assert ana.undo(session) == 1
    assert marked(ana) == []
    assert ana.listing().sessions[0].left == [1, 2, 3, 4]
    assert (ana.undo(session), ana.undo(session)) == (0, None)


def test_another_word_about_a_wrong_card_takes_its_mark_back(
    desk: MakeDesk, rows: list[Row]
) -> None:
    ana = desk(rows)
    session = ana.open().session
    ana.say(session, 0, "wrong")
    ana.say(session, 0, "expected")

    assert marked(ana) == []


def test_a_mark_somebody_made_before_stays_when_a_word_is_taken_back(
    desk: MakeDesk, rows: list[Row]
) -> None:
    ana = desk(rows)
    session = ana.open().session
    ana._keeper.mark(ana.row(session.cards[0]), note="seen live")
    ana.say(session, 0, "wrong", note="again")
    ana.undo(session)

    assert [key for key, _ in marked(ana)] == [session.cards[0].key]


def test_who_leaves_goes_on_where_she_was(desk: MakeDesk, rows: list[Row]) -> None:
    ana = desk(rows)
    first = ana.open().session
    for place in (0, 1, 3):
        ana.say(first, place, "expected")
    again = desk(rows).open()

    assert again.resumed
    assert again.session.id == first.id
    assert again.session.left == [2, 4]
    assert again.session.cards == first.cards


def test_a_second_deck_has_nothing_of_the_first(desk: MakeDesk, rows: list[Row]) -> None:
    keys: list[str] = []
    for _ in range(2):
        ana = desk(rows)
        session = ana.open().session
        for place in range(5):
            ana.say(session, place, "skip" if place else "expected")
        keys += [card.key for card in session.cards]

    assert len(set(keys)) == 10


def test_when_everything_was_read_that_is_said(desk: MakeDesk, rows: list[Row]) -> None:
    ana = desk(rows, size=12)
    session = ana.open().session
    for place in range(12):
        ana.say(session, place, "expected")

    with pytest.raises(SourceError, match="all of 12 calls were read"):
        desk(rows).open()


def test_what_others_have_read_since_is_not_read_again_after_a_long_leave(
    desk: MakeDesk, rows: list[Row], clock: Clock
) -> None:
    ana = desk(rows, size=12).open().session
    clock.now += HELD_S * 2
    tom = desk(rows, by="tom")
    theirs = tom.open().session
    for place in range(5):
        tom.say(theirs, place, "expected")
    again = desk(rows).open().session

    assert again.id == ana.id
    assert not {card.key for card in theirs.cards} & {again.cards[n].key for n in again.left}
    assert len(again.left) == 7


def test_two_at_once_share_only_what_the_mix_asks_for(desk: MakeDesk, rows: list[Row]) -> None:
    ana = {card.key for card in desk(rows).open().session.cards}
    tom = desk(rows, by="tom", mix={"random": 3, "twice": 2}).open().session
    both = [card for card in tom.cards if card.key in ana]

    assert [card.share for card in both] == ["twice", "twice"]
    assert both[0].why == "TWICE: ana reads it too"


def test_a_deck_left_over_other_logs_waits_for_them(
    desk: MakeDesk, rows: list[Row], make_row: MakeRow
) -> None:
    ana = desk(rows)
    session = ana.open().session
    others = [make_row(preview=f"other {n}", conversation_id=None) for n in range(9)]
    elsewhere = desk(others).open()

    assert not elsewhere.resumed
    with pytest.raises(GoneError, match="is not in these logs"):
        desk(others).call(session.cards[0])


def test_the_same_seed_over_the_same_calls_draws_the_same_deck(
    desk: MakeDesk, rows: list[Row], tmp_path: object
) -> None:
    one = desk(rows, fresh=True)
    first = one.open().session
    first.path.unlink()
    second = desk(rows[::-1], fresh=True).open().session

    assert [card.key for card in first.cards] == [card.key for card in second.cards]


def test_a_deck_open_in_another_terminal_is_not_resumed_until_that_one_is_gone(
    desk: MakeDesk, rows: list[Row], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = subprocess.Popen(["sleep", "60"])
    with monkeypatch.context() as there:
        there.setattr(alive.os, "getpid", lambda: other.pid)
        first = desk(rows).open().session
    beside = desk(rows).open()
    other.kill()
    other.wait()
    beside_keys = {card.key for card in beside.session.cards}
    for place in range(5):
        desk(rows).sessions.say(beside.session, place, "expected")
    again = desk(rows).open()

    assert not beside.resumed
    assert not beside_keys & {card.key for card in first.cards}
    assert again.resumed
    assert again.session.id == first.id
