"""A question that takes long: what is shown meanwhile, and how to give it up."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from tailllm.records.row import Row
from tailllm.store.groups import Group
from tailllm.store.store import Store
from tailllm.tui.screens import groups as groups_screen
from tests.store.test_errand import ENDLESS
from tests.tui.conftest import WaitUntil
from tests.tui.questions import SSH, asked, question
from tests.tui.stage import FakeFeed, stage
from tests.tui.test_live import live, ready, shown


async def test_a_long_question_says_how_far_it_is_and_esc_gives_it_up_while_calls_come(
    feed: FakeFeed,
    make_row: Callable[..., Row],
    wait_until: WaitUntil,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = stage(feed)

    def endless(store: Store, *_: Any, **__: Any) -> Sequence[Group]:
        store.ledger.ask(ENDLESS)
        raise AssertionError("nobody waits for this")

    monkeypatch.setattr(Store, "groups", endless)
    async with app.run_test(size=SSH) as pilot:
        await ready(pilot, wait_until)
        await pilot.press("2")
        await wait_until(pilot, lambda: "Esc gives up" in shown(app))
        screen = question(app)
        errand = screen._errand
        feed.add([make_row(preview="came meanwhile", prompt_name="p")])
        assert errand.share is not None

        await pilot.press("escape")
        await wait_until(pilot, lambda: "Given up: nothing was counted" in shown(app))
        await wait_until(pilot, lambda: errand.share is None)
        assert app.screen is screen

        await pilot.press("q")
        await wait_until(pilot, lambda: "came meanwh" in shown(app))
        assert live(app).table.following


async def test_a_question_that_took_long_is_asked_again_only_after_a_long_rest(
    feed: FakeFeed, make_row: Callable[..., Row], wait_until: WaitUntil
) -> None:
    app = stage(feed)

    async with app.run_test(size=SSH) as pilot:
        await asked(pilot, wait_until, "2")
        screen = question(app)
        feed.add([make_row()])
        screen._took_s = 3_600.0
        screen._once_more()
        assert not screen.waiting

        screen._took_s = 0.0
        screen._once_more()
        assert screen.waiting


async def test_of_thousands_of_users_those_with_most_bad_calls_are_counted_and_it_says_so(
    make_row: Callable[..., Row], wait_until: WaitUntil, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(groups_screen, "MOST", 2)
    bad = ("json_schema", "failed")
    rows = [
        make_row(user_id=f"u-{n % 5}" if n % 6 else None, verdicts=(bad,) if n % 5 > 2 else ())
        for n in range(40)
    ]
    app = stage(FakeFeed(rows))

    async with app.run_test(size=SSH) as pilot:
        text = await asked(pilot, wait_until, "2", "tab", "tab")
        entries = question(app).query_one("#sheet").entries

        assert "the 2 with most bad calls of 6 groups in 40 of 40 calls" in text
        assert {entry.key for entry in entries} == {"u-3", "u-4"}
        for entry in entries:
            own = [row for row in rows if row.user_id == entry.key]
            assert [entry.texts[1][0], entry.texts[2][0]] == [str(len(own))] * 2
