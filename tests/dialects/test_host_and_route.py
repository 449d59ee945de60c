"""Which machine made a call and for which endpoint of the service, wherever a log says it."""

import json
from typing import Any

import pytest

from tailllm.records.call import Call
from tests.dialects.reading import raw_lines, read

CALL = {"model": "m", "messages": [{"role": "user", "content": "q"}], "output": "a"}
NATIVE = {"tailllm": 1, "ts": 1_795_348_800, "model": "m", "output": "a"}


def only(line: dict[str, Any]) -> Call:
    [call] = read(raw_lines(json.dumps(line).encode() + b"\n")).calls()
    return call


def attributes(known: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"key": name, "value": {"stringValue": said}} for name, said in known.items()]


def otlp(resource: dict[str, str], route: str | None = None, **said: str) -> dict[str, Any]:
    """A call inside the span of the request that needed it."""
    asked = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "m"} | said
    call = {"traceId": "t", "spanId": "c", "parentSpanId": "r", "attributes": attributes(asked)}
    request = {"traceId": "t", "spanId": "r", "kind": 2, "name": "POST"}
    request["attributes"] = attributes({"http.route": route} if route else {})
    scope = {"scope": {"name": "x"}, "spans": [call, request]}
    return {
        "resourceSpans": [
            {"resource": {"attributes": attributes(resource)}, "scopeSpans": [scope]},
        ]
    }


def wrapped(wrapper: str, host: str) -> dict[str, Any]:
    text = json.dumps(NATIVE)
    if wrapper == "journald":
        return {"MESSAGE": text, "__REALTIME_TIMESTAMP": "1795355846408582", "_HOSTNAME": host}
    shipped = {"log": text + "\n", "stream": "stdout", "time": "2026-11-22T13:57:26Z"}
    return shipped | {"kubernetes": {"host": host, "pod_name": "assist-7f9"}}


@pytest.mark.parametrize(
    "line",
    [
        NATIVE | {"host": "web-3"},
        CALL | {"hostname": "web-3"},
        CALL | {"host": "web-3"},
        CALL | {"host": {"name": "web-3", "ip": ["10.0.0.3"]}},
        {"level": 30, "hostname": "web-3", "msg": "done", "llm": CALL},
        {"host": "not-this", "llm": CALL | {"host": "web-3"}},
        otlp({"host.name": "web-3", "service.instance.id": "1d3e"}),
        otlp({"k8s.node.name": "web-3", "k8s.pod.name": "assist-7f9"}),
        wrapped("journald", "web-3"),
        wrapped("docker", "web-3"),
    ],
)
def test_the_machine_is_known_where_the_log_names_it(line: dict[str, Any]) -> None:
    assert only(line).host == "web-3"


@pytest.mark.parametrize(
    "line",
    [
        NATIVE,
        CALL | {"host": "api.openai.com", "method": "POST"},
        CALL | {"host": "api.openai.com", "url": "https://api.openai.com/v1"},
        otlp({"service.instance.id": "1d3e"}, **{"server.address": "api.openai.com"}),
    ],
)
def test_the_providers_machine_is_not_ours(line: dict[str, Any]) -> None:
    assert only(line).host is None


@pytest.mark.parametrize(
    "line",
    [
        NATIVE | {"route": "/api/chat"},
        CALL | {"route": "/api/chat"},
        CALL | {"metadata": {"feature": "/api/chat"}},
        {"route": "/api/chat", "llm": CALL},
        otlp({}, route="/api/chat"),
        otlp({}, **{"traceloop.workflow.name": "/api/chat"}),
    ],
)
def test_the_endpoint_that_needed_the_call_is_known(line: dict[str, Any]) -> None:
    assert only(line).route == "/api/chat"


def test_a_path_that_may_hold_ids_is_no_endpoint() -> None:
    assert only(CALL | {"path": "/users/7/chat", "url": "/users/7/chat"}).route is None
