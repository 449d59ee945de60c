"""Anthropic's messages, wherever raw bodies are written down."""

import json
from typing import Any

import pytest

from tailllm.dialects import bodies
from tailllm.records.call import Call
from tests.dialects.reading import Reading, raw_lines, read

ASKED: dict[str, Any] = {
    "model": "claude-x", "max_tokens": 9, "messages": [{"role": "user", "content": "Hi"}],
}  # fmt: skip
CHAT: dict[str, Any] = {"model": "gpt-x", "messages": [{"role": "user", "content": "Hi"}]}
CHAT_ANSWER: dict[str, Any] = {
    "id": "chatcmpl-1", "object": "chat.completion", "model": "gpt-x",
    "choices": [{"message": {"role": "assistant", "content": "Yes"}, "finish_reason": "stop"}],
}  # fmt: skip
ERROR = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}


def answer(name: str = "msg_1", **more: Any) -> dict[str, Any]:
    body: dict[str, Any] = {"id": name, "type": "message", "role": "assistant", "model": "claude-x"}
    body |= {"content": [{"type": "text", "text": "Yes"}], "stop_reason": "end_turn"}
    return body | {"usage": {"input_tokens": 5, "output_tokens": 2}} | more


def start(name: str = "msg_1") -> dict[str, Any]:
    message = answer(
        name, content=[], stop_reason=None, usage={"input_tokens": 5, "output_tokens": 1}
    )
    return {"type": "message_start", "message": message}


def block(index: int, **block: Any) -> dict[str, Any]:
    return {"type": "content_block_start", "index": index, "content_block": block}


def delta(index: int, kind: str, **piece: str) -> dict[str, Any]:
    return {"type": "content_block_delta", "index": index, "delta": {"type": kind} | piece}


SAID: list[dict[str, Any]] = [
    block(0, type="text", text=""),
    delta(0, "text_delta", text="Ye"),
    delta(0, "text_delta", text="s"),
]
END: list[dict[str, Any]] = [
    {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 2}},
    {"type": "message_stop"},
]
STREAM: list[dict[str, Any]] = [start(), {"type": "ping"}, *SAID, *END]


def sse(events: list[dict[str, Any]]) -> str:
    return "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events)


def reading(*values: dict[str, Any]) -> Reading:
    return read(raw_lines(b"\n".join(json.dumps(value).encode() for value in values)))


def only(*values: dict[str, Any]) -> Call:
    [call] = reading(*values).calls()
    return call


@pytest.mark.parametrize(
    "response",
    [answer(), STREAM, sse(STREAM), json.dumps(answer()), json.dumps(answer(), indent=1)],
    ids=["message", "events", "event stream", "text", "text of several lines"],
)
@pytest.mark.parametrize("line", [{"tailllm": 1}, {"ms": 3}], ids=["native", "house"])
def test_an_answer_is_the_same_however_it_was_written(line: dict[str, Any], response: Any) -> None:
    call = only(line | {"request": ASKED, "response": response})

    assert (call.response_id, call.output_text, call.finish_reason) == ("msg_1", "Yes", "stop")
    assert (call.usage.input_tokens, call.usage.output_tokens) == (5, 2)
    assert call.status == "ok"
    assert call.provider_name == "anthropic"


def test_caches_count_as_input_and_the_wire_s_number_is_kept() -> None:
    usage = {"input_tokens": 10, "cache_read_input_tokens": 100}
    usage |= {"cache_creation_input_tokens": 1000, "output_tokens": 2}

    call = only({"request": ASKED, "response": answer(usage=usage), "metadata": {"team": "a"}})

    assert call.usage.input_tokens == 1110
    assert call.metadata == {"provider_raw_input_tokens": 10, "team": "a"}


def test_tools_asked_for_in_a_stream_are_whole() -> None:
    parts = [
        block(0, type="thinking", thinking=""),
        delta(0, "thinking_delta", thinking="Hm."),
        block(1, type="tool_use", id="a", name="f", input={}),
        block(2, type="tool_use", id="b", name="g", input={}),
        delta(1, "input_json_delta", partial_json='{"x": '),
        delta(1, "input_json_delta", partial_json="1}"),
    ]

    call = only({"request": ASKED, "response": [start(), *parts, *END]})

    assert [(asked.name, asked.arguments) for asked in call.tool_calls] == [
        ("f", {"x": 1}),
        ("g", {}),
    ]
    assert call.output_messages
    assert [part.type for part in call.output_messages[0].parts] == [
        "reasoning",
        "tool_call",
        "tool_call",
    ]
    assert call.output_text == ""


def test_arguments_that_a_cut_left_open_stay_as_they_came() -> None:
    parts = [
        block(0, type="tool_use", id="a", name="f", input={}),
        delta(0, "input_json_delta", partial_json='{"x": '),
    ]

    call = only({"request": ASKED, "response": [start(), *parts]})

    assert (call.status, call.warnings) == ("error", ("the stream was cut",))
    assert call.tool_calls[0].arguments == '{"x": '


def test_a_cut_stream_keeps_its_text_and_claims_no_output_tokens() -> None:
    call = only({"request": ASKED, "response": sse([start(), *SAID])[:-20]})

    assert (call.status, call.output_text, call.finish_reason) == ("error", "Ye", None)
    assert (call.usage.input_tokens, call.usage.output_tokens) == (5, None)


