"""Chat completions: older and other servers' fields, and which request an answer is of."""

import json
from typing import Any

import pytest

from tailllm.records.call import Call
from tests.dialects.reading import raw_lines, read

ASKED = {"model": "gpt-4o", "messages": [{"role": "user", "content": "q"}]}
AT = 1_795_000_000


def calls(*values: dict[str, Any]) -> list[Call]:
    data = b"\n".join(json.dumps(value).encode() for value in values)
    return read(raw_lines(data)).calls()


def chunk(name: str, delta: dict[str, Any], *, finish: str | None = None) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    head = {"id": f"chatcmpl-{name}", "object": "chat.completion.chunk", "created": AT}
    return head | {"model": "gpt-4o-2024-08-06", "choices": [choice]}


def answer(**more: Any) -> dict[str, Any]:
    message = {"role": "assistant", "content": "a"}
    choice = {"index": 0, "message": message, "finish_reason": "stop"} | more
    return {"id": "chatcmpl-1", "object": "chat.completion", "model": "gpt-4o", "choices": [choice]}


def test_a_request_that_asks_for_no_stream_got_none() -> None:
    (call,) = calls({"request": ASKED, "response": answer()})

    assert call.stream is False


@pytest.mark.parametrize(
    ("model", "more", "provider"),
    [
        ("gpt-4o", {}, "openai"),
        ("o4-mini", {}, "openai"),
        ("gpt-4o", {"content_filter_results": {"hate": {"filtered": False}}}, "azure.ai.openai"),
        ("openai/gpt-4o", {}, None),
        ("llama-3", {}, None),
    ],
)
def test_who_answered_is_known_by_the_model_alone(
    model: str, more: dict[str, Any], provider: str | None
) -> None:
    (call,) = calls(
        {"request": ASKED | {"model": model}, "response": answer(**more) | {"model": model}}
    )

    assert call.provider_name == provider


def test_the_function_of_an_old_stream_is_a_tool_call() -> None:
    deltas = [{"name": "f", "arguments": ""}, {"arguments": '{"a"'}, {"arguments": ": 1}"}]
    events = [chunk("1", {"function_call": delta}) for delta in deltas]
    (call,) = calls(
        {"request": ASKED, "response": [*events, chunk("1", {}, finish="function_call")]}
    )

    assert [(asked.name, asked.arguments) for asked in call.tool_calls] == [("f", '{"a": 1}')]
    assert call.finish_reason == "tool_call"


@pytest.mark.parametrize("name", ["reasoning", "reasoning_content"])
def test_reasoning_of_other_servers_is_shown_apart(name: str) -> None:
    events = [chunk("1", {name: "hm"}), chunk("1", {"content": "a"}, finish="stop")]
    (call,) = calls({"request": ASKED, "response": events})

    parts = [(part.type, part.content) for part in (call.output_messages or ())[0].parts]
    assert parts == [("reasoning", "hm"), ("text", "a")]


def test_an_error_without_a_wrapping_is_read() -> None:
    body = {"object": "error", "message": "no such model", "type": "NotFoundError", "code": 404}
    (call,) = calls({"request": ASKED, "status": 404, "response": body})

    assert (call.status, call.error_type, call.error_message, call.http_status) == (
        "error",
        "NotFoundError",
        "no such model",
        404,
    )


def test_streams_that_were_asked_for_at_once_have_their_own_requests() -> None:
    def asked(text: str, at: float) -> dict[str, Any]:
        body = ASKED | {"messages": [{"role": "user", "content": text}], "stream": True}
        return {"ts": at, "dir": "out", "payload": body}

    def came(name: str, at: float) -> dict[str, Any]:
        return {"ts": at, "dir": "in", "payload": chunk(name, {"content": name}, finish="stop")}

    lost = asked("lost an hour ago", AT - 3600)
    found = calls(lost, asked("x", AT), asked("y", AT + 0.1), came("x", AT + 1), came("y", AT + 1))

    said = {call.output_text: (call.input_messages or ())[0].text for call in found}
    assert said == {None: "lost an hour ago", "x": "x", "y": "y"}


def test_streams_that_run_at_once_are_not_cut_by_each_other() -> None:
    def came(name: str, **end: str) -> dict[str, Any]:
        return {"dir": "in", "payload": chunk(name, {"content": name}, **end)}

    ends = [came("a", finish="stop"), came("b", finish="stop")]
    lines = [came("a"), came("b"), came("a"), came("c"), came("b"), *ends]

    found = {call.response_id: call.status for call in calls(*lines)}
    assert found == {"chatcmpl-a": "ok", "chatcmpl-b": "ok", "chatcmpl-c": "incomplete"}


def test_the_first_choice_is_the_one_numbered_first() -> None:
    second, first = (
        {"index": n, "message": {"content": text}, "finish_reason": "stop"}
        for n, text in ((1, "b"), (0, "a"))
    )
    (call,) = calls({"request": ASKED, "response": answer() | {"choices": [second, first]}})

    assert [message.text for message in call.output_messages or ()] == ["a", "b"]
    assert call.output_text == "a"


def test_an_error_may_be_a_mere_text() -> None:
    (call,) = calls({"request": ASKED, "status": 500, "response": {"error": "not loaded"}})

    assert (call.status, call.error_message) == ("error", "not loaded")


def test_chunks_are_known_by_what_they_add() -> None:
    events = [chunk("1", {"content": "a"}), chunk("1", {"content": "b"}, finish="stop")]
    for event in events:
        del event["object"]
    (call,) = calls({"request": ASKED, "response": events})

    assert (call.output_text, call.finish_reason) == ("ab", "stop")


def test_what_was_spoken_is_shown_as_its_transcript() -> None:
    audio = {"id": "audio_1", "data": "UklGRg==", "transcript": "hello"}
    body = answer(message={"role": "assistant", "content": None, "audio": audio})
    (call,) = calls({"request": ASKED, "response": body})

    assert call.output_text == "hello"


def test_a_time_may_be_seconds_in_a_text() -> None:
    (call,) = calls({"ts": f"{AT}.5", "request": ASKED, "response": answer()})

    assert call.start_time is not None
    assert call.start_time.timestamp() == AT + 0.5
