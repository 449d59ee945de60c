"""A call inside another record is found by its shape, and what is none is left alone."""

import json
from typing import Any

import pytest

from tailllm.dialects.reader import Reader
from tailllm.records.line import Address, RawLine
from tailllm.records.part import Part, Reject

CALL = {
    "model": "gpt-4o-mini",
    "messages": [{"role": "user", "content": "q"}],
    "output": "a",
    "usage": {"prompt_tokens": 7, "completion_tokens": 2},
}
PAIR = {
    "request": {"model": "m", "messages": [{"role": "user", "content": "q"}]},
    "response": {
        "id": "c1",
        "object": "chat.completion",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "a"}}],
    },
}


def read(*values: Any) -> list[list[Part] | Reject]:
    texts = [json.dumps(value).encode() for value in values]
    reader = Reader("f")
    reader.settle(texts)
    places = [Address("f", n * 10_000, len(text)) for n, text in enumerate(texts)]
    return list(reader.take(list(map(RawLine, places, texts))))


def only(value: Any) -> dict[str, Any]:
    [[part]] = read(value)  # type: ignore[misc]
    return part.fields


@pytest.mark.parametrize("call", [CALL, PAIR, {"tailllm": 1, **CALL}], ids=["flat", "pair", "own"])
@pytest.mark.parametrize(
    "around",
    [
        lambda call: {"event": "x", "llm": call},
        lambda call: {"record": {"extra": {"call": call}}},
        lambda call: {"level": "info", "message": json.dumps(call)},
        lambda call: {"a": {"b": {"c": {"d": call}}}},
        lambda call: {"jsonPayload": {"message": json.dumps({"llm": call})}},
        lambda call: {"batch": [call]},
    ],
    ids=["key", "loguru", "string", "deep", "string in a key", "list"],
)
def test_a_call_is_found_wherever_it_lies(around: Any, call: Any) -> None:
    assert only(around(call))["output_text"] == "a"


def test_two_calls_in_one_record_are_two() -> None:
    [parts] = read({"calls": [CALL, CALL]})

    assert not isinstance(parts, Reject)
    assert len({part.keys for part in parts}) == 2


def test_what_the_line_says_around_the_call_is_the_calls_too() -> None:
    fields = only(
        {"llm": CALL, "session_id": "s", "user": "u", "timestamp": "2026-11-22T12:00:00Z"}
    )

    assert (fields["session_id"], fields["user_id"]) == ("s", "u")
    assert fields["start_time"] == 1_795_348_800.0


def test_what_the_call_says_itself_is_believed_first() -> None:
    call = {**CALL, "session": "own", "ts": 1_795_348_800, "latency_ms": 5}
    fields = only({"llm": call, "session_id": "s", "timestamp": "2027-01-01T00:00:00Z"})

    assert (fields["session_id"], fields["start_time"]) == ("own", 1_795_348_800.0)


def test_a_line_is_written_when_its_call_is_over() -> None:
    fields = only({"llm": {**CALL, "latency_ms": 1_500}, "ts": 1_795_348_800})

    assert fields["start_time"] == 1_795_348_798.5


@pytest.mark.parametrize(
    "raised",
    [
        {"exc_info": "Traceback…\nopenai.RateLimitError: Error code: 429 - slow down"},
        {"exception": [{"exc_type": "RateLimitError", "exc_value": "Error code: 429 - slow down"}]},
    ],
    ids=["text", "structlog"],
)
def test_an_exception_beside_the_call_is_its_error(raised: Any) -> None:
    fields = only({"llm_call": {**PAIR, "response": None}, **raised})

    assert (fields["status"], fields["http_status"]) == ("error", 429)
    assert fields["error_type"].endswith("RateLimitError")
    assert fields["error_message"] == "slow down"


@pytest.mark.parametrize(
    "value",
    [
        {"llm": {"model": "rides_daily", "rows": 5}},
        {"tokens": 196, "usage": {"cpu": 0.4}, "messages": ["3 shards", "ok"], "model": "bike"},
        {"job": {"model": "car", "input": "file.csv", "output": "out.csv"}},
        {"message": '{"model": "x'},
        {"message": "model " * 50},
        {"model": {"messages": {"choices": {}}}},
        {"cfg": {"model": "gpt-4o", "prompt": "You are…"}},
    ],
)
def test_a_record_that_only_has_such_keys_is_no_call(value: Any) -> None:
    [found] = read(value)

    assert isinstance(found, Reject)
    assert found.kind == "other"


def test_a_file_of_whole_calls_is_not_searched_inside() -> None:
    found = read(PAIR, PAIR, {"audit": {"seen": PAIR}})

    assert [isinstance(one, Reject) for one in found] == [False, False, True]


def test_absent_tokens_are_not_zero_and_caches_are_in_the_total() -> None:
    silent = {key: value for key, value in CALL.items() if key != "usage"}
    cached = {
        **CALL,
        "usage": {"input_tokens": 5, "output_tokens": 1, "cache_read_input_tokens": 90},
    }

    assert "usage" not in only({"llm": silent})
    assert only({"llm": cached})["usage"] == {
        "input_tokens": 95,
        "output_tokens": 1,
        "cache_read_input_tokens": 90,
    }


def test_zero_tokens_are_zero() -> None:
    fields = only({"llm": {**CALL, "usage": {"input_tokens": 3, "output_tokens": 0}}})

    assert fields["usage"] == {"input_tokens": 3, "output_tokens": 0}


@pytest.mark.parametrize("depth", [50, 5_000])
def test_a_very_deep_record_is_survived(depth: int) -> None:
    text = b'{"model": ' * depth + b"1" + b"}" * depth
    reader = Reader("f")
    reader.settle([text])

    assert isinstance(reader.read(RawLine(Address("f", 0, len(text)), text)), Reject)
