"""The filter line: completes, counts at once, says where it is wrong, keeps the last good one."""

from collections.abc import Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from tailllm.records.row import Row
from tests.tui.conftest import WaitUntil
from tests.tui.stage import FakeFeed, stage
from tests.tui.test_live import live, ready, shown

SSH = (80, 24)


async def typed(pilot: Pilot[Any], wait_until: WaitUntil, text: str) -> None:
    """Open the box and type."""
    await ready(pilot, wait_until)
    await pilot.press("slash")
    live(pilot.app).filterbar._input.insert_text_at_cursor(text)


async def test_tab_completes_a_field_and_then_the_values_seen(
    feed: FakeFeed, wait_until: WaitUntil
) -> None:
    app = stage(feed)

    async with app.run_test(size=SSH) as pilot:
        await typed(pilot, wait_until, "status:ok mod")
        await pilot.press("tab")
        await wait_until(pilot, lambda: live(app).filterbar.text == "status:ok model:")
        await pilot.press("tab", "tab")
        second = live(app).filterbar.text
        await pilot.press("shift+tab")
        await wait_until(pilot, lambda: live(app).filterbar.text != second)
        await wait_until(pilot, lambda: 0 < len(live(app).table.view) < 60)
        chosen = live(app).filterbar.text.rpartition(":")[2]
        rows = [feed.window.at(seq) for seq in live(app).table.view.seqs]

        assert {row.model for row in rows if row} == {chosen}


async def test_a_filter_that_makes_no_sense_says_where_and_the_last_good_one_stays(
    feed: FakeFeed, wait_until: WaitUntil
) -> None:
    app = stage(feed)

    async with app.run_test(size=SSH) as pilot:
        await typed(pilot, wait_until, "status:fail")
        await wait_until(pilot, lambda: len(live(app).table.view) == 3)
        live(app).filterbar._input.insert_text_at_cursor(" modle:x")
        await wait_until(pilot, lambda: "Did you mean 'model'" in shown(app))
        lines = shown(app).split("\n")
        here = next(n for n, line in enumerate(lines) if "▲" in line)

        assert lines[here].index("▲") == lines[here - 1].index("modle")
        assert "there is no field 'modle' to filter by (character 13)" in lines[here]
        assert "put it in double quotes." in " ".join(" ".join(lines[here + 1 :]).split())
        assert "still: status:fail" in lines[here - 1]
        assert len(live(app).table.view) == 3


async def test_text_in_quotes_is_looked_for_in_whole_messages_while_following_goes_on(
    feed: FakeFeed, make_row: Callable[..., Row], wait_until: WaitUntil
) -> None:
    app = stage(feed)

    async with app.run_test(size=SSH) as pilot:
        await typed(pilot, wait_until, '"be kind." status:fail')
        await wait_until(pilot, lambda: len(live(app).table.view) == 3)
        feed.add([make_row(verdicts=(("json_schema", "failed"),)), make_row()])
        await wait_until(pilot, lambda: len(live(app).table.view) == 4)

        assert "of 62" in shown(app)
        assert live(app).table.following

        search = live(app).filtering.search
        await pilot.press("enter")
        await wait_until(pilot, lambda: not live(app).filterbar.display)
        assert live(app).filtering.search is search


@pytest.mark.long
async def test_a_saved_filter_is_offered_and_means_what_the_config_says(
    feed: FakeFeed, wait_until: WaitUntil
) -> None:
    app = stage(feed, filters={"hurt": "status:fail|error"})

    async with app.run_test(size=SSH) as pilot:
        await typed(pilot, wait_until, "saved:")
        await pilot.press("tab")
        await wait_until(pilot, lambda: live(app).filterbar.text == "saved:hurt")
        await wait_until(pilot, lambda: len(live(app).table.view) == 5)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("model:", id="values", marks=pytest.mark.long),
        pytest.param("prompt:x modle:y", id="wrong"),
    ],
)
def test_it_looks_right(
    feed: FakeFeed, snap_compare: Callable[..., bool], wait_until: WaitUntil, text: str
) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        await typed(pilot, wait_until, text)
        await wait_until(pilot, lambda: "still: no filter" in shown(pilot.app))

    assert snap_compare(stage(feed), terminal_size=SSH, run_before=before)


async def test_keep_and_hide_take_the_value_under_the_cursor_and_q_takes_it_back(
    feed: FakeFeed, wait_until: WaitUntil
) -> None:
    app = stage(feed)

    async with app.run_test(size=SSH) as pilot:
        await ready(pilot, wait_until)
        await pilot.press("e", "plus")
        await wait_until(pilot, lambda: live(app).filtering.text == "validator:json_schema")
        here = live(app).table.cursor
        await pilot.press("left", "left", "left", "minus")
        await wait_until(
            pilot,
            lambda: "-prompt=" in live(app).filtering.text or "-model=" in live(app).filtering.text,
        )
        await pilot.press("q")

        assert live(app).filtering.text == "validator:json_schema"
        assert live(app).table.cursor == here
