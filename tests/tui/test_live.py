"""The Live screen, as somebody at the keyboard meets it."""

import json
import shlex
from collections.abc import Callable
from dataclasses import replace
from os.path import abspath
from typing import Any

import pytest
from textual import events
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Input

from tailllm.records.row import Row
from tailllm.tui.screens.live import LiveScreen
from tailllm.tui.screens.mark import MarkScreen
from tests.tui.conftest import WaitUntil
from tests.tui.stage import FakeFeed, FakeKeeper, stage, traffic

MakeRow = Callable[..., Row]
FAILING = (16, 23, 36, 53, 56)
"""Failed or in error among the sixty calls of `traffic`."""


def live(app: App[Any]) -> LiveScreen:
    screen = app.screen
    assert isinstance(screen, LiveScreen)
    return screen


def shown(app: App[Any]) -> str:
    """The screen as text."""
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())


async def ready(pilot: Pilot[Any], wait_until: WaitUntil) -> LiveScreen:
    screen = live(pilot.app)
    await wait_until(pilot, lambda: screen.facts.total != {} and screen.table.cursor is not None)
    return screen


async def test_it_follows_the_newest_call(
    feed: FakeFeed, make_row: MakeRow, wait_until: WaitUntil
) -> None:
    app = stage(feed)

    async with app.run_test() as pilot:
        screen = await ready(pilot, wait_until)
        feed.add([make_row(preview="the very newest")])
        await wait_until(pilot, lambda: screen.table.cursor == 60)

        assert screen.table.following
        assert "the ver" in shown(app)


async def test_looking_back_is_not_disturbed_by_new_calls(
    feed: FakeFeed, make_row: MakeRow, wait_until: WaitUntil
) -> None:
    app = stage(feed)

    async with app.run_test() as pilot:
        screen = await ready(pilot, wait_until)
        await pilot.press("up", "up", "up")
        table = screen.table
        before = [table.render_line(y).text for y in range(1, table.size.height)]
        feed.add([make_row() for _ in range(183)] + [make_row(status="error")])
        feed.store.prepend([make_row() for _ in range(400)])
        feed.say()
        await wait_until(pilot, lambda: "184 new (1 fail)" in shown(app))
        after = [table.render_line(y).text for y in range(1, table.size.height)]

        assert table.cursor == 56
        assert not table.following
        assert after == before


async def test_looking_back_is_not_disturbed_when_old_calls_are_forgotten(
    make_row: MakeRow, wait_until: WaitUntil
) -> None:
    feed = FakeFeed(traffic(make_row), window_size=60)
    app = stage(feed)

    async with app.run_test() as pilot:
        screen = await ready(pilot, wait_until)
        await pilot.press("up", "up", "up")
        table = screen.table
        before = [table.render_line(y).text for y in range(1, table.size.height)]
        feed.add([make_row() for _ in range(40)])
        await wait_until(pilot, lambda: "40 new" in shown(app))
        after = [table.render_line(y).text for y in range(1, table.size.height)]

        assert after == before


@pytest.mark.parametrize("key", ["G", "end", "F"])
async def test_one_key_goes_back_to_the_newest(
    feed: FakeFeed, wait_until: WaitUntil, key: str
) -> None:
    app = stage(feed)

    async with app.run_test() as pilot:
        screen = await ready(pilot, wait_until)
        await pilot.press("g")
        assert screen.table.cursor == 0
        await pilot.press(key)

        assert screen.table.following
        assert screen.table.cursor == 59


async def test_e_reaches_the_newest_failing_call_and_then_walks_both_ways(
    feed: FakeFeed, wait_until: WaitUntil
) -> None:
    app = stage(feed)
    visited = []

    async with app.run_test() as pilot:
        screen = await ready(pilot, wait_until)
        for key in ("e", "E", "E", "E", "e"):
            await pilot.press(key)
            visited.append(screen.table.cursor)

        assert visited == [56, 53, 36, 23, 36]


async def test_a_seek_that_finds_nothing_says_where_it_looked(
    make_row: MakeRow, wait_until: WaitUntil
) -> None:
    app = stage(FakeFeed([make_row() for _ in range(12)]))

    async with app.run_test(size=(100, 24)) as pilot:
        screen = await ready(pilot, wait_until)
        await pilot.press("e")

        assert "No failing call in the 12 held." in shown(app)
        assert screen.table.following


