"""Tool call arguments, against the schema in the form of each wire."""

import time
from typing import Any

import pytest

from tests.validators.conftest import Judge
from tests.validators.test_verdicts import ERRORED, FAIL, NONE, PASS, outcome

SCHEMA = {
    "type": "object",
    "properties": {"order_id": {"type": "string"}},
    "required": ["order_id"],
    "additionalProperties": False,
}
WIRES = {
    "openai chat": {"type": "function", "function": {"name": "lookup", "parameters": SCHEMA}},
    "responses": {"type": "function", "name": "lookup", "parameters": SCHEMA},
    "anthropic": {"name": "lookup", "input_schema": SCHEMA},
    "otel": {"type": "function", "name": "lookup", "parameters": SCHEMA},
    "bedrock": {"toolSpec": {"name": "lookup", "inputSchema": {"json": SCHEMA}}},
}


def calling(arguments: Any, name: str = "lookup") -> list[dict[str, Any]]:
    return [{"id": "call_1", "name": name, "arguments": arguments}]


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ('{"order_id": "A-17"}', PASS),
        ({"order_id": "A-17"}, PASS),
        ('{"order_id": 17}', FAIL),
        ({"order": "A-17"}, FAIL),
        ('{"order_id": "A-1', FAIL),
        ('["A-17"]', FAIL),
        ("", FAIL),
        (None, ERRORED),
    ],
)
def test_arguments_must_fit_the_schema_that_was_offered(
    judge: Judge, wire: str, arguments: Any, expected: str
) -> None:
    verdict = judge("tool_arguments", tool_calls=calling(arguments), tool_definitions=[WIRES[wire]])

    assert outcome(verdict) == expected


def test_a_tool_nobody_offered_is_a_failure(judge: Judge) -> None:
    verdict = judge(
        "tool_arguments",
        tool_calls=calling("{}", "delete_account"),
        tool_definitions=[WIRES["otel"]],
    )

    assert verdict is not None
    assert verdict["explanation"] == "delete_account was not among the tools offered"


@pytest.mark.parametrize("definitions", [None, "not json", {}])
def test_without_the_tools_in_the_log_nothing_is_judged(judge: Judge, definitions: Any) -> None:
    verdict = judge("tool_arguments", tool_calls=calling("{}"), tool_definitions=definitions)

    assert outcome(verdict) == NONE


def test_the_worst_of_several_tool_calls_is_the_verdict(judge: Judge) -> None:
    called = [*calling({"order_id": "A"}), *calling(None), *calling("{")]
    verdict = judge("tool_arguments", tool_calls=called, tool_definitions=[WIRES["otel"]])

    assert outcome(verdict) == FAIL


def test_a_tool_without_a_schema_accepts_any_object(judge: Judge) -> None:
    verdict = judge("tool_arguments", tool_calls=calling(""), tool_definitions=[{"name": "lookup"}])

    assert outcome(verdict) == PASS


def branching(levels: int, width: int) -> dict[str, Any]:
    parts: dict[str, Any] = {
        f"a{n}": {"allOf": [{"$ref": f"#/$defs/a{n + 1}"}] * width} for n in range(levels)
    }
    return {"$defs": {**parts, f"a{levels}": {"type": "object"}}, "$ref": "#/$defs/a0"}


@pytest.mark.parametrize(
    "schema",
    [
        {"type": 5},
        {"$ref": "http://127.0.0.1:9/schema"},
        {"$ref": "file:///etc/hostname"},
        branching(levels=12, width=10),
    ],
    ids=["no schema", "network", "file", "explosion"],
)
def test_a_hostile_schema_in_the_log_is_errored_at_once(judge: Judge, schema: Any) -> None:
    tool = {"name": "lookup", "parameters": schema}
    started = time.thread_time()
    verdict = judge("tool_arguments", tool_calls=calling("{}"), tool_definitions=[tool])
    took = time.thread_time() - started

    assert outcome(verdict) == ERRORED
    assert took < 1


def test_a_schema_that_refers_to_itself_works(judge: Judge) -> None:
    schema = {"type": "object", "properties": {"next": {"$ref": "#"}}}
    tool = {"name": "lookup", "parameters": schema}
    verdict = judge(
        "tool_arguments", tool_calls=calling({"next": {"next": 3}}), tool_definitions=[tool]
    )

    assert verdict is not None
    assert verdict["explanation"] == 'lookup: next.next: 3 is not of type "object"'
