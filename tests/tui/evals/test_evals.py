"""Looking at runs on the screen: broke first, why, and one key for each decision."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tailllm.config.load import load
from tailllm.corpus import case_file
from tailllm.corpus.case import Case, CaseMessage, Expect, Provenance
from tailllm.evals.desk import Desk
from tailllm.evals.session import Session, accept
from tailllm.tui.screens.evals import EvalsScreen
from tailllm.tui.widgets.reading_list import LineList
from tests.conftest import NOON
from tests.tui.inspector.conftest import Stage, text, until
from tests.tui.stage import FakeFeed, stage

HOSTILE = "\x1b[31mRefund\u202e [/oops]"
CONFIG = '[targets.support]\nkind = "python"\ncall = "our_app:answer"\nprompt = "prompt.md"\n'
APP = """
def answer(ask):
    if "quick" in ask["prompt"] and "Refund" in ask["input"]:
        return "Your refund has been issued."
    return "Refunds take 5 days."
"""


@pytest.fixture
def folder(broken: Path, tmp_path: Path) -> Path:
    """The same for every test, whatever others have decided."""
    return shutil.copytree(broken, tmp_path / "evals")


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus of three cases, and a prompt that has broken one."""
    folder = tmp_path_factory.mktemp("evals")
    (folder / "tailllm.toml").write_text(CONFIG)
    (folder / "our_app.py").write_text(APP)
    (folder / "prompt.md").write_text("Be kind.\n")
    for name, user in (("refund-asked", HOSTILE), ("thanks", "Thanks"), ("hello", "Hello")):
        case = Case(
            id=name,
            title=user,
            target="support",
            source=Provenance(kind="slack", reported_by="maria", call=f"resp:{name}"),
            messages=(CaseMessage(role="user", content=user),),
            expect=(Expect(type="not_contains", value="has been issued"),),
        )
        case_file.write(folder / "corpus", case)
    accept(folder / "corpus", asked(folder), None)
    (folder / "prompt.md").write_text("Be kind. Be quick.\n")
    asked(folder, NOON + 60)
    return folder


def asked(folder: Path, at: float = NOON) -> Any:
    session = Session(load(None, cwd=folder, environ={}), folder / "corpus")
    session.ask_all({}, at)
    return session.report("live")


@pytest.fixture
def screen(folder: Path) -> EvalsScreen:
    config = load(None, cwd=folder, environ={})
    return EvalsScreen(Desk(config, folder / "corpus", {}, lambda: NOON + 120))


async def shown(pilot: Any, said: str) -> None:
    await until(pilot, lambda: said in text(pilot.app))


async def test_what_broke_is_first_with_the_diff_and_what_the_model_saw(
    screen: EvalsScreen,
) -> None:
    async with Stage(screen).run_test(size=(100, 44)) as pilot:
        await shown(pilot, "user #0")
        seen = text(pilot.app)

        assert "broke 1 · passed 2" in seen
        assert "! broke            0/4   1/1" in seen
        assert "not_contains: contains 'has been issued' at character 13" in seen
        assert "[-Refunds take 5 days-]{+Your refund has been issued+}." in seen
        assert "+Be kind. Be quick." in seen
        assert "reported by maria" in seen
        assert "␛[31mRefund‹RLO› [/oops]" in seen


@pytest.mark.long
async def test_cases_that_passed_and_older_runs_are_one_key_away(screen: EvalsScreen) -> None:
    async with Stage(screen).run_test(size=(100, 30)) as pilot:
        await shown(pilot, "1 listed")
        await pilot.press("t")
        await shown(pilot, "3 listed")
        await pilot.press("right_square_bracket")

        await shown(pilot, "run 2 of 2")
        assert "new 3" in text(pilot.app)