async def test_frozen_means_nothing_moves_while_reading_goes_on(
    feed: FakeFeed, make_row: MakeRow, wait_until: WaitUntil
) -> None:
    app = stage(feed)

    async with app.run_test() as pilot:
        screen = await ready(pilot, wait_until)
        await pilot.press("equals_sign")
        before = shown(app)
        feed.add([make_row() for _ in range(30)])
        await pilot.pause(0.2)
        assert shown(app) == before
        assert "FROZEN" in before

        await pilot.press("equals_sign")
        await wait_until(pilot, lambda: screen.table.cursor == 89)


async def test_a_mark_is_shown_only_when_it_is_on_disk(
    feed: FakeFeed, wait_until: WaitUntil
) -> None:
    keeper = FakeKeeper()
    app = stage(feed, keeper)

    async with app.run_test() as pilot:
        screen = await ready(pilot, wait_until)
        await pilot.press("m")
        await wait_until(pilot, lambda: "Marked, in corpus" in shown(app))
        line = screen.table.render_line(screen.table.gaze.line + 1).text
        assert line.startswith("▌ m ")
        assert "marked 1 today" in shown(app)

        await pilot.press("m")
        await wait_until(pilot, lambda: not keeper.ids)


async def test_the_first_mark_with_a_secret_is_made_after_the_reader_saw_what_becomes_a_tag(
    feed: FakeFeed, wait_until: WaitUntil
) -> None:
    keeper = FakeKeeper()
    keeper.unseen = ("openai-key",)
    app = stage(feed, keeper)

    async with app.run_test() as pilot:
        await ready(pilot, wait_until)
        await pilot.press("m")
        await wait_until(pilot, lambda: isinstance(app.screen, MarkScreen))
        await pilot.press("escape")
        await wait_until(pilot, lambda: "Not marked." in shown(app))
        untouched = not keeper.ids
        await pilot.press("m")
        await wait_until(pilot, lambda: "Marked, in corpus" in shown(app))

        assert untouched


async def test_a_mark_typed_before_the_table_has_looked_is_not_lost(
    make_row: MakeRow, wait_until: WaitUntil
) -> None:
    feed, keeper = FakeFeed(), FakeKeeper()
    app = stage(feed, keeper)

    async with app.run_test() as pilot:
        feed.store.extend([make_row()])
        assert live(app).table.cursor is None

        await pilot.press("m")
        await wait_until(pilot, lambda: keeper.ids)


async def test_with_no_call_yet_a_mark_says_so(wait_until: WaitUntil) -> None:
    app = stage(FakeFeed())

    async with app.run_test() as pilot:
        await pilot.press("m")
        await wait_until(pilot, lambda: "No call to keep yet." in shown(app))


async def test_a_refused_mark_stays_on_the_screen_until_it_is_dismissed(
    feed: FakeFeed, make_row: MakeRow, wait_until: WaitUntil
) -> None:
    keeper = FakeKeeper()
    keeper.refuse = True
    app = stage(feed, keeper)

    async with app.run_test(size=(110, 24)) as pilot:
        screen = await ready(pilot, wait_until)
        await pilot.press("m")
        await wait_until(pilot, lambda: "No space left on the disk." in shown(app))
        feed.add([make_row()])
        await pilot.press("up", "down")
        assert "No space left on the disk." in shown(app)
        assert " m " not in screen.table.render_line(screen.table.gaze.line + 1).text
        assert screen.alarm.styles.background == screen.alarm.styles.background

        await pilot.press("escape")
        assert "No space left on the disk." not in shown(app)


async def test_z_takes_the_last_mark_back(feed: FakeFeed, wait_until: WaitUntil) -> None:
    keeper = FakeKeeper()
    app = stage(feed, keeper)

    async with app.run_test() as pilot:
        await ready(pilot, wait_until)
        await pilot.press("m")
        await wait_until(pilot, lambda: bool(keeper.ids))
        await pilot.press("z")
        await wait_until(pilot, lambda: "Mark taken back." in shown(app))

        assert not keeper.ids


