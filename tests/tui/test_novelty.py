"""How unlike the corpus each call is, on the screen."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tailllm.feed.scorer import Scorer
from tailllm.records.row import Row
from tailllm.tui.widgets.sheet import Sheet
from tests.corpora import add_cases
from tests.tui.conftest import WaitUntil
from tests.tui.questions import answered
from tests.tui.stage import FakeFeed, FakeKeeper, stage
from tests.tui.test_live import live, ready, shown

MakeRow = Callable[..., Row]


@pytest.fixture
def scorer(feed: FakeFeed, tmp_path: Path) -> Scorer:
    add_cases(tmp_path, {"paypal": "can i pay with paypal", "twice": "why was i charged twice"})
    return Scorer(feed.store, tmp_path, {})


@pytest.mark.parametrize("width", [80, 160])
async def test_a_call_like_no_case_carries_a_sign_and_where_there_is_room_its_number(
    feed: FakeFeed, scorer: Scorer, make_row: MakeRow, wait_until: WaitUntil, width: int
) -> None:
    app = stage(feed)

    async with app.run_test(size=(width, 40)) as pilot:
        screen = live(app)
        screen.preview.display = False
        await wait_until(pilot, lambda: screen.table.cursor is not None)
        assert "◆" not in shown(app)
        scorer.score_all()
        feed.add([make_row(preview="not scored yet")])
        await wait_until(pilot, lambda: "◆" in shown(app))
        lines = shown(app).splitlines()
        known = next(line for line in lines if "can i pay" in line)
        new = next(line for line in lines if "where is my" in line)
        later = next(line for line in lines if "not scored yet" in line)

        assert "◆" in new
        assert "◆" not in known + later
        assert ("novel" in shown(app)) == (width == 160)
        assert ("0.00" in known) == (width == 160)


async def test_a_filter_by_novelty_shows_calls_as_they_are_scored_and_says_of_how_many(
    feed: FakeFeed, scorer: Scorer, wait_until: WaitUntil
) -> None:
    app = stage(feed)

    async with app.run_test(size=(100, 30)) as pilot:
        screen = live(app)
        await wait_until(pilot, lambda: screen.table.cursor is not None)
        await pilot.press("slash", *"novel<0.2", "enter")
        await wait_until(pilot, lambda: "(0 of 60 scored)" in shown(app))
        assert len(screen.table.view) == 0
        scorer.score_all()
        feed.say()
        await wait_until(pilot, lambda: "(60 of 60 scored)" in shown(app))
        seqs = screen.table.view.seqs
        texts = {row.preview.casefold() for row in map(feed.window.at, seqs) if row}

        assert texts == {"can i pay with paypal", "why was i charged twice"}


async def test_from_a_blind_spot_to_its_typical_calls_and_a_mark_in_two_keys(
    feed: FakeFeed, scorer: Scorer, make_row: MakeRow, wait_until: WaitUntil
) -> None:
    feed.add([make_row(preview=f"the gas bottle leaks {n}") for n in range(6)])
    scorer.score_all()
    keeper = FakeKeeper()
    app = stage(feed, keeper, scorer=scorer)

    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot, wait_until)
        await pilot.press("B")
        await answered(pilot, wait_until)
        lines = shown(app).splitlines()
        assert "messages have no case near" in lines[0]
        assert any("gas" in line for line in lines)
        sheet = app.screen.query_one(Sheet)
        for _ in sheet.entries:
            if "gas" not in str(sheet.selected):
                await pilot.press("down")
        await pilot.press("enter")
        await wait_until(pilot, lambda: len(app.screen_stack) == 1)
        await wait_until(pilot, lambda: len(live(app).table.view) == 6)
        await pilot.press("m")
        await wait_until(pilot, lambda: len(keeper.ids) == 1)
        marked = [row.preview for _, row in feed.window.newest_first() if row.key in keeper.ids]

        assert "gas" in marked[0]


async def test_sorted_by_novelty_nothing_moves_until_somebody_sorts_again(
    feed: FakeFeed, scorer: Scorer, make_row: MakeRow, wait_until: WaitUntil
) -> None:
    app = stage(feed)

    async with app.run_test(size=(80, 30)) as pilot:
        screen = await ready(pilot, wait_until)
        scorer.score_all()
        feed.add([make_row(preview=f"not scored yet {n}") for n in range(2)])
        await wait_until(pilot, lambda: "not" in shown(app))
        await pilot.press("greater_than_sign")
        await wait_until(pilot, lambda: "BY NOVELTY, 60 of 62 scored" in shown(app))
        of = feed.store.novelties.novelty
        order = [screen.table.view.at(place) for place in range(62)]
        scores = [of(row) for row in map(feed.window.at, order) if row]
        known = [score for score in scores if score is not None]

        assert screen.table.cursor == order[0]
        assert known == sorted(known, reverse=True)
        assert scores[60:] == [None, None]
        assert scores[0] is not None
        assert f"{scores[0]:.2f}" in shown(app)
        before = shown(app).splitlines()[3]
        feed.add([make_row(preview="zzz something else entirely, never seen")])
        scorer.score_all()
        feed.say()
        await wait_until(pilot, lambda: "now 63: > again" in shown(app))
        assert [screen.table.view.at(place) for place in range(62)] == order
        assert shown(app).splitlines()[3] == before
        await pilot.press("greater_than_sign")
        await wait_until(pilot, lambda: "63 of 63 scored" in shown(app))
        await pilot.press("down", "e")
        assert screen.table.selected is not None
        assert screen.table.selected.is_bad
        here = screen.table.cursor
        await pilot.press("less_than_sign")
        await wait_until(pilot, lambda: "PAUSED" in shown(app))
        assert screen.table.cursor == here
        assert screen.table.view.seqs == list(range(63))
        await pilot.press("greater_than_sign", "G")
        await wait_until(pilot, lambda: screen.table.following and "following" in shown(app))
        assert screen.table.cursor == 62


async def test_without_a_corpus_there_is_nothing_to_sort_by(
    feed: FakeFeed, wait_until: WaitUntil
) -> None:
    app = stage(feed)

    async with app.run_test(size=(100, 30)) as pilot:
        screen = await ready(pilot, wait_until)
        await pilot.press("greater_than_sign")
        await wait_until(pilot, lambda: "No case to compare with yet" in shown(app))

        assert screen.table.following
