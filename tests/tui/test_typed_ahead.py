"""Keys that come before the screen can answer them."""

from collections.abc import Callable

import pytest
from textual import events

from tailllm.records.row import Row
from tests.tui.conftest import WaitUntil
from tests.tui.stage import FakeFeed, FakeKeeper, FakeProgress, stage
from tests.tui.test_live import ready


async def test_a_key_typed_over_the_first_frame_is_about_its_call(
    make_row: Callable[..., Row], wait_until: WaitUntil, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tailllm.tui.app.FIRST_CALLS_S", 3_600.0)
    feed, keeper = FakeFeed(), FakeKeeper()
    feed.progress = FakeProgress(done=False)
    app = stage(feed, keeper)

    async with app.run_test() as pilot:
        app.post_message(events.Key("m", "m"))
        await pilot.pause()
        row = make_row()
        feed.add([row])
        await wait_until(pilot, lambda: list(keeper.ids) == [row.key])


async def test_a_word_typed_right_behind_the_key_that_asks_for_it_is_whole(
    feed: FakeFeed, wait_until: WaitUntil
) -> None:
    app = stage(feed)

    async with app.run_test() as pilot:
        screen = await ready(pilot, wait_until)
        await pilot.press("enter")
        await wait_until(pilot, lambda: app.screen is not screen)
        for char in "/end":
            app.post_message(events.Key("slash" if char == "/" else char, char))
        await wait_until(pilot, lambda: app.screen.query_one("#find-words").value == "end")
