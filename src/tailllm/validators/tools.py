"""Tool call arguments against the schema the tool was offered with."""

import json
from collections import OrderedDict
from typing import Any

from tailllm.config.specs import ToolArgumentsSpec
from tailllm.records.part import Fields
from tailllm.validators.answer import has_answer
from tailllm.validators.shapes import Compiled, SchemaError, compiled, parse
from tailllm.validators.verdict import PASSED, Judge, Verdict, errored, failed

KEPT = 256
"""Compiled schemas kept; a service offers a few dozen tools."""


def tool_arguments(_spec: ToolArgumentsSpec) -> Judge:
    """Every tool call of an answer; no verdict when there is none or no tools are in the log."""
    schemas = Schemas()

    def judge(call: Fields) -> Verdict | None:
        called = call.get("tool_calls")
        if not called or not has_answer(call):
            return None
        tools = offered(call.get("tool_definitions"))
        if tools is None:
            return None
        verdicts = [_judge_one(tool, tools, schemas) for tool in called]
        return min(verdicts, key=_worst_first)

    return judge


def offered(definitions: Any) -> dict[str, Any] | None:
    """Name → schema of the arguments, from any wire's form of tool definitions.

    Returns:
        None when the log does not say which tools were offered. A tool without a schema
        (one that runs at the provider) has None.

    Source:
        OpenAI chat `{type, function: {name, parameters}}`, Responses and OpenTelemetry
        `{type, name, parameters}`, Anthropic `{name, input_schema}`, Bedrock
        `{toolSpec: {name, inputSchema: {json}}}`.
    """
    if isinstance(definitions, str):
        try:
            definitions = json.loads(definitions)
        except (ValueError, RecursionError):
            return None
    if not isinstance(definitions, list | tuple):
        return None
    tools: dict[str, Any] = {}
    for entry in definitions:
        tool = entry if isinstance(entry, dict) else {}
        tool = tool.get("function") or tool.get("toolSpec") or tool
        if isinstance(tool, dict) and isinstance(tool.get("name"), str):
            tools[tool["name"]] = _schema(tool)
    return tools


class Schemas:
    """Compiled schemas by their text: thousands of calls offer the same few tools."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Compiled | SchemaError] = OrderedDict()

    def get(self, schema: Any) -> Compiled | SchemaError:
        """The compiled schema, or why there is none."""
        text = json.dumps(schema, sort_keys=True)
        if text not in self._kept:
            self._kept[text] = _compiled_or_why(schema)
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(text)
        return self._kept[text]


def _compiled_or_why(schema: Any) -> Compiled | SchemaError:
    try:
        return compiled(schema)
    except SchemaError as error:
        return error


def _schema(tool: dict[str, Any]) -> Any:
    for field in ("parameters", "input_schema", "inputSchema"):
        schema = tool.get(field)
        if isinstance(schema, dict):
            return schema.get("json", schema) if field == "inputSchema" else schema
    return None


def _judge_one(called: Any, tools: dict[str, Any], schemas: Schemas) -> Verdict:
    name = called.get("name") if isinstance(called, dict) else None
    if not isinstance(name, str):
        return errored("the log does not name the tool that was called")
    if name not in tools:
        return failed(f"{name} was not among the tools offered")
    arguments = called.get("arguments")
    if arguments is None:
        return errored(f"the log does not give the arguments of {name}")
    try:
        value = _value(arguments)
    except ValueError as error:
        return failed(f"arguments of {name} are not JSON: {error}")
    if not isinstance(value, dict):
        return failed(f"arguments of {name} are no JSON object")
    return _against(tools[name], value, name, schemas)


def _value(arguments: Any) -> Any:
    """An empty string is how some models call a tool that takes nothing."""
    if not isinstance(arguments, str):
        return arguments
    return parse(arguments) if arguments.strip() else {}


def _against(schema: Any, value: Any, name: str, schemas: Schemas) -> Verdict:
    if schema is None:
        return PASSED
    check = schemas.get(schema)
    if isinstance(check, SchemaError):
        return errored(f"{name}: {check}")
    verdict = check(value)
    return verdict if verdict.passed else verdict._replace(why=f"{name}: {verdict.why}")


def _worst_first(verdict: Verdict) -> int:
    return {False: 0, None: 1, True: 2}[verdict.passed]
