"""Langfuse's events come in any order, and verdicts stand on a trace or on one call."""

from itertools import permutations
from typing import Any

import pytest

from tailllm.records.call import Call
from tests.dialects.reading import SAMPLES, read_file, read_values

CREATED = {
    "id": "g1",
    "traceId": "t1",
    "startTime": "2026-11-22T12:00:00Z",
    "model": "m",
    "input": [{"role": "user", "content": "hi"}],
    "modelParameters": {"temperature": "0.7", "max_tokens": "inf"},
}
UPDATED = {
    "id": "g1",
    "traceId": "t1",
    "endTime": "2026-11-22T12:00:01.500Z",
    "model": "m-1",
    "output": {"role": "assistant", "content": "hello"},
    "usageDetails": {"input": 3, "output": 2},
}
TRACE = {"id": "t1", "userId": "u1", "sessionId": "s1", "tags": ["prod"]}


def event(kind: str, body: dict[str, Any], second: int = 0) -> dict[str, Any]:
    return {
        "id": f"{kind}-{second}",
        "type": kind,
        "body": body,
        "timestamp": f"2026-11-22T12:00:0{second}Z",
    }


EVENTS = [
    event("trace-create", TRACE),
    event("generation-create", CREATED, 1),
    event("generation-update", UPDATED, 2),
    event("score-create", {"traceId": "t1", "name": "valid", "value": 0, "dataType": "BOOLEAN"}),
]


def calls(*values: dict[str, Any]) -> list[Call]:
    return read_values(*values).calls()


@pytest.mark.parametrize("order", permutations(range(4)), ids=str)
def test_the_events_of_a_call_may_come_in_any_order(order: tuple[int, ...]) -> None:
    [found] = calls(*(EVENTS[place] for place in order))

    assert (found.request_model, found.response_model) == ("m", "m-1")
    assert (found.latency_ms, found.output_text) == (1_500.0, "hello")
    assert (found.usage.input_tokens, found.usage.output_tokens) == (3, 2)
    assert (found.user_id, found.session_id, found.tags) == ("u1", "s1", ("prod",))
    assert [(one.name, one.outcome) for one in found.evaluations] == [("valid", "failed")]
    assert found.request_params == {"temperature": 0.7}


def test_a_batch_is_as_many_events() -> None:
    assert len(calls({"batch": EVENTS, "metadata": {"sdk_integration": "openai"}})) == 1


def test_a_verdict_on_one_call_is_not_shown_at_the_others_of_its_trace() -> None:
    other = event("generation-create", CREATED | {"id": "g2"}, 3)
    score = {"traceId": "t1", "observationId": "g2", "name": "valid", "value": 1}

    found = calls(*EVENTS[:3], event("score-create", score), other)

    assert [len(one.evaluations) for one in found] == [0, 1]


def test_a_number_alone_is_no_judgement() -> None:
    score = {"traceId": "t1", "name": "taste", "value": 0.4, "dataType": "NUMERIC"}

    [found] = calls(*EVENTS[:3], event("score-create", score))

    assert [(one.outcome, one.score) for one in found.evaluations] == [("unjudged", 0.4)]


def test_a_failed_call_without_usage_has_no_cost() -> None:
    failure = {
        "id": "g1",
        "level": "ERROR",
        "statusMessage": "Error code: 429 - slow down",
        "costDetails": {"total": 0},
    }

    [found] = calls(EVENTS[1], event("generation-update", failure, 2))

    assert (found.status, found.http_status, found.cost) == ("error", 429, None)
    assert found.response_model is None


def test_an_image_that_langfuse_keeps_is_a_place_and_no_text() -> None:
    url = "@@@langfuseMedia:type=image/png|id=abc|source=base64_data_uri@@@"
    content = [{"type": "image_url", "image_url": {"url": url}}]
    sent = CREATED | {"input": [{"role": "user", "content": content}]}

    [found] = calls(event("generation-create", sent))

    assert found.input_messages is not None
    [part] = found.input_messages[0].parts
    assert (part.type, part.mime_type, part.uri) == ("uri", "image/png", "langfuse-media://abc")


def test_a_stream_without_usage_is_said_to_have_an_end_that_nobody_knows() -> None:
    calls = read_file(SAMPLES / "langfuse" / "ingestion_events.jsonl").calls()
    unsure = [call for call in calls if any("came to its end" in word for word in call.warnings)]

    assert unsure
    assert all(call.stream and call.usage.output_tokens is None for call in unsure)
    assert "Day tariff, night tariff, student tariff, weekly pass," in {
        call.output_text for call in unsure
    }
