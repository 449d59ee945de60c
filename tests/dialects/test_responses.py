"""Responses API bodies: streams that run side by side, cuts, tools, and what is none of it."""

import json
from typing import Any

from tailllm.records.call import Call
from tests.dialects.reading import NEXT_YEAR, raw_lines, read

ASKED = {"model": "m", "input": "q", "stream": True}


def calls(*values: dict[str, Any]) -> list[Call]:
    data = b"\n".join(json.dumps(value).encode() for value in values)
    return read(raw_lines(data)).calls()


def stream(name: str, *texts: str, ends: bool = True) -> list[dict[str, Any]]:
    """The events of one answer, numbered from 0."""
    head = {"id": f"resp_{name}", "object": "response", "model": "m-1", "output": []}
    item = {"id": f"msg_{name}", "type": "message", "role": "assistant", "content": []}
    events: list[dict[str, Any]] = [
        {"type": "response.created", "response": head | {"status": "in_progress"}},
        {"type": "response.output_item.added", "output_index": 0, "item": item},
        *(
            {"type": "response.output_text.delta", "item_id": f"msg_{name}", "delta": text}
            for text in texts
        ),
    ]
    if ends:
        content = [{"type": "output_text", "text": "".join(texts)}]
        whole = head | {"status": "completed", "output": [item | {"content": content}]}
        events.append({"type": "response.completed", "response": whole})
    return [event | {"sequence_number": number} for number, event in enumerate(events)]


def wire(*bodies: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"ts": 1_795_000_000 + n, "kind": "event", "data": body} for n, body in enumerate(bodies)
    ]


def test_streams_that_run_side_by_side_stay_apart() -> None:
    one, two = stream("a", "He", "llo"), stream("b", "Good", "bye", "!")
    mixed = [ASKED, one[0], ASKED, two[0], two[1], one[1], *one[2:4], two[2], one[4], *two[3:]]

    found = calls(*wire(*mixed))

    assert {call.response_id: call.output_text for call in found} == {
        "resp_a": "Hello",
        "resp_b": "Goodbye!",
    }
    assert all(call.input_messages and call.state == "done" for call in found)


def test_a_stream_that_stops_keeps_what_came() -> None:
    said = wire(ASKED, *stream("a", "half an ", "ans", ends=False))
    lines = raw_lines(b"\n".join(json.dumps(value).encode() for value in said))
    for now, state in ((None, "partial"), (NEXT_YEAR, "done")):
        [call] = read(lines, now=now).calls()

        assert (call.state, call.output_text) == (state, "half an ans")
        assert call.status == ("incomplete" if now is None else "error")
        assert call.usage.input_tokens is None


def test_a_cut_stream_in_one_line_is_an_error() -> None:
    [call] = calls({"request": ASKED, "response": stream("a", "half", ends=False)})

    assert (call.status, call.output_text) == ("error", "half")
    assert call.warnings == ("the stream was cut",)


def test_a_stream_without_any_answer_is_an_error() -> None:
    [call] = calls({"input": ASKED, "output": None, "duration_ms": 5})

    assert (call.status, call.output_text) == ("error", None)


def test_arguments_of_parallel_tools_grow_side_by_side() -> None:
    def added(index: int, name: str) -> dict[str, Any]:
        item = {"id": f"fc_{index}", "call_id": f"c{index}", "type": "function_call", "name": name}
        return {"type": "response.output_item.added", "output_index": index, "item": item}

    def grown(index: int, text: str) -> dict[str, Any]:
        kind = "response.function_call_arguments.delta"
        return {"type": kind, "output_index": index, "item_id": f"fc_{index}", "delta": text}

    events = [
        *stream("a", ends=False)[:1], added(0, "f"), added(1, "g"), grown(1, '{"b"'),
        grown(0, '{"a"'), grown(1, ": 2}"), grown(0, ": 1}"),
    ]  # fmt: skip

    [call] = calls({"request": ASKED, "response": events})

    asked = [(tool.id, tool.name, tool.arguments) for tool in call.tool_calls]
    assert asked == [("c0", "f", '{"a": 1}'), ("c1", "g", '{"b": 2}')]


def test_what_the_server_ran_and_thought_is_shown_as_what_it_is() -> None:
    output = [
        {"type": "reasoning", "summary": [{"type": "summary_text", "text": "look it up"}]},
        {
            "type": "web_search_call",
            "id": "ws",
            "status": "completed",
            "action": {"query": "bikes"},
        },
        {"type": "image_generation_call", "id": "ig", "result": "QUJD" * 50},
        {
            "type": "message",
            "role": "assistant",
            "content": [{"type": "output_text", "text": "Yes."}],
        },
    ]
    body = {"id": "resp_a", "object": "response", "status": "completed", "output": output}

    [call] = calls({"request": ASKED, "response": body})

    parts = (call.output_messages or ())[0].parts
    assert [part.type for part in parts] == ["reasoning", "web_search_call", "blob", "text"]
    assert (parts[0].content, parts[2].size, parts[2].content) == ("look it up", 200, None)
    assert (call.output_text, call.tool_calls) == ("Yes.", ())


def test_completed_is_stop_also_where_functions_were_asked_for() -> None:
    item = {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"}
    body = {"id": "resp_1", "object": "response", "status": "completed", "output": [item]}
    (call,) = calls({"request": ASKED, "response": body})

    assert (call.finish_reason, call.finish_reason_raw) == ("stop", "completed")


def test_a_failed_response_is_an_error() -> None:
    error = {"code": "server_error", "message": "The model gave up."}
    body = {"id": "r", "object": "response", "status": "failed", "error": error, "output": []}

    [call] = calls({"request": ASKED, "response": body})

    assert (call.status, call.error_type, call.error_message) == (
        "error",
        "server_error",
        "The model gave up.",
    )


def test_embeddings_are_no_chat_calls() -> None:
    asked = {"model": "text-embedding-3-small", "input": "a bike"}

    assert not calls({"request": asked, "response": {"object": "list", "data": []}})
    assert not calls({"request": asked | {"model": "e", "encoding_format": "float"}})
