"""Requests made again, ids used again, and answers that are no provider's."""

import json
from itertools import permutations
from random import Random
from typing import Any

import pytest

from tailllm.dialects.assembly import Assembler
from tailllm.dialects.reader import Reader
from tailllm.records.call import Call
from tailllm.records.part import Reject
from tests.dialects.reading import raw_lines, read, read_values

USAGE = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
SLOW_DOWN = {"error": {"message": "slow down", "type": "requests", "code": "rate_limit_exceeded"}}


def at(second: int) -> str:
    return f"2026-11-22T14:00:{second:02}Z"


def asked(call_id: str, second: int, text: str = "q") -> dict[str, Any]:
    body = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": text}]}
    return {"event": "request", "call_id": call_id, "body": body, "ts": at(second)}


def answered(call_id: str, second: int, response_id: str) -> dict[str, Any]:
    message = {"role": "assistant", "content": "hi"}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    body = {"id": response_id, "object": "chat.completion", "model": "gpt-4o-mini"}
    body |= {"choices": [choice], "usage": USAGE}
    return {"event": "response", "call_id": call_id, "status": 200, "body": body, "ts": at(second)}


def refused(call_id: str, second: int, body: Any = SLOW_DOWN, status: int = 429) -> dict[str, Any]:
    return {
        "event": "response",
        "call_id": call_id,
        "status": status,
        "body": body,
        "ts": at(second),
    }


def calls(*values: dict[str, Any]) -> list[Call]:
    return sorted(read_values(*values).calls(), key=lambda call: str(call.start_time))


@pytest.mark.parametrize("order", permutations(range(3)))
def test_a_request_made_again_under_its_call_id_ended_as_its_last_answer(
    order: tuple[int, ...],
) -> None:
    lines = [asked("c1", 1), refused("c1", 2), answered("c1", 4, "r1")]

    [call] = calls(*(lines[place] for place in order))

    assert (call.status, call.http_status, call.error_type) == ("ok", 200, None)
    assert (call.output_text, call.latency_ms) == ("hi", 3_000.0)


def test_a_request_that_failed_in_the_end_failed() -> None:
    [call] = calls(asked("c1", 1), refused("c1", 2, None, 503), refused("c1", 4))

    assert (call.status, call.http_status) == ("error", 429)
    assert (call.error_type, call.error_message) == ("rate_limit_exceeded", "slow down")


@pytest.mark.parametrize("backward", [False, True])
def test_one_response_id_under_two_call_ids_is_two_calls(backward: bool) -> None:
    lines = [asked("c1", 1), answered("c1", 2, "same"), asked("c2", 5), answered("c2", 6, "same")]

    found = calls(*(reversed(lines) if backward else lines))

    assert [call.latency_ms for call in found] == [1_000.0, 1_000.0]
    assert len({call.key for call in found}) == 2


@pytest.mark.parametrize("backward", [False, True])
def test_call_ids_that_begin_again_with_the_process_are_new_calls(backward: bool) -> None:
    lines = [asked("1", 1, "a"), answered("1", 2, "r1"), asked("1", 5, "b"), answered("1", 7, "r2")]

    found = calls(*(reversed(lines) if backward else lines))

    sent = [[message.text for message in call.input_messages or ()] for call in found]
    assert sent == [["a"], ["b"]]
    assert [(call.response_id, call.latency_ms) for call in found] == [("r1", 1e3), ("r2", 2e3)]


def test_a_clock_that_went_back_gives_no_latency() -> None:
    [call] = calls(asked("c1", 5), answered("c1", 2, "r1"))

    assert (call.status, call.latency_ms) == ("ok", None)


@pytest.mark.parametrize(
    ("body", "kind", "message"),
    [
        ([{"error": {"code": 429, "message": "m", "status": "QUOTA"}}], "QUOTA", "m"),
        ({"object": "error", "message": "m", "type": "BadRequestError"}, "BadRequestError", "m"),
        ({"error": "m", "error_type": "overloaded"}, "overloaded", "m"),
        ({"error": "m"}, None, "m"),
        ({"message": "m"}, None, "m"),
        ({"detail": "m"}, None, "m"),
        ({"detail": [{"msg": "m"}]}, None, '[{"msg": "m"}]'),
        ({"__type": "ThrottlingException", "message": "m"}, "ThrottlingException", "m"),
        ("<html>m</html>", None, "<html>m</html>"),
        (None, None, None),
    ],
)
def test_whatever_a_gateway_refused_with_is_shown(
    body: Any, kind: str | None, message: str | None
) -> None:
    pair = {"ts": at(1), "request": asked("", 1)["body"], "response": body, "status": 502}
    halves = [asked("c1", 1), refused("c1", 2, body, 502)]

    for found in (calls(pair), calls(*halves)):
        told = [(call.status, call.http_status, call.error_type) for call in found]
        assert told == [("error", 502, kind)]
        assert [call.error_message for call in found] == [message]


