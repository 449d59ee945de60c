"""What a call holds is shown as what it is, whatever format it was logged in."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tailllm.records.call import Call
from tailllm.transcript import BROKE_OFF, NO_START, Piece, pretty, tool_names, turns
from tests.dialects.expectations import Expected, pair
from tests.dialects.reading import read_file
from tests.dialects.test_golden import FILES, UNTOLD, in_log

CONVERSATION = ("tool_call", "tool_result", "image", "refusal", "reasoning", "choices")
FAILURES = ("cut", "error")
EVERYTHING = {*CONVERSATION, *FAILURES}
NOT_SHOWN = {
    "anthropic_messages": {"choices"},
    "app_logs": {"image", "reasoning", "choices"},
    "bedrock_invocation": {"image", "reasoning", "choices", "cut"},
    "claude_code_transcript": {"image", "reasoning", "choices", "cut"},
    "inspect_ai": {"tool_call", "tool_result", "image", "reasoning", "choices", "cut"},
    "langfuse": {"refusal", "reasoning", "choices"},
    "litellm": set(),
    "mlflow": {"reasoning", "choices"},
    "native": {"reasoning"},
    "openai_batch": {"tool_result", "image", "reasoning", "cut"},
    "openai_chat": {"reasoning"},
    "openai_responses": {"choices"},
    "openinference": {"choices"},
    "openllmetry": {"choices"},
    "otel_genai": set(),
    "pydantic_ai_logfire": {"choices", "reasoning"},
    "server_logs": {"tool_call", "tool_result", "image", "refusal", "reasoning", "choices", "cut"},
    "simonw_llm": {"reasoning", "choices", "cut", "error"},
    "vercel_ai_sdk": {"choices", "cut"},
    "wrappers": {"reasoning"},
}
"""What no sample of a format holds: the format has no place for it, or the scenarios do not."""


def pieces(call: Call, *kinds: str) -> list[Piece]:
    return [piece for turn in turns(call) if turn.kind in kinds for piece in turn.pieces]


def shown(call: Call) -> Iterator[str]:
    """What a reader recognises in an opened call."""
    said, sent = pieces(call, "reply"), pieces(call, "message")
    heads = [piece.head for piece in said]
    yield from ("tool_call" for head in heads if head.startswith("calls "))
    yield from ("tool_result" for piece in sent if piece.head.startswith("answers"))
    yield from ("image" for piece in sent if piece.head.startswith("image") and not piece.text)
    yield from ("refusal" for head in heads if head == "refusal")
    yield from ("reasoning" for head in heads if head == "reasoning")
    yield from ("choices" for head in heads if head.startswith("choice 2 of"))
    yield from ("cut" for head in heads if head in (BROKE_OFF, NO_START))
    yield from ("error" for piece in pieces(call, "error") if piece.head or piece.text)


def held(expected: Expected, call: Call, untold: Any) -> Iterator[str]:
    """What the server sent and the log holds."""
    asked, last = expected.get("scenario", ""), expected.get("step")
    hidden = set(expected.get("not_in_log", ()))
    if call.content in ("full", "partial"):
        if expected.get("tool_calls") and "tool_calls" not in hidden:
            yield "tool_call"
        if expected.get("refusal") and not {"refusal"} & (hidden | set(untold)):
            yield "refusal"
        if expected.get("other_choices"):
            yield "choices"
    if call.content == "full" and call.input_messages:
        yield from ["tool_result"] * (asked == "tool_two_steps" and last == 1)
        yield from ["image"] * (asked == "image")
    if call.status == "error" and expected.get("partial_text") and call.output_text:
        yield "cut"


@cache
def read_pairs(path: Path) -> list[tuple[Expected, Call]]:
    return pair(in_log(path), read_file(path).calls())


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_a_call_holds_is_shown_as_what_it_is(path: Path) -> None:
    untold = UNTOLD.get(f"{path.parent.name}/{path.name}", {}).get("untold", {})
    for expected, call in read_pairs(path):
        missing = set(held(expected, call, untold)) - set(shown(call))

        assert (expected.get("scenario"), missing) == (expected.get("scenario"), set())


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_tool_call_is_shown_once_with_its_name_and_arguments(path: Path) -> None:
    for _, call in read_pairs(path):
        found = [
            (piece.head.split()[1], piece.text)
            for piece in pieces(call, "reply")
            if piece.head.startswith("calls ")
        ]
        asked = [(tool.name, pretty(tool.arguments)) for tool in call.tool_calls]

        assert found == asked


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_tool_that_was_offered_is_shown_with_what_it_takes(path: Path) -> None:
    for _, call in read_pairs(path):
        offered = tool_names(call.tool_definitions or ())

        assert offered.count("(") == len(call.tool_definitions or ())


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_call_that_failed_says_so_beside_its_answer(path: Path) -> None:
    for _, call in read_pairs(path):
        told = {"cut", "error"} & set(shown(call))

        assert bool(told) == (call.status == "error")


@pytest.mark.parametrize("name", sorted({path.parent.name for path in FILES}))
def test_every_format_shows_all_that_its_samples_hold(name: str) -> None:
    seen = {
        kind
        for path in FILES
        if path.parent.name == name
        for _, call in read_pairs(path)
        for kind in shown(call)
    }

    assert seen == EVERYTHING - NOT_SHOWN[name]
