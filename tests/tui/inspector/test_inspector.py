"""Reading one call: what is shown, what the keys do, what is said when it is gone."""

from collections.abc import Callable
from os.path import abspath
from threading import Event
from typing import Any

import pytest

from tailllm.errors import GoneError
from tailllm.records.call import Call, Evaluation, Message, MessagePart
from tailllm.records.row import Row
from tailllm.tui.screens.inspector import TABS, InspectorScreen
from tailllm.tui.screens.mark import MarkScreen
from tests.tui.inspector.conftest import FakeFeed, FakeKeeper, Stage, say, text, until

Open = Callable[..., InspectorScreen]
HOSTILE = "\x1b]0;owned\x07\x9b31m\u202e[/oops] [@click=app.quit]x\ud83d\u200b"


def ready(screen: InspectorScreen) -> Callable[[], bool]:
    return lambda: screen._reading is not None


async def test_the_conversation_is_shown_in_order_and_the_reply_last(opened: Open) -> None:
    screen = opened()
    app = Stage(screen)

    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, ready(screen))
        shown = text(app)
        places = [shown.index(word) for word in ("system", "user #1", "assistant #2", "reply")]

        assert places == sorted(places)
        assert "One of them is a hold." in shown
        assert "2/3" in shown


async def test_reading_is_said_while_the_bytes_are_read(opened: Open, feed: FakeFeed) -> None:
    feed.gate = Event()
    screen = opened()
    app = Stage(screen)

    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "reading…" in text(app))
        feed.gate.set()
        await until(pilot, ready(screen))

        assert "reading…" not in text(app)


async def test_a_call_left_before_it_was_read_is_never_shown(opened: Open, feed: FakeFeed) -> None:
    feed.gate = Event()
    screen = opened()
    app = Stage(screen)

    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("right_square_bracket")
        feed.gate.set()
        await until(pilot, ready(screen))

        assert screen._reading is not None
        assert screen._reading.seq == screen.seq == 2


@pytest.mark.parametrize("presses", range(len(TABS)))
async def test_hostile_text_is_inert_on_every_tab(
    opened: Open, make_call: Callable[..., Call], presses: int
) -> None:
    call = make_call(
        system_instructions=HOSTILE.replace("\ud83d", ""),
        input_messages=(say("user\x1b", HOSTILE.replace("\ud83d", "")),),
        output_messages=(say("assistant", "\x1b[2J"),),
        evaluations=(Evaluation(name="v\x1b", passed=False, explanation="\u202e\x07"),),
        user_id="\x1b[31m",
    )
    screen = opened(call, b'{"x": "\x1b[31m\xff\x00"}', key="resp:\x1b[31m\u202e", model="\x07m")
    app = Stage(screen)

    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, ready(screen))
        await pilot.press(*["tab"] * presses)
        await pilot.pause()
        shown = text(app)

        assert not any(char in shown for char in "\x1b\x07\x9b\u202e\u200b\x00")
        assert f"[ {TABS[presses]}" in shown


async def test_hidden_characters_are_shown_and_counted(
    opened: Open, make_call: Callable[..., Call]
) -> None:
    screen = opened(make_call(input_messages=(say("user", "\x1b[31mred\x1b[0m \u202e"),)))
    app = Stage(screen)

    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, ready(screen))

        assert "⚠ 2 control, 1 bidi shown" in text(app)
        assert "␛[31mred␛[0m ‹RLO›" in text(app)


async def test_a_failed_check_stands_beside_the_reply_with_its_reason(
    opened: Open, make_call: Callable[..., Call]
) -> None:
    verdict = Evaluation(name="json_schema", passed=False, explanation='intent "othr" not allowed')
    screen = opened(
        make_call(
            output_text='{"intent": "othr"}',
            output_messages=(say("assistant", '{"intent": "othr"}'),),
            evaluations=(verdict,),
        ),
        verdicts=(("json_schema", "failed"),),
    )
    app = Stage(screen)

    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, ready(screen))
        shown = text(app)

        assert "✗ FAIL json_schema" in shown.splitlines()[0]
        assert '"intent": "othr"  ← json_schema' in shown
        assert "Checks(1✗)" in shown


