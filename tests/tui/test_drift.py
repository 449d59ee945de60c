"""Screen 5: three answers apart, calls one key away, and the weeks as charts with numbers."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tailllm.corpus import case_file
from tailllm.corpus.case import Case, CaseMessage
from tailllm.corpus.session_lines import Card
from tailllm.corpus.sessions import Sessions
from tailllm.records.row import Row
from tailllm.tui.app import TailllmApp
from tests.conftest import NOON
from tests.requests import requests
from tests.tui.conftest import WaitUntil
from tests.tui.questions import DESK, SSH, asked
from tests.tui.stage import FakeFeed, stage
from tests.tui.test_live import ready, shown
from tests.tui.test_rotation import begun

DAY = 86_400.0


@pytest.fixture
def rows(make_row: Callable[..., Row]) -> list[Row]:
    """Two weeks before one in which people ask for gas and another model answers."""
    rng = random.Random(4)
    before = requests(rng, 240)
    now = [*requests(rng, 105), *requests(rng, 15, ("gas",))]
    found = [
        make_row(preview=text, at=NOON - 22 * DAY + n * 14 * DAY / 240, model="m-1")
        for n, text in enumerate(before)
    ]
    return found + [
        make_row(preview=text, at=NOON - 6 * DAY + n * 6 * DAY / 120, model="m-2")
        for n, text in enumerate(now)
    ]


@pytest.fixture
def app(tmp_path: Path, rows: list[Row]) -> TailllmApp:
    """A corpus of one case, and a deck read in each of two weeks."""
    text = "你好"
    message = CaseMessage(role="user", content=text)
    case_file.write(tmp_path, Case(id="hello", title=text, target="t", messages=(message,)))
    for days, odd in ((15, 2), (8, 1)):
        sessions = Sessions(
            tmp_path, by="ana", host="h", version="1", clock=lambda at=NOON - days * DAY: at
        )
        cards = [Card(f"{days}-{n}", f"{days}-{n}", "random") for n in range(8)]
        with sessions.drawing():
            dealt = sessions.start(cards, seed=1, mix={}, period_s=None, population=99)
        for place in range(8):
            sessions.say(dealt, place, "surprising" if place < odd else "expected")
    return begun(tmp_path, rows)


async def test_inputs_answers_and_provider_have_answers_of_their_own(
    app: TailllmApp, wait_until: WaitUntil
) -> None:
    async with app.run_test(size=SSH) as pilot:
        told = await asked(pilot, wait_until, "5")

        assert "inputs changed  answers as before  provider changed" in told
        assert "last 7d against the 28d before" in told
        assert "“gas”                            0 of 240       15 of 120" in told
        assert "no case near" in told


async def test_the_calls_of_a_burst_are_one_key_away_and_q_comes_back(
    app: TailllmApp, wait_until: WaitUntil
) -> None:
    async with app.run_test(size=DESK) as pilot:
        await asked(pilot, wait_until, "5")
        await pilot.press("j", "enter")
        await wait_until(pilot, lambda: "filter: key=" in shown(app))
        listed = shown(app)
        await pilot.press("q")
        await wait_until(pilot, lambda: "inputs changed" in shown(app))

        assert "gas" in listed
        assert "parcel" not in listed


@pytest.mark.long
async def test_a_shorter_period_with_too_little_in_it_says_what_would_fill_it(
    app: TailllmApp, wait_until: WaitUntil
) -> None:
    async with app.run_test(size=SSH) as pilot:
        await asked(pilot, wait_until, "5", "T")

        assert "too little data to tell" in shown(app)
        assert "each period needs 100" in " ".join(shown(app).split())


@pytest.mark.long
async def test_without_a_corpus_each_chart_says_what_would_fill_it(
    feed: FakeFeed, wait_until: WaitUntil
) -> None:
    app = stage(feed)
    async with app.run_test(size=DESK) as pilot:
        await asked(pilot, wait_until, "5")
        await pilot.press("tab")
        await wait_until(pilot, lambda: "[over weeks]" in shown(app))

        assert "Nobody has read a deck yet: 4 in the list" in shown(app)
        assert "No case yet. m keeps a call, 3 makes it a case" in shown(app)


@pytest.mark.parametrize(
    "size", [SSH, pytest.param(DESK, marks=pytest.mark.long)], ids=["ssh", "desk"]
)
@pytest.mark.parametrize("keys", [["5"], ["5", "tab"]], ids=["moved", "weeks"])
def test_it_looks_right(
    app: TailllmApp,
    snap_compare: Callable[..., bool],
    wait_until: WaitUntil,
    size: tuple[int, int],
    keys: list[str],
) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        await ready(pilot, wait_until)
        await asked(pilot, wait_until, *keys)

    assert snap_compare(app, terminal_size=size, run_before=before)
