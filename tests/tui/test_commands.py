"""The command line over the list: what has an argument, and so no key."""

import json
from collections.abc import Callable
from os.path import abspath
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tailllm.records.row import Row
from tests.tui.conftest import WaitUntil
from tests.tui.questions import SSH, answered
from tests.tui.stage import FakeFeed, stage
from tests.tui.test_live import live, ready, shown


async def given(pilot: Pilot[Any], wait_until: WaitUntil, text: str) -> None:
    """Open the line, type a command, press Enter."""
    await ready(pilot, wait_until)
    await pilot.press("colon")
    live(pilot.app).commandbar.put(text)
    await pilot.press("enter")


async def test_what_is_exported_is_what_is_shown_and_an_existing_file_is_left_alone(
    feed: FakeFeed, wait_until: WaitUntil, tmp_path: Path
) -> None:
    app, file = stage(feed), tmp_path / "bad.jsonl"

    async with app.run_test(size=SSH) as pilot:
        await given(pilot, wait_until, "where status:fail")
        await wait_until(pilot, lambda: len(live(app).table.view) == 3)
        await given(pilot, wait_until, f"export {file}")
        await wait_until(pilot, lambda: "3 calls written" in live(app).status.message)
        keys = [json.loads(line)["key"] for line in file.read_text().splitlines()]
        shown_keys = [feed.window.at(seq).key for seq in live(app).table.view.seqs]
        before = file.read_bytes()
        await given(pilot, wait_until, f"export {file}")
        await wait_until(pilot, lambda: "Name a new file" in live(app).status.message)

        assert keys == shown_keys
        assert file.read_bytes() == before
        assert file.stat().st_mode & 0o077 == 0


async def test_the_call_under_the_cursor_becomes_a_ticket_without_secrets(
    make_row: Callable[..., Row], wait_until: WaitUntil, tmp_path: Path
) -> None:
    row = make_row(reply="use sk-ant-" + "aB3" * 12)
    app, file = stage(FakeFeed([make_row(), row, make_row()])), tmp_path / "call.md"

    async with app.run_test(size=SSH) as pilot:
        await ready(pilot, wait_until)
        await pilot.press("k")
        await given(pilot, wait_until, f"export {file}")
        await wait_until(pilot, lambda: "one call as Markdown" in live(app).status.message)
        text = file.read_text()

        assert text.startswith(f"# Call `{row.key}`")
        assert f"tailllm show {row.key} " in text
        assert "REDACTED:anthropic-key" in text
        assert "sk-ant-" not in text
        assert file.stat().st_mode & 0o077 == 0


async def test_what_is_not_understood_stays_to_be_mended_and_says_what_there_is(
    feed: FakeFeed, wait_until: WaitUntil
) -> None:
    app = stage(feed)

    async with app.run_test(size=SSH) as pilot:
        for text, said in [
            ("exprot x", "export"),
            ("since 7d", "takes one of"),
            ("where modle:x", "Did you mean 'model'"),
            ("by weather", "takes one of"),
        ]:
            await given(pilot, wait_until, text)
            await wait_until(pilot, lambda said=said: said in shown(app))
            assert live(app).commandbar.display
            await pilot.press("escape")
            await wait_until(pilot, lambda: not live(app).commandbar.display)
        await pilot.press("colon", *"wh", "tab", *"prompt:bill", "tab")
        await wait_until(pilot, lambda: "where prompt:billing_support@" in shown(app))
        await pilot.press("enter")
        await wait_until(pilot, lambda: not live(app).commandbar.display)

        assert live(app).filtering.text.startswith("prompt:billing_support@")


@pytest.mark.long
async def test_the_line_completes_a_command_and_opens_groups_by_a_field(
    feed: FakeFeed, wait_until: WaitUntil
) -> None:
    app = stage(feed)

    async with app.run_test(size=SSH) as pilot:
        await ready(pilot, wait_until)
        await pilot.press("colon", "b", "tab", "m", "tab", "enter")
        await answered(pilot, wait_until)

        assert "[model]" in shown(app)


async def test_a_link_opens_the_list_with_the_same_filter(
    feed: FakeFeed, wait_until: WaitUntil
) -> None:
    app = stage(feed, where="status:fail model:gpt")

    async with app.run_test(size=SSH) as pilot:
        await given(pilot, wait_until, "link")
        await wait_until(pilot, lambda: bool(app.clipboard))

        assert len(live(app).table.view) == 1
        assert app.clipboard == (
            "tailllm follow --where 'status:fail model:gpt' -- " + abspath("prod/calls.jsonl")
        )


@pytest.mark.parametrize("end", ["csv", pytest.param("parquet", marks=pytest.mark.long)])
async def test_columns_are_exported_by_the_ending_of_the_file(
    feed: FakeFeed, wait_until: WaitUntil, tmp_path: Path, end: str
) -> None:
    app, file = stage(feed), tmp_path / f"calls.{end}"

    async with app.run_test(size=SSH) as pilot:
        await given(pilot, wait_until, f"export {file}")
        await wait_until(pilot, lambda: "60 calls written" in live(app).status.message)

        assert file.stat().st_size > 1000