async def test_a_call_whose_bytes_are_gone_says_so_and_what_is_still_known(opened: Open) -> None:
    gone = GoneError("prod/calls.jsonl was rotated away", fix="Open the rotated file.")
    screen = opened(gone, preview="where is my order", latency_ms=1234.0)
    app = Stage(screen)

    async with app.run_test(size=(80, 40)) as pilot:
        await until(pilot, ready(screen))
        shown = text(app)

        assert "prod/calls.jsonl was rotated away" in shown
        assert "Open the rotated file." in shown
        assert "where is my order" in shown
        assert "1234.0" in shown


async def test_the_end_of_a_megabyte_in_one_line_can_be_read(
    opened: Open, make_call: Callable[..., Call]
) -> None:
    prompt = "word " * 210_000 + "LAST WORD"
    screen = opened(make_call(system_instructions=None, input_messages=(say("user", prompt),)))
    app = Stage(screen)

    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, ready(screen))
        await pilot.press("end")
        await until(pilot, lambda: "LAST WORD" in text(app))

        assert "One of them is a hold." in text(app)


async def test_unwrapped_lines_can_be_read_to_the_right(
    opened: Open, make_call: Callable[..., Call]
) -> None:
    screen = opened(
        make_call(system_instructions=None, input_messages=(say("user", "x" * 90 + "RIGHT"),))
    )
    app = Stage(screen)

    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, ready(screen))
        await pilot.press("w", "right", "right", "right")
        await pilot.pause()

        assert "xRIGHT" in text(app)


async def test_finding_walks_the_hits_and_says_how_many(opened: Open) -> None:
    screen = opened()
    app = Stage(screen)

    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, ready(screen))
        await pilot.press("slash", *"charge", "enter")
        await until(pilot, lambda: "/charge  2 hits  1/2 ▸ n/N" in text(app))
        await pilot.press("n")

        assert "2/2 ▸ n/N" in text(app)


async def test_finding_looks_under_folds_and_opens_them(opened: Open) -> None:
    screen = opened()
    app = Stage(screen)

    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, ready(screen))
        await pilot.press("slash", *"No refunds", "enter")
        await until(pilot, lambda: "1 hit" in text(app))

        assert "No refunds." in text(app)


async def test_escape_closes_the_search_and_never_the_screen(opened: Open) -> None:
    screen = opened()
    app = Stage(screen)

    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, ready(screen))
        await pilot.press("slash", "x", "escape", "escape", "escape")
        await pilot.pause()

        assert app.screen is screen
        assert not screen.find_line.asking


async def test_q_goes_back_to_the_call_one_ended_on(opened: Open) -> None:
    screen = opened()
    app = Stage(screen)

    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, ready(screen))
        await pilot.press("right_square_bracket", "q")
        await until(pilot, lambda: app.left_with is not None)

        assert app.left_with == 2


async def test_e_goes_to_the_next_failing_call_and_says_when_there_is_none(opened: Open) -> None:
    screen = opened()
    app = Stage(screen)

    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, ready(screen))
        await pilot.press("e")
        await until(pilot, lambda: "FAIL no_pii" in text(app))
        await pilot.press("e")
        await pilot.pause()

        assert "No other failing call in the 3 held." in text(app)


async def test_enter_unfolds_the_message_under_the_sign(opened: Open) -> None:
    screen = opened()
    app = Stage(screen)

    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, ready(screen))
        await pilot.press("enter")
        await pilot.pause()

        assert "▌▾ system" in text(app)
        assert "Never talk about the weather." in text(app)


