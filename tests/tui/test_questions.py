"""What changed, which versions, over time, the same twice, two side by side, one thread."""

import re
import subprocess
from collections.abc import Callable
from os.path import abspath
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tailllm.records.row import Row
from tailllm.tui.screens.changed import ChangedScreen
from tailllm.tui.screens.thread import ThreadScreen
from tailllm.tui.screens.ways import Here
from tests.conftest import NOON
from tests.tui.conftest import WaitUntil
from tests.tui.questions import SSH, answered, asked, question
from tests.tui.stage import FakeFeed, stage
from tests.tui.test_live import live, ready, shown

Make = Callable[..., Row]
SHIPPED = NOON + 60


@pytest.fixture
def incident(make_row: Make) -> FakeFeed:
    """A minute of v14, then a minute of v15 in which every second call fails its schema."""
    rows = []
    for n in range(120):
        late = n >= 60
        outcome = "failed" if late and n % 2 else "passed"
        rows.append(
            make_row(
                at=NOON + n,
                arrived=NOON + 200,
                prompt_version="v15" if late else "v14",
                verdicts=(("json_schema", outcome),),
                user_id=f"u-{n % 7}",
                conversation_id=f"s-{n // 4}",
                latency_ms=500.0 + n % 13,
                preview=f"where is parcel {n % 50}",
                reply="it is on its way" if n % 3 else "no idea",
            )
        )
    return FakeFeed(rows)


