"""Keys: declared once, moved by the config, and never two meanings for one key."""

from collections import Counter

import pytest

from tailllm.errors import ConfigError
from tailllm.tui.commands import COMMANDS, spell
from tailllm.tui.keymap import keymap
from tailllm.tui.screens.live import LiveScreen
from tests.tui.conftest import WaitUntil
from tests.tui.stage import FakeFeed, FakeKeeper, stage
from tests.tui.test_live import ready, shown

SCREENS = sorted({screen for command in COMMANDS for screen in command.on})


@pytest.mark.parametrize("screen", SCREENS)
def test_no_key_has_two_meanings_on_one_screen(screen: str) -> None:
    keys = Counter(k for c in COMMANDS if screen in c.on for k in c.keys.split(","))

    assert [key for key, times in keys.items() if times > 1] == []


def test_every_live_command_can_be_carried_out() -> None:
    verbs = {command.action.partition("(")[0] for command in COMMANDS if "live" in command.on}

    missing = {v for v in verbs if "." not in v and not hasattr(LiveScreen, f"action_{v}")}
    assert missing == set()


async def test_the_config_moves_a_key(feed: FakeFeed, wait_until: WaitUntil) -> None:
    keeper = FakeKeeper()
    app = stage(feed, keeper, keymap=keymap({"call.mark": "x"}))

    async with app.run_test() as pilot:
        await ready(pilot, wait_until)
        assert "x mark" in shown(app)
        await pilot.press("m")
        await pilot.pause(0.1)
        assert keeper.ids == {}

        await pilot.press("x")
        await wait_until(pilot, lambda: len(keeper.ids) == 1)


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"call.mark": "/"}, "view.filter"),
        ({"call.mrak": "x"}, "Did you mean call.mark?"),
        ({"call.mark": ""}, "a key is missing"),
        ({"call.mark": "x", "call.undo": "x"}, "would mean both"),
    ],
)
def test_a_key_that_cannot_work_is_refused_at_the_start(wanted: dict[str, str], said: str) -> None:
    with pytest.raises(ConfigError) as refused:
        keymap(wanted)

    assert said in f"{refused.value.what} {refused.value.fix}"


def test_swapping_two_keys_is_no_clash() -> None:
    assert keymap({"call.mark": "z", "call.undo": "m"}) == {"call.mark": "z", "call.undo": "m"}


def test_keys_are_spelled_as_people_write_them() -> None:
    assert spell("slash,ampersand") == ["/", "&"]
    assert spell("ctrl+d") == ["^d"]