async def test_braces_walk_the_messages(opened: Open) -> None:
    screen = opened()
    app = Stage(screen)

    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, ready(screen))
        await pilot.press("right_curly_bracket", "right_curly_bracket", "left_curly_bracket")
        await pilot.pause()

        assert "▌▾ user #1" in text(app)


async def test_r_shows_the_exact_bytes_and_then_the_same_laid_out(opened: Open) -> None:
    screen = opened(None, b'{"a": "caf\xe9"}')
    app = Stage(screen)

    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, ready(screen))
        await pilot.press("r")
        await until(pilot, lambda: r'{"a": "caf\xe9"}' in text(app))
        assert "prod/calls.jsonl:1000" in text(app)
        await pilot.press("r", "r")
        await until(pilot, lambda: "[ Seen ]" in text(app))


async def test_marked_is_said_only_when_the_mark_is_kept(opened: Open, keeper: FakeKeeper) -> None:
    keeper.gate.clear()
    screen = opened()
    app = Stage(screen)

    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, ready(screen))
        await pilot.press("m")
        await pilot.pause()
        assert "marked" not in text(app)
        keeper.gate.set()
        await until(pilot, lambda: "marked in corpus/marks.jsonl" in text(app))

        assert "m marked" in text(app).splitlines()[0]


async def test_a_refused_mark_is_said_until_somebody_closes_it(
    opened: Open, keeper: FakeKeeper
) -> None:
    keeper.full = True
    screen = opened()
    app = Stage(screen)

    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, ready(screen))
        await pilot.press("m")
        await until(pilot, lambda: "NOT kept: the disk is full" in text(app))
        await pilot.press("j", "escape")
        await pilot.pause()

        assert "NOT kept" not in text(app)


async def test_a_mark_with_a_note_keeps_what_was_said(opened: Open, keeper: FakeKeeper) -> None:
    screen = opened()
    app = Stage(screen)

    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, ready(screen))
        await pilot.press("M")
        await until(pilot, lambda: isinstance(app.screen, MarkScreen))
        await pilot.press(*"odd", "tab", *"a, b", "ctrl+s")
        await until(pilot, lambda: keeper.notes)

        assert keeper.notes == [{"note": "odd", "labels": ["a", "b"], "expected": None}]


async def test_escape_in_the_mark_box_keeps_nothing(opened: Open, keeper: FakeKeeper) -> None:
    screen = opened()
    app = Stage(screen)

    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, ready(screen))
        await pilot.press("M")
        await until(pilot, lambda: isinstance(app.screen, MarkScreen))
        await pilot.press("x", "escape")
        await until(pilot, lambda: app.screen is screen)

        assert not keeper.notes


async def test_a_link_is_a_command_that_can_be_pasted(opened: Open) -> None:
    screen = opened(None, b"{}", key="resp:a b\x1b")
    app = Stage(screen)

    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, ready(screen))
        await pilot.press("y")
        await pilot.pause()

        where = abspath("prod/calls.jsonl")
        assert app.clipboard == rf"tailllm show $'resp\x3aa\x20b\x1b' {where}"


async def test_the_copy_of_a_call_is_plain_ascii_json(
    opened: Open, make_call: Callable[..., Call]
) -> None:
    screen = opened(make_call(output_text="訂單\x9b\u202e"))
    app = Stage(screen)

    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, ready(screen))
        await pilot.press("Y")
        await until(pilot, lambda: app.clipboard)

        assert app.clipboard.isascii()
        assert r"\u202e" in app.clipboard


async def test_images_and_tool_calls_are_named_and_data_is_not_shown(
    opened: Open, make_call: Callable[..., Call]
) -> None:
    parts = (
        MessagePart(type="blob", modality="image", mime_type="image/png", size=52_000),
        MessagePart(type="tool_call", name="lookup", id="t1", arguments='{"order": 7}'),
        MessagePart(type="tool_call_response", id="t1", response="shipped"),
    )
    screen = opened(
        make_call(system_instructions=None, input_messages=(Message(role="user", parts=parts),))
    )
    app = Stage(screen)

    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, ready(screen))
        shown = text(app)

        assert "image  image/png  52,000 chars, not shown" in shown
        assert "calls lookup  t1" in shown
        assert '"order": 7' in shown
        assert "answers t1" in shown
        assert "shipped" in shown


