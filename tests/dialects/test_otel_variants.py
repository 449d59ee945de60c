"""OpenTelemetry as older conventions and other writers have it: one call, its words found."""

import json
from typing import Any

import pytest

from tailllm.records.call import Call
from tests.dialects.reading import raw_lines, read

IDS = {"traceId": "a" * 32, "spanId": "b" * 16}
ASKED = {"gen_ai.operation.name": "chat", "gen_ai.system": "openai", "gen_ai.request.model": "m"}
SENT = [{"role": "user", "content": "hi"}]
SAID = [{"role": "assistant", "content": "yo", "finish_reason": "stop"}]
CHOICE = {"index": 0, "finish_reason": "stop", "message": {"content": "yo"}}
DETAILS = "gen_ai.client.inference.operation.details"


def listed(attributes: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"key": key, "value": {"stringValue": said}} for key, said in attributes.items()]


def span(told: dict[str, Any], *events: dict[str, Any], **more: Any) -> dict[str, Any]:
    times = {
        "startTimeUnixNano": "1795355833835000000",
        "endTimeUnixNano": "1795355834835000000",
    }
    one: dict[str, Any] = IDS | times | {"name": "chat m", "attributes": listed(ASKED | told)}
    one |= {"events": list(events)} | more
    return {"resourceSpans": [{"scopeSpans": [{"scope": {"name": "x"}, "spans": [one]}]}]}


def event(name: str, **attributes: Any) -> dict[str, Any]:
    named = {f"gen_ai.{key}".replace("_content", ".content"): v for key, v in attributes.items()}
    return {"name": name, "attributes": listed(named)}


def record(name: str, attributes: dict[str, Any], body: str = "", **ids: str) -> dict[str, Any]:
    one: dict[str, Any] = IDS | {"eventName": name, "attributes": listed(attributes)}
    one |= {"body": {"stringValue": body}} | ids
    return {"resourceLogs": [{"scopeLogs": [{"scope": {"name": "x"}, "logRecords": [one]}]}]}


def the_call(*values: dict[str, Any]) -> Call:
    (call,) = read(raw_lines(b"\n".join(json.dumps(value).encode() for value in values))).calls()
    return call


@pytest.mark.parametrize(
    "values",
    [
        pytest.param(
            [
                span(
                    {},
                    event("gen_ai.content.prompt", prompt=json.dumps(SENT)),
                    event("gen_ai.content.completion", completion=json.dumps(SAID)),
                )
            ],
            id="content events",
        ),
        pytest.param(
            [
                span(
                    {},
                    event("gen_ai.user.message", event_content=json.dumps(SENT[0])),
                    event("gen_ai.choice", event_content=json.dumps(CHOICE)),
                )
            ],
            id="events with the body as JSON",
        ),
        pytest.param(
            [span({"gen_ai.prompt": json.dumps(SENT), "gen_ai.completion": "yo"})],
            id="attributes of the first conventions",
        ),
        pytest.param(
            [
                span({}),
                record("gen_ai.user.message", {}, json.dumps(SENT[0])),
                record("gen_ai.choice", {}, json.dumps(CHOICE)),
            ],
            id="records with the body as JSON",
        ),
        pytest.param(
            [
                span(
                    {},
                    {
                        "name": DETAILS,
                        "attributes": listed(
                            {
                                "gen_ai.input.messages": json.dumps(SENT),
                                "gen_ai.output.messages": json.dumps(SAID),
                            }
                        ),
                    },
                )
            ],
            id="details on the span",
        ),
    ],
)
def test_the_words_are_found_wherever_they_were_written(values: list[dict[str, Any]]) -> None:
    call = the_call(*values)

    assert [(m.role, m.text) for m in call.input_messages or ()] == [("user", "hi")]
    assert call.output_text == "yo"


@pytest.mark.parametrize("words", ["stop", '["stop"]'])
def test_finish_reasons_may_be_a_text(words: str) -> None:
    assert the_call(span({"gen_ai.response.finish_reasons": words})).finish_reason == "stop"


@pytest.mark.parametrize("ids", [{"traceId": "", "spanId": ""}, dict.fromkeys(IDS, "0" * 16)])
def test_details_that_nobody_traces_are_a_call(ids: dict[str, str]) -> None:
    told = ASKED | {
        "gen_ai.response.id": "chatcmpl-1",
        "gen_ai.response.finish_reasons": "stop",
        "gen_ai.output.messages": json.dumps(SAID),
    }
    call = the_call(record(DETAILS, told, **ids))

    assert (call.key, call.status, call.output_text) == ("resp:chatcmpl-1", "ok", "yo")


def test_kinds_and_codes_may_be_names() -> None:
    asks = {"spanId": "c" * 16, "parentSpanId": "b" * 16, "kind": "SPAN_KIND_CLIENT"}
    status = {"key": "http.response.status_code", "value": {"intValue": "429"}}
    call = the_call(
        span({}, status={"code": "STATUS_CODE_ERROR", "message": "boom"}),
        span({}, **asks, attributes=[status]),
    )

    assert (call.status, call.error_message, call.http_status) == ("error", "boom", 429)