def chunk(**delta: Any) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": delta.pop("finish", None)}
    return {"id": "a", "object": "chat.completion.chunk", "model": "m", "choices": [choice]}


@pytest.mark.parametrize("index", [{}, {"index": 0}], ids=["no number", "all are number 0"])
def test_tool_calls_that_nobody_numbered_stay_apart(index: dict[str, int]) -> None:
    def asks(own: str, name: str, arguments: str) -> dict[str, Any]:
        function = {"name": name, "arguments": arguments}
        return chunk(tool_calls=[index | {"id": own, "function": function}])

    more = chunk(tool_calls=[index | {"function": {"arguments": " 2}"}}])
    [call] = calls(
        asks("t0", "f", "{}"), asks("t1", "g", '{"y":'), more, chunk(finish="tool_calls")
    )

    assert [(tool.id, tool.name, tool.arguments) for tool in call.tool_calls] == [
        ("t0", "f", "{}"),
        ("t1", "g", '{"y": 2}'),
    ]


def test_an_error_that_stands_alone_in_its_line_ends_the_stream_before_it() -> None:
    error = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
    opening = {"id": "msg_1", "type": "message", "role": "assistant", "model": "claude-x"}
    opening |= {"content": [], "usage": {"input_tokens": 5, "output_tokens": 1}}
    message = {"type": "message_start", "message": opening}
    text = {"type": "text_delta", "text": "he"}
    said = {"type": "content_block_delta", "index": 0, "delta": text}

    for lines in ([message, said, error], [chunk(content="he"), {"error": error["error"]}]):
        reading = read_values(*lines)
        [call] = reading.calls()
        assert (call.status, call.state, call.output_text) == ("error", "done", "he")
        assert (call.error_type, call.error_message) == ("overloaded_error", "Overloaded")
        assert not reading.rejects


def test_another_applications_error_ends_no_stream() -> None:
    line = {"level": "error", "error": {"message": "disk full", "type": "io"}}

    [call] = calls(chunk(content="he"), line)

    assert (call.status, call.error_type) == ("incomplete", None)


def test_an_unfinished_last_line_is_one_reject_and_takes_no_call_away() -> None:
    whole = json.dumps(answered("c1", 2, "r1")).encode()
    reading = read(raw_lines(whole + b"\n" + whole[: len(whole) // 2]))

    assert len(reading.folded) == 1
    assert [reject.kind for reject in reading.rejects] == ["broken"]


@pytest.mark.parametrize("newest_first", [False, True])
def test_a_stream_that_goes_on_in_the_next_file_is_in_order(newest_first: bool) -> None:
    said = [{"ts": at(n), "dir": "in", "payload": chunk(content=text)} for n, text in WORDS]
    texts = [json.dumps(line).encode() for line in said]
    files = []
    for file, run in (("calls.log.1", texts[:3]), ("calls.log", texts[3:])):
        reader = Reader(file)
        reader.settle(run)
        found = [reader.read(line) for line in raw_lines(b"\n".join(run), file)]
        files.append([part for one in found if not isinstance(one, Reject) for part in one])
    if newest_first:
        files.reverse()

    *_, folded = Assembler().add([part for parts in files for part in parts])

    assert folded.fields["output_text"] == "one two three four five"


WORDS = list(enumerate(("one", " two", " three", " four", " five"), 1))


def test_a_request_to_another_server_that_failed_is_another_applications_line() -> None:
    other = {"call_id": "c9", "status": 404, "path": "/favicon.ico"}

    reading = read_values(asked("c1", 1), answered("c1", 2, "r1"), other)

    assert [reject.kind for reject in reading.rejects] == ["other"]
    assert len(reading.folded) == 1


@pytest.mark.parametrize("seed", range(12))
def test_every_call_has_a_name_of_its_own_however_ids_are_used_again(seed: int) -> None:
    dice, lines = Random(seed), []
    for _ in range(60):
        call_id, second = str(dice.randrange(4)), dice.randrange(60)
        response_id = f"r{dice.randrange(6)}"
        choices = (
            asked(call_id, second),
            refused(call_id, second),
            answered(call_id, second, response_id),
        )
        lines.append(json.dumps(dice.choice(choices)).encode())

    for capacity in (2, 5, 1_000):
        found = read(raw_lines(b"\n".join(lines)), capacity=capacity, batch=7).folded.values()

        assert found
        assert all(folded.keys for folded in found)
    assert len({folded.keys[0] for folded in found}) == len(found)
