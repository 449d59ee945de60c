"""What the Live screen looks like: at both sizes we promise, and in every kind of terminal."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual.color import Color
from textual.pilot import Pilot
from textual.strip import Strip

from tailllm.records.row import Row
from tailllm.tui.themes import DARK, LIGHT, Look, look
from tailllm.tui.widgets.table import CallTable
from tests.tui.conftest import WaitUntil
from tests.tui.stage import FakeFeed, FakeKeeper, stage, traffic
from tests.tui.test_live import live, ready, shown

SIZES = pytest.mark.parametrize("size", [(80, 24), (160, 45)], ids=["ssh", "desk"])
Snap = Callable[..., bool]
THEMES = (DARK.name, LIGHT.name, "ansi-dark", "ansi-light")


def press(wait_until: WaitUntil, *keys: str) -> Callable[[Pilot[Any]], Awaitable[None]]:
    """Settle, press, settle: so that the picture is the same every time."""

    async def before(pilot: Pilot[Any]) -> None:
        screen = await ready(pilot, wait_until)
        await pilot.press(*keys)
        await wait_until(pilot, lambda: "Open the app" in shown(pilot.app))
        screen.frozen = "equals_sign" in keys

    return before


@SIZES
def test_following(
    feed: FakeFeed, snap_compare: Snap, wait_until: WaitUntil, size: tuple[int, int]
) -> None:
    assert snap_compare(stage(feed), terminal_size=size, run_before=press(wait_until))


@SIZES
def test_a_failing_call_is_loud(
    feed: FakeFeed, snap_compare: Snap, wait_until: WaitUntil, size: tuple[int, int]
) -> None:
    before = press(wait_until, "e")
    assert snap_compare(stage(feed), terminal_size=size, run_before=before)


def test_looking_back_counts_what_is_new(
    feed: FakeFeed, make_row: Callable[..., Row], snap_compare: Snap, wait_until: WaitUntil
) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        await press(wait_until, "up", "up")(pilot)
        feed.add(traffic(make_row, 40))
        await wait_until(pilot, lambda: "40 new" in shown(pilot.app))

    assert snap_compare(stage(feed), terminal_size=(80, 24), run_before=before)


@pytest.mark.parametrize("theme", [LIGHT.name, "ansi-dark"])
def test_other_colours(
    feed: FakeFeed, snap_compare: Snap, wait_until: WaitUntil, theme: str
) -> None:
    app = stage(feed, look=Look(theme=theme))
    assert snap_compare(app, terminal_size=(80, 24), run_before=press(wait_until, "e"))


def test_no_colour_at_all(
    feed: FakeFeed, snap_compare: Snap, wait_until: WaitUntil, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = stage(feed, look=Look(theme="ansi-dark"))
    assert snap_compare(app, terminal_size=(80, 24), run_before=press(wait_until, "e"))


def test_plain_characters(feed: FakeFeed, snap_compare: Snap, wait_until: WaitUntil) -> None:
    app = stage(feed, look=Look(ascii=True))
    assert snap_compare(app, terminal_size=(80, 24), run_before=press(wait_until, "e"))


def test_nothing_yet(snap_compare: Snap) -> None:
    app = stage(FakeFeed(), hints=("Press e for the first failing call, Enter to read it.",))
    assert snap_compare(app, terminal_size=(80, 24))


def test_a_mark_that_was_refused(feed: FakeFeed, snap_compare: Snap, wait_until: WaitUntil) -> None:
    keeper = FakeKeeper()
    keeper.refuse = True

    async def before(pilot: Pilot[Any]) -> None:
        await press(wait_until, "e", "m")(pilot)
        await wait_until(pilot, lambda: "No space left" in shown(pilot.app))

    assert snap_compare(stage(feed, keeper), terminal_size=(80, 24), run_before=before)


def line_of(table: CallTable, seq: int) -> Strip:
    place = table.view.place(seq)
    assert place is not None
    return table.render_line(place - table.gaze.top + 1)


@pytest.mark.parametrize("theme", THEMES)
async def test_a_failing_call_differs_from_a_good_one_in_sign_and_style(
    feed: FakeFeed, wait_until: WaitUntil, theme: str
) -> None:
    app = stage(feed, look=Look(theme=theme))

    async with app.run_test(size=(80, 40)) as pilot:
        table = (await ready(pilot, wait_until)).table
        failed, error, good = (line_of(table, seq) for seq in (56, 53, 55))
        loud = next(s.style for s in failed if "json_sche" in s.text)
        quiet = next(s.style for s in good if " ok " in s.text)
        assert loud is not None
        assert quiet is not None

        assert (failed.text[1], error.text[1], good.text[1]) == ("✗", "!", " ")
        assert loud.bold
        assert not quiet.bold
        assert loud.color != quiet.color


async def test_without_colour_a_failing_call_is_still_bold_and_signed(
    feed: FakeFeed, wait_until: WaitUntil, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = stage(feed, look=look(_Display(), {"NO_COLOR": "1"}))

    async with app.run_test(size=(80, 40)) as pilot:
        await ready(pilot, wait_until)
        strips = [
            strip.apply_filter(line_filter, Color.parse("black"))
            for strip in app.screen._compositor.render_strips()
            for line_filter in app._filters[-1:]
        ]
        failed = next(s for s in strips if "json_sche" in s.text and s.text[1] == "✗")
        seen = next(segment.style for segment in failed if "json_sche" in segment.text)

        assert app.theme == "ansi-dark"
        assert seen is not None
        assert seen.bold
        assert seen.color is None or seen.color.is_default


class _Display:
    theme = "auto"
    ascii = False
    mouse: bool | None = None
    low_bandwidth: bool | None = None


@pytest.mark.parametrize(
    ("environ", "theme"),
    [
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, DARK.name),
        ({"TERM": "xterm-256color", "COLORFGBG": "0;15"}, LIGHT.name),
        ({"TERM": "linux"}, "ansi-dark"),
        ({"TERM": "xterm", "COLORFGBG": "0;default;15"}, "ansi-light"),
        ({"NO_COLOR": "1", "COLORTERM": "truecolor"}, "ansi-dark"),
    ],
)
def test_the_terminal_says_which_colours_it_has(environ: dict[str, str], theme: str) -> None:
    assert look(_Display(), environ).theme == theme


def test_over_ssh_the_mouse_is_left_alone_and_a_quarter_is_painted() -> None:
    near, far = look(_Display(), {}), look(_Display(), {"SSH_CONNECTION": "a 1 b 2"})

    assert (near.mouse, near.paint_s) == (True, 0.25)
    assert (far.mouse, far.paint_s, far.sparing) == (False, 1.0, True)


@pytest.mark.parametrize(
    "place", ["preview", "model", "prompt_name", "error_type", "key", "user_id"]
)
async def test_hostile_text_can_do_nothing(
    make_row: Callable[..., Row], wait_until: WaitUntil, place: str
) -> None:
    hostile = "\x1b]0;owned\x07\x9b31m[/]\u202e\ud83d\u200b[@click=app.exit]x[/] \r\n\t"
    fields: dict[str, Any] = {place: hostile}
    if place == "error_type":
        fields["status"] = "error"
    app = stage(FakeFeed([make_row(**fields) for _ in range(5)]))

    async with app.run_test(size=(160, 45)) as pilot:
        screen = await ready(pilot, wait_until)
        await pilot.press("up")
        await wait_until(pilot, lambda: "Open the app" in shown(app))
        text = shown(app)
        text.encode("utf-8")

        assert not {c for c in text if c != "\n" and not c.isprintable()}
        assert live(app) is screen