@pytest.mark.parametrize(
    ("keys", "name"),
    [
        (("c",), "changed"),
        pytest.param(("V",), "versions", marks=pytest.mark.long),
        pytest.param(("V", "enter"), "diff", marks=pytest.mark.long),
        (("i",), "timeline"),
        pytest.param(("a",), "variants", marks=pytest.mark.long),
        pytest.param(("C",), "thread", marks=pytest.mark.long),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_it_looks_right(
    incident: FakeFeed,
    snap_compare: Callable[..., bool],
    wait_until: WaitUntil,
    keys: tuple[str, ...],
    name: str,
) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        await ready(pilot, wait_until)
        await pilot.press("e")
        await asked(pilot, wait_until, *keys)

    assert snap_compare(stage(incident), terminal_size=SSH, run_before=before)


async def test_what_the_failing_calls_share_is_their_prompt_version_and_enter_shows_them(
    incident: FakeFeed, wait_until: WaitUntil
) -> None:
    app = stage(incident)

    async with app.run_test(size=SSH) as pilot:
        await asked(pilot, wait_until, "c")
        told = {one.key.name: one.key for one in question(app).query_one("#sheet").entries}
        question(app).query_one("#sheet").go(told["billing@v15"])
        await pilot.press("enter")
        await wait_until(pilot, lambda: app.screen is live(app))

        assert told["billing@v15"].after.part == told["billing@v15"].after.n == 30
        assert (told["billing@v15"].before.part, told["billing@v15"].before.n) == (30, 90)
        assert len(live(app).table.view) == 60


@pytest.mark.long
async def test_what_changed_at_a_call_is_told_from_its_moment_on(
    incident: FakeFeed, wait_until: WaitUntil
) -> None:
    app = stage(incident)

    async with app.run_test(size=SSH) as pilot:
        await ready(pilot, wait_until)
        screen = live(app)
        screen.open_question(
            ChangedScreen(screen.setting, screen.scope, Here(SHIPPED), "since here")
        )
        await answered(pilot, wait_until)
        told = {(one.key.what, one.key.name) for one in question(app).query_one("#sheet").entries}

        assert ("validator", "json_schema") in told
        assert "before 12:01:00Z (60)" in shown(app)


@pytest.mark.long
async def test_every_comparison_that_cannot_be_made_says_what_it_needs(
    feed: FakeFeed, wait_until: WaitUntil
) -> None:
    app = stage(feed)

    async with app.run_test(size=SSH) as pilot:
        first = await asked(pilot, wait_until, "c")
        texts = [first, *[await asked_again(pilot, wait_until, "tab") for _ in range(3)]]

        assert "Not enough calls" in texts[0]
        assert "no window before" in texts[2]
        assert "a version before" in texts[3]


async def asked_again(pilot: Pilot[Any], wait_until: WaitUntil, key: str) -> str:
    """Press on a question's screen; what it answers."""
    await pilot.press(key)
    await answered(pilot, wait_until)
    return shown(pilot.app)


async def test_versions_stand_beside_their_predecessor_whatever_the_filter(
    incident: FakeFeed, wait_until: WaitUntil
) -> None:
    app = stage(incident)

    async with app.run_test(size=SSH) as pilot:
        await asked(pilot, wait_until, "2", "plus")
        assert question(app).scope.filter == "prompt=billing@v15"
        text = await asked_again(pilot, wait_until, "V")
        sheet = question(app).query_one("#sheet")

        assert sheet.selected.key == "billing@v15"
        assert [entry.texts[5][0] for entry in sheet.entries] == ["0%", "50.0%"]
        assert "12:01:00" in text


@pytest.mark.long
async def test_a_version_leads_to_the_commit_that_made_it(
    incident: FakeFeed,
    wait_until: WaitUntil,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    prompt = tmp_path / "billing.txt"
    prompt.write_text("Be kind.\n")
    for name in ("GIT_AUTHOR", "GIT_COMMITTER"):
        monkeypatch.setenv(f"{name}_NAME", "Ana")
        monkeypatch.setenv(f"{name}_EMAIL", "ana@example.com")
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "Ask for kindness"]):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    app = stage(incident, prompts={"billing": str(prompt)})

    async with app.run_test(size=SSH) as pilot:
        await asked(pilot, wait_until, "V")
        await wait_until(pilot, lambda: "Ask for kindness" in shown(app))
        assert re.search(r"commit [0-9a-f]{10}  Ask for kindness", shown(app))


async def test_a_range_of_the_timeline_shows_exactly_its_calls(
    incident: FakeFeed, wait_until: WaitUntil
) -> None:
    app = stage(incident)

    async with app.run_test(size=SSH) as pilot:
        await asked(pilot, wait_until, "i")
        await pilot.press("v", "L", "right_parenthesis")
        await answered(pilot, wait_until)
        screen = question(app)
        span, total = screen.zooms[-1], screen.answer.total
        held = [r for _, r in incident.window.slice(0, 120) if span.holds(r.at)]
        await pilot.press("1")
        await wait_until(pilot, lambda: app.screen is live(app))

        assert 0 < total < 120
        assert total == len(held) == len(live(app).table.view)


async def test_the_pinned_call_and_another_are_compared_word_by_word(
    incident: FakeFeed, wait_until: WaitUntil
) -> None:
    app = stage(incident)

    async with app.run_test(size=SSH) as pilot:
        await ready(pilot, wait_until)
        await pilot.press("apostrophe", "k", "d")
        await answered(pilot, wait_until)
        text = shown(app)

        assert "[-19-]" in text
        assert "{+18+}" in text
        assert "the prompts part after" in text


async def test_an_opened_call_shows_its_thread_and_what_differs_from_the_pinned_one(
    incident: FakeFeed, wait_until: WaitUntil
) -> None:
    app = stage(incident)

    async with app.run_test(size=SSH) as pilot:
        await ready(pilot, wait_until)
        await pilot.press("apostrophe", "k")
        [pinned] = [line for line in shown(app).split("\n") if line[3:4] == "'"]
        await pilot.press("enter")
        await wait_until(pilot, lambda: "in 1118" in shown(app))
        await pilot.press("d")
        await answered(pilot, wait_until)
        assert "{+18+}" in shown(app)
        await pilot.press("q")
        await wait_until(pilot, lambda: "in 1118" in shown(app))
        await pilot.press("V")
        await answered(pilot, wait_until)
        assert question(app).query_one("#sheet").selected.key == "billing@v15"
        await pilot.press("q")
        await wait_until(pilot, lambda: "in 1118" in shown(app))
        await pilot.press("C")
        await answered(pilot, wait_until)
        assert "s-29" in shown(app)
        await pilot.press("1")
        await wait_until(pilot, lambda: app.screen is live(app))

        assert "12:01:59" in pinned
        assert live(app).filtering.text == "conversation=s-29"
        await pilot.press("q")
        await wait_until(pilot, lambda: isinstance(app.screen, ThreadScreen))


async def test_copied_is_the_command_that_asks_the_same_without_a_screen(
    incident: FakeFeed, wait_until: WaitUntil
) -> None:
    app = stage(incident)

    async with app.run_test(size=SSH) as pilot:
        await asked(pilot, wait_until, "2", "plus")
        await pilot.press("y")

        assert app.clipboard == (
            "tailllm groups --by prompt --where prompt=billing@v15 -- "
            + abspath("prod/calls.jsonl")
        )


async def test_a_copied_command_means_the_same_window_at_any_time(
    incident: FakeFeed, wait_until: WaitUntil
) -> None:
    app = stage(incident)
    wanted = [
        ("2", r"groups --by prompt --window \S+Z\.\.\S+Z --"),
        ("i", r"timeline --where 'since:\S+Z until:\S+Z' --"),
        ("c", r"changed --failing --where 'since:\S+Z until:\S+Z' --"),
        ("tab tab", r"changed --before \S+Z\.\.\S+Z --after \S+Z\.\.\S+Z --"),
    ]

    async with app.run_test(size=SSH) as pilot:
        await asked(pilot, wait_until, "2", "T", "T", "T", "T")
        for keys, command in wanted:
            for key in keys.split():
                await asked_again(pilot, wait_until, key)
            await pilot.press("y")

            assert re.match(f"tailllm {command} /", app.clipboard), app.clipboard


async def test_an_empty_log_says_what_would_fill_each_screen(wait_until: WaitUntil) -> None:
    app = stage(FakeFeed())

    async with app.run_test(size=SSH) as pilot:
        for key in ("2", "c", "V", "i", "a"):
            text = await asked_again(pilot, wait_until, key)
            assert any(word in text for word in ("No ", "Not enough")), key
            await pilot.press("q")
            await wait_until(pilot, lambda: app.screen is live(app))


async def test_a_thread_begins_where_it_went_wrong_and_hostile_text_can_do_nothing(
    make_row: Make, wait_until: WaitUntil
) -> None:
    hostile = "\x1b]0;owned\x07[/]\u202e\ud83d\u200b[@click=app.exit]x[/]"
    rows = [make_row(conversation_id="s-1", preview=hostile, reply=hostile) for _ in range(3)]
    bad = make_row(conversation_id="s-1", status="error", error_type=hostile, preview=hostile)
    app = stage(FakeFeed([*rows, bad]))

    async with app.run_test(size=SSH) as pilot:
        text = await asked(pilot, wait_until, "C")
        text.encode("utf-8")

        assert "first wrong in call 4" in text
        assert not {c for c in text if c != "\n" and not c.isprintable()}
