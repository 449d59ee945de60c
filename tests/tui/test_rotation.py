"""Screen 4: a card, one key, the next card; and what the session found."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tailllm.corpus.inbox import Inbox
from tailllm.corpus.marks import Marks
from tailllm.corpus.sessions import Sessions
from tailllm.errors import CorpusError
from tailllm.feed.keeper import Keeper
from tailllm.records.row import Row
from tailllm.rotation.desk import Desk
from tailllm.rotation.drawing import Wish
from tailllm.tui.app import TailllmApp
from tailllm.tui.screens.ask import AskScreen
from tests.conftest import NOON
from tests.tui.conftest import WaitUntil
from tests.tui.questions import DESK, SSH
from tests.tui.stage import TEXTS, FakeFeed, stage
from tests.tui.test_live import ready, shown


@pytest.fixture
def rows(make_row: Callable[..., Row]) -> list[Row]:
    checks = (("json_schema", "passed"), ("no_pii", "passed"))
    return [
        make_row(preview=f"{text} {n}", conversation_id=None, verdicts=checks)
        for n, text in enumerate(TEXTS)
    ]


def begun(folder: Path, rows: list[Row], **wish: Any) -> TailllmApp:
    """The app over a corpus folder, as `tailllm rotation` opens it."""
    feed = FakeFeed(rows)
    said: Any = {"by": "ana", "host": "prod-3", "version": "0.1", "clock": lambda: NOON}
    marks = Marks(folder, fallback=folder / "rescued", **said)
    keeper: Any = Keeper(feed, marks)  # type: ignore[arg-type]
    plain = {"size": 4, "period_s": None, "seed": 5, "mix": {"random": 1}}
    desk = Desk(
        keeper, Sessions(folder, **said), Inbox(folder, marks, **said), Wish(**plain | wish)
    )
    return stage(feed, keeper, deck=lambda: desk)


async def pressed(pilot: Pilot[Any], wait_until: WaitUntil, key: str, said: str) -> str:
    await pilot.press(key)
    await wait_until(pilot, lambda: said in shown(pilot.app))
    return shown(pilot.app)


async def test_cards_are_judged_by_one_key_each_and_the_end_says_what_was_found(
    tmp_path: Path, rows: list[Row], wait_until: WaitUntil
) -> None:
    app = begun(tmp_path, rows)
    async with app.run_test(size=SSH) as pilot:
        await ready(pilot, wait_until)
        first = await pressed(pilot, wait_until, "4", "card 1 of 4")
        await pressed(pilot, wait_until, "a", "Card 1: as expected.")
        await pressed(pilot, wait_until, "s", "Card 2: surprising.")
        await pilot.press("x")
        await wait_until(pilot, lambda: isinstance(app.screen, AskScreen))
        app.screen.query_one(Input).value = "answers one of three"
        await pressed(pilot, wait_until, "enter", "Card 3: wrong. In the inbox.")
        end = await pressed(pilot, wait_until, "space", "what the session found")
        copied = await pressed(pilot, wait_until, "y", "Copied:")

        assert "drawn at random" in first
        assert "2 of 2 checks passed" in first
        assert "4 random, from 8 calls." in first
        assert "read       3 of 4 cards, 1 skipped" in end
        assert "67% (2 of 3 drawn at random" in end
        assert "passed json_schema, no_pii, 1 call: answers one of three" in end
        assert "for a chat" in copied
        assert app.clipboard.startswith("Rotation: read 3 of 4 cards, 1 skipped, by ana 3")


async def test_back_and_undo_lead_to_the_card_they_are_about(
    tmp_path: Path, rows: list[Row], wait_until: WaitUntil
) -> None:
    app = begun(tmp_path, rows)
    async with app.run_test(size=SSH) as pilot:
        await ready(pilot, wait_until)
        await pressed(pilot, wait_until, "4", "card 1 of 4")
        await pressed(pilot, wait_until, "a", "card 2 of 4")
        await pressed(pilot, wait_until, "s", "card 3 of 4")
        back = await pressed(pilot, wait_until, "backspace", "card 2 of 4")
        changed = await pressed(pilot, wait_until, "a", "Card 2: as expected.")
        undone = await pressed(pilot, wait_until, "z", "Taken back.")

        assert "you said: surprising" in back
        assert "card 3 of 4" in changed
        assert "surprised by 0 of 2" in changed
        assert "card 2 of 4" in undone
        assert "you said" not in undone


@pytest.mark.long
async def test_so_many_in_a_row_with_nothing_new_are_enough_but_who_wants_reads_on(
    tmp_path: Path, rows: list[Row], wait_until: WaitUntil
) -> None:
    app = begun(tmp_path, rows, stop=2)
    async with app.run_test(size=SSH) as pilot:
        await ready(pilot, wait_until)
        await pressed(pilot, wait_until, "4", "card 1 of 4")
        await pressed(pilot, wait_until, "a", "card 2 of 4")
        stopped = await pressed(pilot, wait_until, "a", "2 in a row with nothing new")
        await pressed(pilot, wait_until, "enter", "card 3 of 4")
        ended = await pressed(pilot, wait_until, "e", "Ended.")

        assert "The rest of the deck, 2 cards, can wait" in stopped
        assert "in a row" not in ended


@pytest.mark.long
async def test_a_word_that_cannot_be_kept_leaves_the_card_where_it_is(
    tmp_path: Path, rows: list[Row], wait_until: WaitUntil, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise CorpusError("not kept: no space left", fix="Make room.")

    app = begun(tmp_path, rows)
    async with app.run_test(size=SSH) as pilot:
        await ready(pilot, wait_until)
        await pressed(pilot, wait_until, "4", "card 1 of 4")
        monkeypatch.setattr(Sessions, "say", full)
        told = await pressed(pilot, wait_until, "a", "not kept: no space left. Make room.")

        assert "card 1 of 4" in told


@pytest.mark.long
async def test_a_deck_with_nothing_to_draw_from_says_what_would_fill_it(
    tmp_path: Path, make_row: Callable[..., Row], wait_until: WaitUntil
) -> None:
    app = begun(tmp_path, [make_row(at=NOON - 9e6), make_row()], period_s=60.0)
    app.setting.feed.window.replace(1, None)
    async with app.run_test(size=SSH) as pilot:
        await ready(pilot, wait_until)

        await pressed(pilot, wait_until, "4", "Name more logs, or a longer --since.")


@pytest.mark.parametrize(
    "size", [SSH, pytest.param(DESK, marks=pytest.mark.long)], ids=["ssh", "desk"]
)
@pytest.mark.parametrize("keys", [["4"], ["4", "s", "a", "a", "a"]], ids=["card", "end"])
def test_it_looks_right(
    tmp_path: Path,
    rows: list[Row],
    snap_compare: Callable[..., bool],
    wait_until: WaitUntil,
    size: tuple[int, int],
    keys: list[str],
) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        await ready(pilot, wait_until)
        told = [
            "card 1 of 4",
            "card 2 of 4",
            "card 3 of 4",
            "card 4 of 4",
            "what the session found",
        ]
        for key, said in zip(keys, told, strict=False):
            await pressed(pilot, wait_until, key, said)
        await pilot.pause(0.1)

    assert snap_compare(begun(tmp_path, rows), terminal_size=size, run_before=before)
