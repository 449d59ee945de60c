"""A call as plain text: complete, in order and inert; and a command that can be pasted."""

import shlex
import subprocess
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tailllm.records.call import Call, Evaluation, Message, MessagePart, ToolCall
from tailllm.transcript import (
    BROKE_OFF,
    EMPTY,
    NO_END,
    NO_START,
    conversation,
    is_json,
    outcome,
    pretty,
    reply,
    show_command,
    turns,
)


def said(role: str, text: str) -> Message:
    return Message(role=role, parts=(MessagePart(type="text", content=text),))


def call(**fields: object) -> Call:
    return Call.model_validate({"key": "resp:1", "format": "native"} | fields)


def test_turns_come_in_the_order_the_model_saw_them() -> None:
    found = turns(
        call(
            system_instructions="be kind",
            tool_definitions=[{"type": "function", "function": {"name": "lookup"}}],
            input_messages=(said("user", "hi"),),
            output_text="hello",
            error_type="timeout",
        )
    )

    assert [turn.kind for turn in found] == ["system", "tools", "message", "reply", "error"]


def test_a_conversation_is_inert_and_holds_every_text() -> None:
    text = conversation(
        call(
            input_messages=(said("user\x1b", "\x1b[2J\u202ehi"),),
            output_text="a\nb",
            evaluations=(Evaluation(name="v", passed=False, explanation="\x07why"),),
        )
    )

    assert "␛[2J‹RLO›hi" in text
    assert "  a\n  b\n" in text
    assert "FAIL v  ␇why  (log)" in text
    assert "\x1b" not in text


def test_a_tool_call_with_broken_arguments_is_shown_as_it_came() -> None:
    text = conversation(call(tool_calls=(ToolCall(id="t1", name="pay", arguments='{"a": '),)))

    assert "(calls pay  t1)" in text
    assert '{"a": ' in text


def test_a_part_of_an_unknown_kind_shows_what_it_holds() -> None:
    searched = MessagePart(type="server_tool_call", name="web_search", arguments={"query": "x"})
    found = MessagePart(type="acme", response={"colour": "red"})

    text = conversation(call(input_messages=(Message(role="user", parts=(searched, found)),)))

    for word in ("server_tool_call", "web_search", "query", "acme", "colour", "red"):
        assert word in text


def test_a_verdict_says_whose_it_is_and_when_nobody_could_decide() -> None:
    verdict = Evaluation(name="pii", label="errored", explanation="too slow", by="tailllm")

    assert outcome(verdict) == "ERR  pii  too slow  (tailllm)"


def test_deep_json_is_not_followed_into_a_crash() -> None:
    deep = "[" * 200_000

    assert pretty(deep) == deep
    assert not is_json(deep)


@given(st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), min_size=1))
def test_the_show_command_gives_the_shell_the_same_words(key: str) -> None:
    command = show_command(key, ["a b.jsonl"])

    assert command.isprintable()
    if command.isascii() and "$'" not in command:
        assert shlex.split(command) == ["tailllm", "show", key, "a b.jsonl"]


def test_the_shell_reads_a_hostile_key_as_it_was() -> None:
    key = "resp:\x1b[201~\n'; rm -rf \u202e $HOME"
    command = show_command(key, []).replace("tailllm show", "printf %s", 1)
    shown = subprocess.run(["bash", "-c", command], capture_output=True, check=True).stdout

    assert shown.decode() == key


def replied(**facts: Any) -> list[tuple[str, str]]:
    return [(piece.head, piece.text) for piece in reply(call(**facts)).pieces]


def test_several_choices_are_told_apart() -> None:
    choices = (
        said("assistant", "Ride on.").model_copy(update={"finish_reason": "stop"}),
        said("assistant", "Two wheels."),
    )

    assert replied(output_messages=choices, output_text="Ride on.") == [
        ("choice 1 of 2  stop", ""),
        ("", "Ride on."),
        ("choice 2 of 2", ""),
        ("", "Two wheels."),
    ]


def test_a_refusal_that_came_as_text_is_shown_once_as_a_refusal() -> None:
    assert replied(
        output_messages=(said("assistant", "No."),), output_text="No.", refusal="No."
    ) == [("refusal", "No.")]


@pytest.mark.parametrize(
    ("ended", "last"),
    [
        ({"status": "error", "http_status": 200}, (BROKE_OFF, "")),
        ({"status": "incomplete", "http_status": 200}, (NO_END, "")),
        ({"status": "error", "http_status": 500}, ("", "Day tar")),
        ({"status": "ok", "http_status": 200, "finish_reason": "length"}, ("", "Day tar")),
    ],
)
def test_a_cut_answer_says_where_it_was_cut(ended: dict[str, Any], last: tuple[str, str]) -> None:
    assert (
        replied(output_messages=(said("assistant", "Day tar"),), output_text="Day tar", **ended)[-1]
        == last
    )


@pytest.mark.parametrize(
    ("told", "head"),
    [
        ({"error_type": "APIConnectionError", "http_status": 200}, "APIConnectionError"),
        ({"error_type": "429", "http_status": 429}, "429"),
        ({"error_type": "slow_down", "http_status": 429}, "slow_down 429"),
    ],
)
def test_an_error_is_headed_by_what_went_wrong(told: dict[str, Any], head: str) -> None:
    error = turns(call(status="error", **told))[-1]

    assert [piece.head for piece in error.pieces] == [head]


def test_a_call_that_failed_for_an_unknown_reason_says_so() -> None:
    assert "The log does not say why." in conversation(call(status="error"))
    assert "The log does not say why." not in conversation(call(status="error", error_type="429"))


def test_a_stream_that_broke_before_its_first_word_says_so() -> None:
    broken = call(status="error", warnings=("the stream was cut",))

    assert [piece.head for piece in reply(broken).pieces] == [NO_START]


def test_an_empty_answer_is_not_taken_for_a_missing_one() -> None:
    assert [piece.head for piece in reply(call(status="ok", output_text="")).pieces] == [EMPTY]
    assert reply(call(status="ok")).pieces == ()


def test_the_reader_is_told_that_the_log_does_not_hold_what_was_sent() -> None:
    asked = (said("user", "hi"),)

    assert "does not hold what was sent" in conversation(call(output_text="hello"))
    assert "does not hold what was sent" not in conversation(call(input_messages=asked))


def test_a_message_without_content_says_that_the_log_leaves_it_out() -> None:
    text = conversation(call(input_messages=(Message(role="user", parts=()),)))

    assert "its content is not in the log" in text