async def test_more_of_a_partial_call_is_read_when_it_comes(
    opened: Open, feed: FakeFeed, make_call: Callable[..., Call], make_row: Callable[..., Row]
) -> None:
    screen = opened(make_call(output_messages=None, output_text=None, state="partial"))
    app: Any = Stage(screen)

    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "No reply yet." in text(app))
        row = feed.window.at(screen.seq)
        assert row is not None
        feed.calls[row.key] = make_call()
        feed.window.replace(screen.seq, row._replace(output_tokens=7))
        screen.news()

        await until(pilot, lambda: "One of them is a hold." in text(app))


@pytest.mark.parametrize("theme", ["tailllm-light", "ansi-dark", "ansi-light", "textual-dark"])
async def test_a_failing_call_is_told_by_words_in_every_theme(
    opened: Open, make_call: Callable[..., Call], theme: str
) -> None:
    verdict = Evaluation(name="no_pii", passed=False, explanation="a phone number")
    screen = opened(make_call(evaluations=(verdict,)), verdicts=(("no_pii", "failed"),))
    app = Stage(screen, theme)

    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, ready(screen))
        await pilot.press("tab", "tab")
        await until(pilot, lambda: "✗ FAIL  no_pii" in text(app))

        assert "✗ FAIL no_pii" in text(app).splitlines()[0]


@pytest.mark.parametrize("size", [(40, 10), (20, 5), (1, 1)], ids=str)
async def test_a_tiny_terminal_is_no_crash(opened: Open, size: tuple[int, int]) -> None:
    screen = opened(verdicts=(("no_pii", "failed"),))
    app = Stage(screen)

    async with app.run_test(size=size) as pilot:
        await until(pilot, ready(screen))
        await pilot.press("tab", "w", "end", "slash", "escape", "enter")
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: "FAIL no_pii" in text(app))


async def test_a_long_head_keeps_its_note_in_sight(
    opened: Open, make_call: Callable[..., Call]
) -> None:
    screen = opened(make_call(input_messages=(say("user" * 40, "\x1b"),), system_instructions=None))
    app = Stage(screen)

    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, ready(screen))

        assert "⚠ 1 control shown" in text(app)


@pytest.mark.parametrize("key", ["v", "ctrl+l"])
async def test_a_terminal_that_cannot_be_left_is_said(opened: Open, key: str) -> None:
    screen = opened()
    app = Stage(screen)

    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until(pilot, ready(screen))
        await pilot.press(key)

        await until(pilot, lambda: any("cannot be left" in n.message for n in app._notifications))


async def test_one_s_place_is_kept_while_more_of_the_call_comes(
    opened: Open, feed: FakeFeed, make_call: Callable[..., Call]
) -> None:
    prompt = "line\n" * 200
    screen = opened(make_call(input_messages=(say("user", prompt),)))
    app = Stage(screen)

    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, ready(screen))
        await pilot.press("space", "space")
        before, reading = screen.pane.scroll_offset.y, screen._reading
        row = feed.window.at(screen.seq)
        assert row is not None
        feed.window.replace(screen.seq, row._replace(output_tokens=7))
        screen.news()
        await until(pilot, lambda: screen._reading is not reading)

        assert screen.pane.scroll_offset.y == before > 0


async def test_bytes_that_are_no_call_any_more_can_still_be_read_raw(opened: Open) -> None:
    screen = opened(ValueError("input_messages: not a list"), b'{"the": "bytes"}')
    app = Stage(screen)

    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "input_messages: not a list" in text(app))
        await pilot.press("r")

        await until(pilot, lambda: '{"the": "bytes"}' in text(app))
