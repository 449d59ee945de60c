"""Deciding on the screen: one key each, told only when it is on disk, nobody's word lost."""

from collections.abc import Callable
from typing import Any

import pytest
from textual.widgets import Input

from tailllm.channel.ledger import Ledger
from tailllm.tui.screens.ask import AskScreen
from tailllm.tui.screens.inbox import InboxScreen
from tests.tui.inbox.conftest import Desk
from tests.tui.inspector.conftest import Stage, text, until

SIZES = pytest.mark.parametrize(
    "size", [(80, 24), pytest.param((160, 45), marks=pytest.mark.long)], ids=["ssh", "desk"]
)


async def shown(pilot: Any, said: str) -> None:
    await until(pilot, lambda: said in text(pilot.app))


async def typed(pilot: Any, key: str, words: str) -> None:
    """Press a key that asks, answer, and send it off."""
    await pilot.press(key)
    await until(pilot, lambda: isinstance(pilot.app.screen, AskScreen))
    pilot.app.screen.query_one(Input).value = words
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(pilot.app.screen, InboxScreen))


@pytest.mark.long
async def test_what_waits_is_listed_oldest_first_with_who_and_why(busy: Desk) -> None:
    async with Stage(busy.screen()).run_test(size=(100, 30)) as pilot:
        await shown(pilot, "4 of 4 to triage  (oldest 3d)")
        rows = text(pilot.app).splitlines()[2:]

        assert "lena" in rows[0]
        assert "promised a refund" in rows[0]
        assert "tom" in rows[1]
        assert "route@v9" in rows[1]


@pytest.mark.long
async def test_the_item_says_what_of_the_corpus_is_like_it(busy: Desk) -> None:
    async with Stage(busy.screen()).run_test(size=(100, 40)) as pilot:
        await shown(pilot, "4 of 4")
        await pilot.press("j")

        await shown(pilot, "none in French")
        assert "expected  intent = cancel" in text(pilot.app)
        assert "failed    json_schema" in text(pilot.app)


@pytest.mark.long
async def test_accepting_is_one_key_and_the_next_item_is_selected(busy: Desk) -> None:
    async with Stage(busy.screen()).run_test(size=(100, 30)) as pilot:
        await shown(pilot, "4 of 4")
        await pilot.press("a")
        await shown(pilot, "Accepted as promised-a-refund-nobody-had-granted-")
        await shown(pilot, "3 of 4 to triage")

        assert len(list((busy.folder / "cases").glob("promised-*.toml"))) == 1
        assert "tom by mark" in text(pilot.app)


async def test_two_quick_keys_decide_two_items(busy: Desk) -> None:
    async with Stage(busy.screen()).run_test(size=(100, 30)) as pilot:
        await shown(pilot, "4 of 4")
        await pilot.press("a", "a")
        await shown(pilot, "2 of 4 to triage")

    assert len(busy.inbox().cases().cases) == 5


async def test_a_dismissal_asks_why_and_an_empty_reason_is_refused(busy: Desk) -> None:
    async with Stage(busy.screen()).run_test(size=(100, 30)) as pilot:
        await shown(pilot, "4 of 4")
        await typed(pilot, "x", "")
        await shown(pilot, "Not kept: a dismissal needs a reason")
        await typed(pilot, "x", "works as meant")
        await shown(pilot, "3 of 4 to triage")

    assert [item.state for item in busy.inbox().read().items if not item.waits] == [
        "ana dismissed: works as meant"
    ]