async def test_the_link_is_a_command_that_can_be_pasted(
    feed: FakeFeed, wait_until: WaitUntil
) -> None:
    app = stage(feed)

    async with app.run_test() as pilot:
        await ready(pilot, wait_until)
        await pilot.press("y")

        assert shlex.split(app.clipboard) == [
            "tailllm", "show", "resp:chatcmpl-00059", abspath("prod/calls.jsonl"),
        ]  # fmt: skip


async def test_the_copied_call_is_json(feed: FakeFeed, wait_until: WaitUntil) -> None:
    app = stage(feed)

    async with app.run_test() as pilot:
        await ready(pilot, wait_until)
        await pilot.press("Y")
        await wait_until(pilot, lambda: bool(app.clipboard))

        assert json.loads(app.clipboard)["key"] == "resp:chatcmpl-00059"


async def test_a_call_whose_bytes_are_gone_says_so(feed: FakeFeed, wait_until: WaitUntil) -> None:
    feed.gone = True
    app = stage(feed)

    async with app.run_test() as pilot:
        await ready(pilot, wait_until)
        await wait_until(pilot, lambda: "Look in the rotated file." in shown(app))


async def test_an_empty_table_says_what_would_fill_it(wait_until: WaitUntil) -> None:
    app = stage(FakeFeed())

    async with app.run_test() as pilot:
        await pilot.pause()

        assert "Waiting for the first call in prod/calls.jsonl" in shown(app)
        assert "WAITING" in shown(app)


async def test_unreadable_lines_are_counted_in_the_header(
    feed: FakeFeed, wait_until: WaitUntil
) -> None:
    feed.rejects.broken = 7
    app = stage(feed)

    async with app.run_test() as pilot:
        await ready(pilot, wait_until)
        await wait_until(pilot, lambda: "7 unparsed !" in shown(app))


async def test_a_reader_that_died_is_said_in_red(feed: FakeFeed, wait_until: WaitUntil) -> None:
    app = stage(feed)

    async with app.run_test() as pilot:
        await ready(pilot, wait_until)
        feed.failure = OSError("disk on fire")
        feed.say()
        await wait_until(pilot, lambda: "Reading stopped" in shown(app))


@pytest.mark.parametrize("key", ["ctrl+c", "q"])
async def test_q_and_ctrl_c_leave(feed: FakeFeed, wait_until: WaitUntil, key: str) -> None:
    app = stage(feed)

    async with app.run_test() as pilot:
        await ready(pilot, wait_until)
        await pilot.press(key)
        await pilot.pause()

        assert not app.is_running or app._exit


async def test_esc_never_leaves(feed: FakeFeed, wait_until: WaitUntil) -> None:
    app = stage(feed)

    async with app.run_test() as pilot:
        await ready(pilot, wait_until)
        await pilot.press("escape", "escape", "escape")

        assert app.is_running
        assert not app._exit


MORE_SIZES = ((2, 2), (7, 3), (40, 10), (80, 6), (30, 40))


@pytest.mark.parametrize(
    "size",
    [
        *((1, 1), (20, 5), (59, 14), (300, 90)),
        *(pytest.param(size, marks=pytest.mark.long) for size in MORE_SIZES),
    ],
)
async def test_any_size_is_survived(
    feed: FakeFeed, make_row: MakeRow, wait_until: WaitUntil, size: tuple[int, int]
) -> None:
    app = stage(feed)

    async with app.run_test(size=size) as pilot:
        screen = await ready(pilot, wait_until)
        await pilot.press("up", "slash", "x", "escape", "e", "m", "G", "t", "p", "p")
        feed.add([make_row()])
        await wait_until(pilot, lambda: screen.table.cursor == 60)
        await pilot.resize_terminal(80, 24)
        await pilot.resize_terminal(*size)
        await pilot.pause()

        assert screen.table.following


async def test_small_terminals_show_header_and_table_only(
    feed: FakeFeed, wait_until: WaitUntil
) -> None:
    app = stage(feed)

    async with app.run_test(size=(50, 12)) as pilot:
        screen = await ready(pilot, wait_until)

        visible = {w.id for w in screen.query("*") if w.display and w.region.height and w.id}
        assert visible <= {"header", "middle", "table"}


