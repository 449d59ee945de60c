"""Help, rejects and notices: what they list, and what they say when there is nothing."""

from types import SimpleNamespace
from typing import Any

import pytest

from tailllm.records.line import Address, Notice
from tailllm.records.part import Reject
from tailllm.tui.commands import COMMANDS
from tailllm.tui.screens.help import HelpScreen
from tailllm.tui.screens.notices import NoticesScreen
from tailllm.tui.screens.rejects import RejectsScreen
from tests.tui.inspector.conftest import FakeFeed, Stage, text, until


@pytest.mark.parametrize("name", ["live", "inspector", "rejects"])
async def test_help_lists_every_key_of_its_screen(name: str) -> None:
    app = Stage(HelpScreen(name))

    async with app.run_test(size=(100, 80)) as pilot:
        await pilot.pause()
        missing = [c.why for c in COMMANDS if name in c.on and c.why not in text(app)]

        assert not missing


async def test_help_is_narrowed_by_typing() -> None:
    app = Stage(HelpScreen("inspector"))

    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"corpus")
        await until(pilot, lambda: "Wrap long lines" not in text(app))

        assert "Keep this call for the eval corpus." in text(app)


@pytest.mark.parametrize("key", ["q", "question_mark", "escape", "enter"])
async def test_help_is_left_the_way_it_was_opened(key: str) -> None:
    app = Stage(HelpScreen("live"))

    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(key)

        await until(pilot, lambda: not isinstance(app.screen, HelpScreen))


async def test_escape_in_help_clears_the_words_first() -> None:
    app = Stage(HelpScreen("live"))

    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("x", "escape")
        await pilot.pause()

        assert isinstance(app.screen, HelpScreen)


def rejected(feed: FakeFeed, number: int, line: bytes | None, reason: str = "no JSON") -> None:
    address = Address("1:2:ab", number * 100, 99)
    if line is not None:
        feed.bytes[address] = line
    feed.rejects.add(Reject(address, "broken", reason))


def rejects(feed: FakeFeed) -> RejectsScreen:
    return RejectsScreen(feed)  # type: ignore[arg-type]


async def test_an_empty_list_says_what_would_fill_it(feed: FakeFeed) -> None:
    app = Stage(rejects(feed))

    async with app.run_test(size=(120, 24)) as pilot:
        await until(pilot, lambda: "No rejects." in text(app))

        assert "Lines nobody can read" in text(app)


async def test_the_selected_reject_is_read_again_and_made_visible(feed: FakeFeed) -> None:
    rejected(feed, 1, b"older \x1b[31m line")
    rejected(feed, 2, b"newer \xff line")
    feed.rejects.other = 38
    app = Stage(rejects(feed))

    async with app.run_test(size=(100, 24)) as pilot:
        await until(pilot, lambda: r"newer \xff line" in text(app))
        await pilot.press("j")
        await until(pilot, lambda: "older ␛[31m line" in text(app))

        assert "2 of 40" in text(app)
        assert "prod/calls.jsonl:100" in text(app)


async def test_escape_closes_the_list_of_rejects(feed: FakeFeed) -> None:
    rejected(feed, 1, b"first")
    screen = rejects(feed)
    app = Stage(screen)

    async with app.run_test(size=(100, 24)) as pilot:
        await until(pilot, lambda: "first" in text(app))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is not screen)


async def test_a_reject_whose_bytes_are_gone_says_so(feed: FakeFeed) -> None:
    rejected(feed, 1, None)
    app = Stage(rejects(feed))

    async with app.run_test(size=(100, 24)) as pilot:
        await until(pilot, lambda: "the file was rotated away" in text(app))

        assert "Look in the older file." in text(app)


async def test_new_rejects_do_not_move_the_selected_one(feed: FakeFeed) -> None:
    rejected(feed, 1, b"first", "reason one")
    screen = rejects(feed)
    app = Stage(screen)

    async with app.run_test(size=(100, 24)) as pilot:
        await until(pilot, lambda: "first" in text(app))
        rejected(feed, 2, b"second", "reason two")
        screen.news()
        await pilot.pause()

        assert "▌ unreadable  calls.jsonl:100" in text(app)


async def test_notices_tell_formats_and_what_happened(feed: FakeFeed) -> None:
    feed.files.append(
        SimpleNamespace(path="a\x1b.jsonl", sentence="otel_genai, 84 calls", broken=0)
    )
    feed.notices.append(Notice("truncated", "a.jsonl", "It was emptied.", 0.0, 1_200))
    screen: Any = NoticesScreen(feed)  # type: ignore[arg-type]
    app = Stage(screen)

    async with app.run_test(size=(100, 24)) as pilot:
        await until(pilot, lambda: "a␛.jsonl  otel_genai, 84 calls" in text(app))

        assert "It was emptied.  (1,200 bytes may be missing)" in text(app)


async def test_no_notices_say_what_would_be_there(feed: FakeFeed) -> None:
    app = Stage(NoticesScreen(feed))  # type: ignore[arg-type]

    async with app.run_test(size=(100, 24)) as pilot:
        await until(pilot, lambda: "No files yet." in text(app))

        assert "Nothing has happened." in text(app)