@pytest.mark.long
async def test_thinking_better_of_it_decides_nothing(busy: Desk) -> None:
    async with Stage(busy.screen()).run_test(size=(100, 30)) as pilot:
        await shown(pilot, "4 of 4")
        await pilot.press("x")
        await until(pilot, lambda: isinstance(pilot.app.screen, AskScreen))
        await pilot.press("n", "o", "escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, InboxScreen))

    assert len(busy.inbox().read().waiting) == 4


@pytest.mark.long
async def test_a_duplicate_names_its_case_and_offers_the_nearest(busy: Desk) -> None:
    async with Stage(busy.screen()).run_test(size=(100, 30)) as pilot:
        await shown(pilot, "4 of 4")
        await pilot.press("j")
        await shown(pilot, "tom by mark")
        await pilot.press("D")
        await until(pilot, lambda: isinstance(pilot.app.screen, AskScreen))
        assert pilot.app.screen.query_one(Input).value.startswith("cancel-")
        await pilot.press("enter")
        await shown(pilot, "Duplicate of cancel-")


@pytest.mark.long
async def test_labels_and_expected_are_kept_and_shown(busy: Desk) -> None:
    async with Stage(busy.screen()).run_test(size=(100, 40)) as pilot:
        await shown(pilot, "4 of 4")
        await typed(pilot, "l", "refund, tone")
        await shown(pilot, "labels    refund, tone")
        await typed(pilot, "e", "contains 3 to 5 days")
        await shown(pilot, "expected  contains 3 to 5 days")


@pytest.mark.long
async def test_undo_brings_the_item_back(busy: Desk) -> None:
    async with Stage(busy.screen()).run_test(size=(100, 30)) as pilot:
        await shown(pilot, "4 of 4")
        await pilot.press("a")
        await shown(pilot, "3 of 4")
        await pilot.press("z")
        await shown(pilot, "4 of 4 to triage")

    assert not list((busy.folder / "cases").glob("promised-*.toml"))


async def test_two_decisions_of_two_people_are_both_on_the_screen(busy: Desk) -> None:
    item = busy.inbox().read().items[0]
    busy.inbox("ben").dismiss(item, "not ours")
    busy.inbox("kim").duplicate(item, "cancel-0")

    async with Stage(busy.screen()).run_test(size=(100, 40)) as pilot:
        await shown(pilot, "disputed 1")

        assert "ben dismissed: not ours" in text(pilot.app)
        assert "kim duplicate of cancel-0" in text(pilot.app)


@pytest.mark.long
async def test_what_colleagues_decide_comes_in_by_itself(
    busy: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tailllm.tui.screens.inbox.NEWS_EVERY_S", 0.05)
    async with Stage(busy.screen()).run_test(size=(100, 30)) as pilot:
        await shown(pilot, "4 of 4")
        busy.inbox("ben").dismiss(busy.inbox().read().items[0], "not ours")

        await shown(pilot, "3 of 4")


@pytest.mark.long
async def test_a_filter_leaves_items_with_its_words_and_escape_clears_it(busy: Desk) -> None:
    async with Stage(busy.screen()).run_test(size=(100, 30)) as pilot:
        await shown(pilot, "4 of 4")
        await typed(pilot, "slash", "FRENCH tom")
        await shown(pilot, "filter: FRENCH tom  1 of 4")
        assert "promised a refund" not in text(pilot.app)
        await pilot.press("a")
        await shown(pilot, "Accepted as customer-wrote-in-french")
        await pilot.press("escape")
        await shown(pilot, "promised a refund")


@pytest.mark.long
async def test_the_link_of_the_reporter_is_copied_else_a_command(busy: Desk) -> None:
    async with Stage(busy.screen()).run_test(size=(100, 30)) as pilot:
        await shown(pilot, "4 of 4")
        await pilot.press("y")
        await shown(pilot, "Copied: https://chat.example/p1")
        await pilot.press("j", "y")
        await shown(pilot, "Copied: tailllm inbox accept ")


@pytest.mark.long
async def test_decided_items_can_be_looked_at_again(busy: Desk) -> None:
    busy.inbox("ben").dismiss(busy.inbox().read().items[0], "not ours")
    async with Stage(busy.screen()).run_test(size=(100, 40)) as pilot:
        await shown(pilot, "3 of 4")
        await pilot.press("t")
        await shown(pilot, "promised a refund nobody had granted")
        await pilot.press("g")

        await shown(pilot, "ben dismissed: not ours")


@pytest.mark.long
async def test_a_decision_the_disk_refuses_brings_the_item_back_and_says_so(busy: Desk) -> None:
    async with Stage(busy.screen()).run_test(size=(100, 30)) as pilot:
        await shown(pilot, "4 of 4")
        busy.inbox().path.rename(busy.folder / "elsewhere")
        busy.inbox().path.symlink_to(busy.folder / "elsewhere")
        await typed(pilot, "x", "no")

        await shown(pilot, "Not kept: the inbox cannot be read")


async def test_an_empty_inbox_says_what_would_fill_it(desk: Desk) -> None:
    async with Stage(desk.screen()).run_test(size=(100, 30)) as pilot:
        await shown(pilot, "Nothing to triage.")
        await pilot.press("a", "x", "D", "l", "e")
        await pilot.pause()

        assert isinstance(pilot.app.screen, InboxScreen)
        assert not desk.folder.exists()


def settled(*keys: str) -> Callable[[Any], Any]:
    async def before(pilot: Any) -> None:
        await until(pilot, lambda: "reading…" not in text(pilot.app))
        for key in keys:
            await pilot.press(key)
        await until(pilot, lambda: pilot.app.screen.query_one("ReadingPane").page.done)

    return before


@SIZES
def test_it_looks_right(busy: Desk, snap_compare: Any, size: tuple[int, int]) -> None:
    app = Stage(busy.screen())

    assert snap_compare(app, terminal_size=size, run_before=settled("j"))


def test_hostile_words_are_made_visible(busy: Desk, snap_compare: Any) -> None:
    app = Stage(busy.screen())

    assert snap_compare(app, terminal_size=(80, 24), run_before=settled("j", "j"))


@pytest.mark.long
def test_nothing_to_do_looks_calm(desk: Desk, snap_compare: Any) -> None:
    app = Stage(desk.screen())

    assert snap_compare(app, terminal_size=(80, 24), run_before=settled())


async def test_the_list_says_who_was_told_once_somebody_reported(busy: Desk) -> None:
    ledger = Ledger(busy.folder, host="prod-3", clock=lambda: busy.now)
    item = busy.inbox().read().items[0].mark_id
    words = {"source": "slack", "channel": "weird", "author": "lena", "item": item}
    async with Stage(busy.screen()).run_test(size=(80, 24)) as pilot:
        await shown(pilot, "4 of 4 to triage")
        before = text(pilot.app)
        ledger.add([ledger.step("received", "slack:C0:1.1", **words)])
        pilot.app.screen.news()

        await shown(pilot, "not yet")
        await shown(pilot, "reported  lena: waits, not yet")
        rows = text(pilot.app).splitlines()
        assert "told" not in before
        assert rows[1].split()[:4] == ["age", "who", "from", "told"]
        assert [row.split()[3] for row in rows[3:5]] == ["-", "-"]