async def test_nothing_is_painted_while_nothing_changes(
    feed: FakeFeed, wait_until: WaitUntil, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = stage(feed)

    async with app.run_test() as pilot:
        screen = await ready(pilot, wait_until)
        await pilot.pause(0.3)
        painted: list[str] = []
        for widget in screen.query("*"):
            monkeypatch.setattr(
                widget, "refresh", lambda *_, name=widget.id, **__: painted.append(str(name))
            )
        await pilot.pause(0.4)

        assert painted == []


async def test_a_filter_narrows_as_it_is_typed_and_says_how_many(
    feed: FakeFeed, make_row: MakeRow, wait_until: WaitUntil
) -> None:
    app = stage(feed)

    async with app.run_test(size=(100, 24)) as pilot:
        screen = await ready(pilot, wait_until)
        await pilot.press("slash", *"is:bad")
        await wait_until(pilot, lambda: "5 of 60" in shown(app))
        assert tuple(screen.table.view.seqs) == FAILING

        await pilot.press("enter")
        feed.add([make_row(), make_row(status="error")])
        await wait_until(pilot, lambda: "6 of 62" in shown(app))
        await pilot.press("escape")
        await wait_until(pilot, lambda: len(screen.table.view) == 62)


async def test_a_burst_of_keys_after_the_slash_is_typed_and_never_obeyed(
    feed: FakeFeed, wait_until: WaitUntil
) -> None:
    keeper = FakeKeeper()
    app = stage(feed, keeper)

    async with app.run_test() as pilot:
        screen = await ready(pilot, wait_until)
        for key in ("slash", *"mgbG"):
            app.post_message(events.Key(key, "/" if key == "slash" else key))
        await wait_until(pilot, lambda: screen.filterbar.text == "mgbG")

        assert keeper.ids == {}


async def test_a_filter_nobody_can_read_leaves_the_last_good_one(
    feed: FakeFeed, wait_until: WaitUntil
) -> None:
    app = stage(feed)

    async with app.run_test(size=(160, 45)) as pilot:
        screen = await ready(pilot, wait_until)
        await pilot.press("slash", *"is:bad")
        await wait_until(pilot, lambda: len(screen.table.view) == 5)
        screen.filterbar.query_one(Input).value = "is:bad statsu:ok"
        await wait_until(pilot, lambda: "status" in shown(app).split("statsu:ok")[-1])

        assert screen.filtering.text == "is:bad"
        assert len(screen.table.view) == 5


async def test_a_filter_that_hides_everything_says_how_to_get_out(
    feed: FakeFeed, wait_until: WaitUntil
) -> None:
    app = stage(feed)

    async with app.run_test() as pilot:
        await ready(pilot, wait_until)
        await pilot.press("slash", *"nosuchword")
        await wait_until(pilot, lambda: "Esc clears it" in shown(app))


async def test_seeking_stays_inside_the_filter(feed: FakeFeed, wait_until: WaitUntil) -> None:
    app = stage(feed)

    async with app.run_test() as pilot:
        screen = await ready(pilot, wait_until)
        await pilot.press("slash", *"status:error", "enter")
        await wait_until(pilot, lambda: len(screen.table.view) == 2)
        await pilot.press("e", "E")

        assert screen.table.cursor == 23


async def test_the_inspector_steps_through_the_calls_the_list_shows(
    feed: FakeFeed, wait_until: WaitUntil
) -> None:
    app = stage(feed)

    async with app.run_test() as pilot:
        screen = await ready(pilot, wait_until)
        await pilot.press("slash", *"status:error", "enter")
        await wait_until(pilot, lambda: screen.table.cursor == 53)
        await pilot.press("enter")
        await wait_until(pilot, lambda: app.screen is not screen)
        await pilot.press("left_square_bracket")
        await pilot.press("left_square_bracket")
        await wait_until(pilot, lambda: "No call above" in shown(app))
        await pilot.press("q")
        await wait_until(pilot, lambda: app.screen is screen)

        assert screen.table.cursor == 23


async def test_the_inspector_finds_slow_calls_by_the_limit_of_the_list(
    feed: FakeFeed, wait_until: WaitUntil
) -> None:
    app = stage(feed, slow_ms=4_000.0)

    async with app.run_test() as pilot:
        screen = await ready(pilot, wait_until)
        await pilot.press("enter")
        await wait_until(pilot, lambda: app.screen is not screen)
        await pilot.press("S", "q")
        await wait_until(pilot, lambda: app.screen is screen)

        assert screen.table.selected is not None
        assert screen.table.selected.latency_ms == 4983.0


async def test_the_numbers_come_with_the_first_calls(
    make_row: MakeRow, wait_until: WaitUntil
) -> None:
    feed = FakeFeed()
    app = stage(feed)
    seldom = app.setting.look._replace(count_s=3_600.0)
    app.setting = replace(app.setting, look=seldom)

    async with app.run_test() as pilot:
        screen = live(app)
        await wait_until(pilot, lambda: screen.facts.total != {})
        feed.add(traffic(make_row))
        await wait_until(pilot, lambda: screen.facts.total.get("calls") == 60)

        assert "60 calls" in shown(app)


async def test_a_log_without_latencies_says_so(make_row: MakeRow, wait_until: WaitUntil) -> None:
    app = stage(FakeFeed([make_row(latency_ms=None)]))

    async with app.run_test() as pilot:
        await ready(pilot, wait_until)

        assert "no latency logged" in shown(app)
        assert "p50" not in shown(app)
        assert " 1 call " in shown(app)


async def test_a_crash_shows_where_and_never_what(
    feed: FakeFeed, wait_until: WaitUntil, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    secret = "sk-verysecret-prompt"  # a local of the frame that breaks

    def breaks(*_: object) -> None:
        prompt = secret * 2
        raise RuntimeError("broken for the test") from KeyError(len(prompt))

    app = stage(feed)

    async def crash() -> None:
        async with app.run_test() as pilot:
            screen = await ready(pilot, wait_until)
            monkeypatch.setattr(screen, "action_undo", breaks)
            await pilot.press("z")
            await pilot.pause()

    with pytest.raises(RuntimeError):
        await crash()
    said = capsys.readouterr()

    assert app.return_code == 70
    assert "RuntimeError" in said.err
    assert "test_live.py" in said.err
    assert "broken for the test" not in said.err
    assert secret not in said.err + said.out


async def test_t_goes_through_the_time_windows(feed: FakeFeed, wait_until: WaitUntil) -> None:
    app = stage(feed)

    async with app.run_test() as pilot:
        screen = await ready(pilot, wait_until)
        await pilot.press("T", "T", "T", "T", "T")
        await wait_until(pilot, lambda: "last 1m" in shown(app))
        assert screen.facts.total["calls"] == 60

        await pilot.press("t")
        await wait_until(pilot, lambda: "last 5m" in shown(app))


async def test_the_inspector_opens_and_q_comes_back_to_the_same_row(
    feed: FakeFeed, wait_until: WaitUntil
) -> None:
    app = stage(feed)

    async with app.run_test() as pilot:
        screen = await ready(pilot, wait_until)
        await pilot.press("e", "enter")
        await wait_until(pilot, lambda: app.screen is not screen)
        await pilot.press("q")
        await wait_until(pilot, lambda: app.screen is screen)

        assert screen.table.cursor == 56


async def test_calls_that_came_under_another_screen_are_there_on_return(
    feed: FakeFeed, make_row: MakeRow, wait_until: WaitUntil
) -> None:
    app = stage(feed)

    async with app.run_test() as pilot:
        screen = await ready(pilot, wait_until)
        await pilot.press("question_mark")
        await wait_until(pilot, lambda: app.screen is not screen)
        feed.add([make_row() for _ in range(5)])
        await pilot.pause(0.1)
        await pilot.press("q")
        await wait_until(pilot, lambda: screen.table.cursor == 64)


async def test_reading_the_past_repaints_no_row(
    feed: FakeFeed, make_row: MakeRow, wait_until: WaitUntil, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = stage(feed)

    async with app.run_test() as pilot:
        screen = await ready(pilot, wait_until)
        drawn: list[int] = []
        monkeypatch.setattr(screen.table, "render_line", drawn.append)
        feed.store.prepend([make_row() for _ in range(9_000)])
        feed.say()
        await wait_until(pilot, lambda: "9,060 held" in shown(app) and screen.table.view.complete)

        assert drawn == []