def test_an_error_in_a_stream_is_the_call_s_error() -> None:
    call = only({"request": ASKED, "response": [start(), *SAID, ERROR]})

    assert (call.status, call.error_type, call.output_text) == ("error", "overloaded_error", "Yes")


def test_a_gateway_s_log_has_calls_of_both_forms() -> None:
    lines = [
        {"request": ASKED, "response": answer()},
        {"request": CHAT, "response": CHAT_ANSWER},
        {"request": CHAT, "response": CHAT_ANSWER | {"id": "chatcmpl-2"}},
        {"request": ASKED, "response": ERROR},
    ]

    calls = reading(*lines).calls()

    assert [call.format for call in calls] == [
        "anthropic_messages", "openai_chat", "openai_chat", "anthropic_messages",
    ]  # fmt: skip
    assert [call.status for call in calls] == ["ok", "ok", "ok", "error"]


@pytest.mark.parametrize(
    ("body", "form"),
    [
        (ASKED, bodies.MESSAGES),
        (ASKED | {"model": "m", "system": "Be kind."}, bodies.MESSAGES),
        (ASKED | {"model": "m", "tools": [{"name": "f", "input_schema": {}}]}, bodies.MESSAGES),
        (ASKED | {"model": "m"}, bodies.CHAT),
        (ASKED | {"tools": [{"type": "function", "function": {}}]}, bodies.CHAT),
        (ASKED | {"messages": [{"role": "system", "content": ""}]}, bodies.CHAT),
        (CHAT, bodies.CHAT),
    ],
)
def test_a_request_s_form_is_told_by_its_shape(body: dict[str, Any], form: bodies.Form) -> None:
    assert bodies.form_of(body) is form


def test_halves_are_one_call_in_any_order() -> None:
    halves = [{"call_id": "c", "request": ASKED}, {"call_id": "c", "response": answer()}]

    assert only(*halves) == only(*halves[::-1]).model_copy(update={"source": only(*halves).source})


def wire(at: int, body: dict[str, Any]) -> dict[str, Any]:
    return {"at": 1_795_356_414 + at, "event": body.get("type", "request"), "data": body}


def lines_of(*found: dict[str, Any]) -> list[dict[str, Any]]:
    return [wire(at, body) for at, body in enumerate(found)]


def test_events_belong_to_the_stream_opened_last() -> None:
    second = [start("msg_2"), *SAID, *END]

    calls = reading(*lines_of(ASKED, *STREAM, ASKED, *second)).calls()

    assert [(call.response_id, call.output_text) for call in calls] == [
        ("msg_1", "Yes"),
        ("msg_2", "Yes"),
    ]
    assert calls[0].latency_ms == 7_000
    assert calls[0].ttft_ms == 4_000


def test_an_error_event_ends_the_stream_or_the_request_that_began_last() -> None:
    calls = reading(
        *lines_of(ASKED, start(), *SAID, ERROR, ASKED, ERROR, ASKED, *STREAM[1:2])
    ).calls()

    assert [call.status for call in calls] == ["error", "error", "unknown"]
    assert [call.output_text for call in calls] == ["Yes", None, None]


def test_a_stream_that_stops_was_cut_when_the_next_begins() -> None:
    stopped = lines_of(ASKED, start(), *SAID)
    both = lines_of(ASKED, start(), *SAID, ASKED, start("msg_2"), *SAID, *END)

    text = b"\n".join(json.dumps(value).encode() for value in stopped)
    live = read(raw_lines(text), now=None).calls()
    assert [(c.status, c.state) for c in live] == [("incomplete", "partial")]
    assert [(c.status, c.state) for c in reading(*both).calls()] == [
        ("error", "done"),
        ("ok", "done"),
    ]


def test_a_request_beside_its_answer_is_no_wire_log() -> None:
    call = only({"event": "llm", "body": ASKED, "response": answer()})

    assert (call.output_text, call.state) == ("Yes", "done")


def test_a_ping_takes_no_request() -> None:
    calls = reading(*lines_of(ASKED, {"type": "ping"}, *STREAM)).calls()

    assert len(calls) == 1


@pytest.mark.parametrize(
    ("name", "model", "provider"),
    [
        ("msg_bdrk_1", "claude-x", "aws.bedrock"),
        ("msg_vrtx_1", "claude-x", "gcp.vertex_ai"),
        ("msg_1", "claude-x", "anthropic"),
        ("chat-1", "other", None),
    ],
)
def test_the_answer_s_id_tells_the_provider(name: str, model: str, provider: str | None) -> None:
    asked = ASKED | {"model": model, "system": "Be kind."}

    assert only({"request": asked, "response": answer(name, model=model)}).provider_name == provider


def test_call_ids_part_streams_that_run_at_once() -> None:
    bodies_sent = [ASKED, start(), *SAID, *END]
    lines = [
        wire(at, body) | {"call_id": name}
        for at, body in enumerate(bodies_sent)
        for name in ("a", "b")
    ]
    lines[3]["data"] = start("msg_2")

    calls = reading(*lines).calls()

    assert [(call.response_id, call.output_text) for call in calls] == [
        ("msg_1", "Yes"), ("msg_2", "Yes"),
    ]  # fmt: skip
    assert [call.latency_ms for call in calls] == [6_000, 6_000]
