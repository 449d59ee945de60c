"""MLflow's traces hold several calls a line, and a trace may be written again."""

import json
from typing import Any

from tailllm.records.call import Call
from tests.dialects.reading import read_values


def span(number: int, **attributes: Any) -> dict[str, Any]:
    kind = {"mlflow.spanType": "CHAT_MODEL"}
    return {
        "trace_id": "FCIOZvEU0ygLlxU/Lcv7Fg==",
        "span_id": f"TC6CI/sd3l{number}=",
        "start_time_unix_nano": 1_795_355_817_000_000_000,
        "end_time_unix_nano": 1_795_355_817_250_000_000,
        "status": {"code": "STATUS_CODE_OK"},
        "attributes": {name: json.dumps(value) for name, value in (kind | attributes).items()},
        "events": [],
    }


def trace(*spans: dict[str, Any], **info: Any) -> dict[str, Any]:
    return {"info": {"trace_id": "tr-1"} | info, "data": {"spans": list(spans)}}


def calls(*values: dict[str, Any]) -> list[Call]:
    return read_values(*values).calls()


def verdict(value: Any, **more: Any) -> dict[str, Any]:
    return {"assessment_name": "valid", "feedback": {"value": value}, **more}


def test_a_line_holds_as_many_calls_as_its_trace_made() -> None:
    chain = span(8) | {"attributes": {"mlflow.spanType": '"CHAIN"'}}

    found = calls(trace(chain, span(0), span(4)))

    assert len({one.key for one in found}) == 2
    assert [one.latency_ms for one in found] == [250.0, 250.0]


def test_a_trace_that_is_written_again_adds_its_verdicts_and_no_calls() -> None:
    [found] = calls(trace(span(0)), trace(span(0), assessments=[verdict(False, rationale="no")]))

    assert [(one.outcome, one.explanation) for one in found.evaluations] == [("failed", "no")]


def test_a_verdict_on_a_span_is_shown_there_only() -> None:
    verdicts = [verdict(True, span_id="TC6CI/sd3l4=")]

    found = calls(trace(span(0), span(4), assessments=verdicts))

    assert [len(one.evaluations) for one in found] == [0, 1]


def test_a_broken_stream_keeps_the_chunks_that_came() -> None:
    chunk = {
        "id": "c1",
        "object": "chat.completion.chunk",
        "choices": [{"index": 0, "delta": {"content": "half"}}],
    }
    events = [
        {
            "time_unix_nano": 1_795_355_817_100_000_000,
            "attributes": {"mlflow.chunk.value": json.dumps(chunk)},
        },
        {"name": "exception", "attributes": {"exception.type": "E", "exception.message": "gone"}},
    ]
    broken = span(0) | {"events": events, "status": {"code": "STATUS_CODE_ERROR"}}

    [found] = calls(trace(broken))

    assert (found.status, found.error_type, found.output_text) == ("error", "E", "half")
    assert found.ttft_ms == 100.0
