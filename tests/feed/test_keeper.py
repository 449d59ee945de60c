"""A mark is on disk before anybody is told, and can be taken back."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tailllm.corpus.marks import Marks
from tailllm.feed.feed import Feed
from tailllm.feed.keeper import Keeper
from tailllm.records.row import Row
from tests.feed.conftest import native


@pytest.fixture
def feed(log: Path, open_feed: Callable[..., Feed]) -> Feed:
    log.write_bytes(native(0) + native(1))
    return open_feed(log)


@pytest.fixture
def marks(tmp_path: Path) -> Marks:
    return Marks(
        tmp_path / "corpus", fallback=tmp_path / "state", by="ana", host="api-7", version="0"
    )


@pytest.fixture
def row(feed: Feed) -> Row:
    found = feed.window.at(-1)
    assert found is not None
    return found


def test_a_mark_holds_the_whole_interaction_and_its_bytes(
    feed: Feed, marks: Marks, row: Row, log: Path
) -> None:
    kept = Keeper(feed, marks).mark(row, note="odd", labels=["billing"], expected="a refund")

    line = kept.path.read_text()
    assert json.loads(line)["note"] == "odd"
    assert "question 1" in line
    assert [mark.note for mark in marks.read().marks] == ["odd"]


def test_undo_takes_the_last_mark_back_and_then_the_undo_before_it(
    feed: Feed, marks: Marks, row: Row
) -> None:
    keeper = Keeper(feed, marks)
    keeper.mark(row)

    keeper.undo()
    after_undo = keeper.mark_id(row)
    nothing_left = keeper.undo()

    assert after_undo is None
    assert nothing_left is None
    assert not marks.read().marks


def test_a_mark_taken_back_by_mistake_comes_back_with_undo(
    feed: Feed, marks: Marks, row: Row
) -> None:
    keeper = Keeper(feed, marks)
    keeper.mark(row)
    keeper.unmark(row)

    keeper.undo()

    assert keeper.mark_id(row)
    assert len(marks.read().marks) == 1


def test_marks_of_an_earlier_session_are_shown(feed: Feed, marks: Marks, row: Row) -> None:
    Keeper(feed, marks).mark(row)

    later = Keeper(feed, marks)

    assert row.key in later.marked
    assert later.today == 0
