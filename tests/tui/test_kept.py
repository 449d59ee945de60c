"""What was drawn before is shown again only where drawing it anew would give the same."""

from random import Random
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.strip import Strip

from tailllm.tui.themes import DARK, LIGHT
from tailllm.tui.widgets.kept import Kept
from tailllm.tui.widgets.paint import Paint
from tests.tui.conftest import WaitUntil, settle
from tests.tui.stage import FakeFeed, stage
from tests.tui.test_live import MakeRow, live, ready

KEYS = (
    *("down", "up", "e", "E", "m", "z", "G", "g", "p", "pagedown", "pageup", "space"),
    *("apostrophe", "right", "left", "u", "s", "F", "equals_sign", "t", "tab"),
)


def on_the_screen(pilot: Pilot[Any]) -> list[Strip]:
    return pilot.app.screen._compositor.render_strips()


def anew(pilot: Pilot[Any]) -> list[Strip]:
    """All lines, with nothing left of those that were drawn before."""
    table = live(pilot.app).table
    table._lines.restyle()
    table._lines._kept.clear()
    for widget in pilot.app.screen.query(Kept):
        widget._drawn_last = None
        if isinstance(widget, Paint):
            widget._styles.clear()
    return on_the_screen(pilot)


async def something(pilot: Pilot[Any], feed: FakeFeed, random: Random, make_row: MakeRow) -> None:
    """One thing that may make a line look different."""
    rows = [row for _, row in feed.window.newest_first()]
    kind = random.choice(["key", "key", "key", "come", "judged", "theme", "size"])
    if kind == "key":
        await pilot.press(random.choice(KEYS))
    elif kind == "come":
        feed.add([make_row(preview=f"new {random.random()}") for _ in range(random.choice([1, 7]))])
    elif kind == "judged":
        seq = random.randrange(feed.window.first, feed.window.end)
        feed.store.replace(seq, random.choice(rows))
        feed.say()
    elif kind == "theme":
        pilot.app.theme = random.choice([DARK.name, LIGHT.name, "ansi-dark"])
    else:
        await pilot.resize_terminal(*random.choice([(80, 24), (100, 30), (160, 45), (64, 20)]))


@pytest.mark.parametrize("seed", range(2))
async def test_the_screen_looks_as_if_every_line_were_drawn_anew(
    feed: FakeFeed, wait_until: WaitUntil, make_row: MakeRow, seed: int
) -> None:
    random = Random(seed)
    app = stage(feed)

    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot, wait_until)
        for _ in range(12):
            for _ in range(random.randrange(1, 4)):
                await something(pilot, feed, random, make_row)
            await settle(pilot)
            shown = on_the_screen(pilot)

            assert shown == anew(pilot)
