"""Calls by any field: what an engineer asks first."""

from collections.abc import Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from tailllm.records.line import Address
from tailllm.records.row import Row
from tailllm.tui.paths import told_apart
from tailllm.tui.screens.groups import FIELDS
from tests.conftest import NOON
from tests.tui.conftest import WaitUntil
from tests.tui.questions import DESK, SSH, answered, asked, question
from tests.tui.stage import FakeFeed, stage
from tests.tui.test_live import live, ready, shown

TO_MODEL = ("tab", "tab", "tab")


@pytest.mark.parametrize(
    "size", [SSH, pytest.param(DESK, marks=pytest.mark.long)], ids=["ssh", "desk"]
)
def test_it_looks_right(
    feed: FakeFeed, snap_compare: Callable[..., bool], wait_until: WaitUntil, size: tuple[int, int]
) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        await asked(pilot, wait_until, "2", "t")

    assert snap_compare(stage(feed), terminal_size=size, run_before=before)


async def test_what_fails_most_is_on_top_and_one_key_shows_its_calls(
    feed: FakeFeed, wait_until: WaitUntil
) -> None:
    app = stage(feed)

    async with app.run_test(size=SSH) as pilot:
        await asked(pilot, wait_until, "2")
        top = question(app).query_one("#sheet").entries[0]
        worst = [r for _, r in feed.window.slice(0, 60) if r.is_bad]
        per = {
            r.prompt_name: sum(1 for one in worst if one.prompt_name == r.prompt_name)
            for r in worst
        }
        await pilot.press("enter")
        await wait_until(pilot, lambda: app.screen is live(app))
        view = live(app).table.view
        rows = [feed.window.at(seq) for seq in view.seqs]

        assert top.texts[2][0] == str(max(per.values()))
        assert {f"{r.prompt_name}@{r.prompt_version}" for r in rows} == {top.key}
        assert len(rows) == int(top.texts[1][0])


async def test_a_file_is_a_group_whose_calls_can_be_shown(
    make_row: Callable[..., Row], wait_until: WaitUntil
) -> None:
    feed = FakeFeed([make_row(source=(Address(f"8:{n % 3}:ab", n, 9),)) for n in range(9)])
    feed.path = lambda file: f"/var/log/assist/{file[2]}/calls.jsonl"
    app = stage(feed)

    async with app.run_test(size=SSH) as pilot:
        text = await asked(pilot, wait_until, "2", *["tab"] * FIELDS.index("file"))
        assert [f"{n}/calls.jsonl" in text for n in range(3)] == [True] * 3
        assert "/var/log" not in text
        meant = question(app).query_one("#sheet").selected.key
        await pilot.press("enter")
        await wait_until(pilot, lambda: app.screen is live(app))
        rows = [feed.window.at(seq) for seq in live(app).table.view.seqs]
        assert live(app).filtering.text == f"file={feed.path(meant)}"
        assert [row.source[0].file for row in rows] == [meant] * 3
        await pilot.press("q")

        await answered(pilot, wait_until)
        assert "[file]" in shown(app)


@pytest.mark.long
async def test_q_goes_back_through_the_groups_to_the_list_as_it_was(
    feed: FakeFeed, wait_until: WaitUntil
) -> None:
    app = stage(feed)

    async with app.run_test(size=SSH) as pilot:
        await asked(pilot, wait_until, "2", *TO_MODEL)
        await pilot.press("enter")
        await wait_until(pilot, lambda: app.screen is live(app))
        assert live(app).filtering.text.startswith("model=")
        await pilot.press("q")
        await answered(pilot, wait_until)
        assert "[model]" in shown(app)
        await pilot.press("q")
        await wait_until(pilot, lambda: app.screen is live(app))

        assert live(app).filtering.text == ""
        assert live(app).table.following


async def test_old_calls_that_find_no_room_in_memory_are_counted_all_the_same(
    make_row: Callable[..., Row], wait_until: WaitUntil
) -> None:
    older = [make_row() for _ in range(30)]
    feed = FakeFeed([make_row() for _ in range(20)], window_size=20)
    app = stage(feed)

    async with app.run_test(size=SSH) as pilot:
        screen = await ready(pilot, wait_until)
        assert screen.facts.total["calls"] == 20
        feed.store.prepend(older[::-1])
        await wait_until(pilot, lambda: screen.facts.total["calls"] == 50)
        await asked(pilot, wait_until, "2")
        before = question(app)._state()
        feed.store.prepend([make_row(at=NOON - 9)])

        assert question(app)._state() != before


async def test_groups_do_not_change_places_while_somebody_reads(
    feed: FakeFeed, make_row: Callable[..., Row], wait_until: WaitUntil
) -> None:
    app = stage(feed)

    async with app.run_test(size=SSH) as pilot:
        await asked(pilot, wait_until, "2", *TO_MODEL)
        screen = question(app)
        sheet = screen.query_one("#sheet")
        before = [entry.key for entry in sheet.entries]
        await pilot.press("j")
        meant = sheet.selected.key
        failing = {"model": before[-1], "status": "error", "at": NOON + 60}
        feed.add([make_row(**failing) for _ in range(50)] + [make_row(model="new", at=NOON + 61)])
        screen.begin()
        await answered(pilot, wait_until)

        assert [entry.key for entry in sheet.entries] == [*before, "new"]
        assert sheet.selected.key == meant
        assert sheet.entries[len(before) - 1].texts[2][0] == "51"


async def test_a_change_is_told_against_the_window_before(
    make_row: Callable[..., Row], wait_until: WaitUntil
) -> None:
    early = [make_row(at=NOON + n, arrived=NOON + n) for n in range(60)]
    late = [
        make_row(at=NOON + 60 + n, arrived=NOON + 200, status="error" if n % 2 else "ok")
        for n in range(1, 61)
    ]
    app = stage(FakeFeed([*early, *late]))

    async with app.run_test(size=SSH) as pilot:
        text = await asked(pilot, wait_until, "2", "T", "T", "T", "T")

        assert "+50" in text


async def test_hostile_names_of_groups_can_do_nothing(
    make_row: Callable[..., Row], wait_until: WaitUntil
) -> None:
    hostile = "\x1b]0;owned\x07[/]\u202e\ud83d\u200b[@click=app.exit]x[/] \r\n\t"
    app = stage(FakeFeed([make_row(prompt_name=hostile, model=hostile) for _ in range(5)]))

    async with app.run_test(size=SSH) as pilot:
        text = await asked(pilot, wait_until, "2", *TO_MODEL, "plus")
        text.encode("utf-8")

        assert not {c for c in text if c != "\n" and not c.isprintable()}


def test_paths_are_told_apart_by_what_they_do_not_share() -> None:
    assert told_apart(["/a/b/x.jsonl", "/a/c/x.jsonl"]) == {
        "/a/b/x.jsonl": "b/x.jsonl",
        "/a/c/x.jsonl": "c/x.jsonl",
    }
    assert told_apart(["/a/x", "y", "-"]) == {"/a/x": "/a/x", "y": "y", "-": "-"}
    assert told_apart(["/a/b/x"]) == {"/a/b/x": "x"}
    assert told_apart([]) == {}