async def test_a_case_is_quarantined_and_put_back(screen: EvalsScreen, folder: Path) -> None:
    path = folder / "corpus" / "cases" / "refund-asked.toml"
    before = path.read_text() + "# a word of ours\n"
    path.write_text(before)

    async with Stage(screen).run_test(size=(100, 30)) as pilot:
        await shown(pilot, "1 listed")
        await pilot.press("x")
        await shown(pilot, "is never red from now on")
        assert 'status = "quarantined"' in path.read_text()
        await pilot.press("x")
        await shown(pilot, "can be red again")

    assert path.read_text().replace('status = "active"\n', "") == before


async def test_one_case_is_asked_again_and_accepted(screen: EvalsScreen, folder: Path) -> None:
    async with Stage(screen).run_test(size=(100, 30)) as pilot:
        await shown(pilot, "1 listed")
        await pilot.press("r")
        await until(pilot, lambda: "refund-asked: broke, 0 of 4 passed" in text(pilot.app))
        await pilot.press("a")
        await shown(pilot, "Accepted refund-asked.")

    rows = (folder / "corpus" / "baseline.jsonl").read_text().splitlines()
    assert {r["id"]: r["v"] for r in map(json.loads, rows)}["refund-asked"] == "fail"


async def test_a_case_that_may_not_be_sent_says_so(folder: Path) -> None:
    (folder / "tailllm.toml").write_text(
        '[targets.support]\nkind = "openai"\nurl = "https://model.example"\nmodel = "m"\n'
    )
    desk = Desk(load(None, cwd=folder, environ={}), folder / "corpus", {}, lambda: NOON + 120)
    async with Stage(EvalsScreen(desk)).run_test(size=(100, 30)) as pilot:
        await shown(pilot, "1 listed")
        await pilot.press("r")

        await shown(pilot, "model.example is not cleared for that")


@pytest.mark.long
async def test_a_corpus_without_runs_says_what_would_fill_the_screen(tmp_path: Path) -> None:
    desk = Desk(load(None, cwd=tmp_path, environ={}), tmp_path / "corpus", {})

    async with Stage(EvalsScreen(desk)).run_test(size=(80, 24)) as pilot:
        await shown(pilot, "No runs yet.")


async def test_from_a_prompt_to_its_worst_case_and_back_to_the_call_it_came_from(
    folder: Path, make_row: Any, wait_until: Any
) -> None:
    keys = ("resp:refund-asked", *(f"resp:{n}" for n in range(20)))
    feed = FakeFeed([make_row(key=key, prompt_name="support") for key in keys])
    config = load(None, cwd=folder, environ={})
    app = stage(feed, desk=lambda: Desk(config, folder / "corpus", {}))

    async with app.run_test(size=(100, 50)) as pilot:
        await wait_until(pilot, lambda: app.screen.table.following)
        live = app.screen
        await pilot.press("6")
        await wait_until(pilot, lambda: "user #0" in text(app))
        await pilot.press("o")
        await wait_until(pilot, lambda: app.screen is live)

        assert live.table.selected.key == "resp:refund-asked"


async def test_the_row_of_what_broke_is_loud_without_the_cursor_too(screen: EvalsScreen) -> None:
    async with Stage(screen).run_test(size=(80, 24)) as pilot:
        await shown(pilot, "word by word")
        await pilot.press("t")
        await shown(pilot, "3 listed")
        await pilot.press("j")
        listed = screen.query_one(LineList)
        await until(pilot, lambda: listed.cursor == 1)
        broke, passed = (next(iter(listed.render_line(y))).style for y in (0, 2))

        assert broke.bold
        assert broke.color == listed.get_component_rich_style("list--fail").color
        assert passed.color != broke.color


@pytest.mark.parametrize("size", [(80, 24), (140, 40)], ids=["ssh", "desk"])
def test_it_looks_right(screen: EvalsScreen, snap_compare: Any, size: tuple[int, int]) -> None:
    """What broke is loud, and says why without a key."""

    async def settled(pilot: Any) -> None:
        await until(pilot, lambda: "word by word" in text(pilot.app))
        await pilot.press("t")
        await shown(pilot, "3 listed")
        await pilot.press("j")

    assert snap_compare(Stage(screen), terminal_size=size, run_before=settled)
