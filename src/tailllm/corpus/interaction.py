"""From a logged call to what a case holds: what was asked, and what came back."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from tailllm.corpus.case import CaseMessage, Observed, Tool, ToolUse
from tailllm.records.call import Call, Message, MessagePart

SYSTEM = frozenset({"system", "developer"})
"""Roles of the prompt under test: it is replaced at every run, so it is no part of the case."""
SAMPLING = (
    "temperature",
    "top_p",
    "top_k",
    "max_tokens",
    "max_completion_tokens",
    "stop",
    "stop_sequences",
    "seed",
    "tool_choice",
    "response_format",
    "parallel_tool_calls",
)
"""Parameters of a request that change the answer."""


class Interaction(NamedTuple):
    """A call without its times and places."""

    messages: tuple[CaseMessage, ...]
    tools: tuple[Tool, ...]
    parameters: dict[str, Any]
    observed: Observed
    lacks: tuple[str, ...]
    """What a case cannot hold, such as an image; then it is not the whole request."""


def interaction(call: Call) -> Interaction:
    """What was asked and what came back, from the log's own record of it."""
    asked = call.input_messages or ()
    system = [call.system_instructions] if call.system_instructions else []
    system += [message.text for message in asked if message.role in SYSTEM]
    lacks = {
        part.modality or part.type
        for message in asked
        for part in message.parts
        if part.type not in ("text", "tool_call", "tool_call_response", "reasoning")
    }
    return Interaction(
        tuple(turn for message in asked if message.role not in SYSTEM for turn in _turns(message)),
        tuple(filter(None, map(_tool, call.tool_definitions or ()))),
        _sampling(call.request_params or {}),
        _observed(call, "\n\n".join(system)),
        tuple(sorted(lacks)),
    )


def user_text(messages: Sequence[CaseMessage]) -> str:
    """What people wrote, in order: by this a case is compared with others."""
    return "\n".join(message.content for message in messages if message.role == "user")


def _turns(message: Message) -> Iterator[CaseMessage]:
    """One turn, or one for each tool's answer in it."""
    answers = [part for part in message.parts if part.type == "tool_call_response"]
    for part in answers:
        said = part.response if part.response is not None else part.content
        yield CaseMessage(role="tool", content=_json(said), tool_call_id=part.id)
    uses = tuple(
        _use(part.id, part.name, part.arguments)
        for part in message.parts
        if part.type == "tool_call"
    )
    text = "".join(map(_words, message.parts))
    if text or uses or not answers:
        yield CaseMessage(role=message.role, content=text, name=message.name, tool_calls=uses)


def _words(part: MessagePart) -> str:
    if part.type == "text":
        return _plain(part.content or "")
    if part.type in ("tool_call", "tool_call_response", "reasoning"):
        return ""
    return f"[{part.modality or part.type} {part.mime_type or ''}]".replace(" ]", "]")


def _observed(call: Call, system: str) -> Observed:
    return Observed(
        model=call.response_model or call.request_model,
        prompt_name=call.prompt_name,
        prompt_version=call.prompt_version,
        finish_reason=call.finish_reason,
        latency_ms=call.latency_ms,
        failed=tuple(dict.fromkeys(v.name for v in call.evaluations if v.outcome == "failed")),
        content=_plain(_answer(call)),
        tool_calls=tuple(_use(tool.id, tool.name, tool.arguments) for tool in call.tool_calls),
        system=_plain(system) or None,
    )


def _answer(call: Call) -> str:
    if call.output_text is not None:
        return call.output_text
    said = "".join(message.text for message in call.output_messages or ())
    return said or call.refusal or ""


def _sampling(params: Mapping[str, Any]) -> dict[str, Any]:
    """Those that TOML can hold: it has no null."""
    known = {name: params.get(name) for name in SAMPLING}
    return {name: value for name, value in known.items() if _fits(value)}


def _fits(value: Any) -> bool:
    if isinstance(value, dict):
        return all(isinstance(name, str) and _fits(inner) for name, inner in value.items())
    if isinstance(value, list | tuple):
        return all(map(_fits, value))
    return isinstance(value, str | bool | int | float)


def _tool(definition: Any) -> Tool | None:
    """A tool in the forms of OpenAI and Anthropic."""
    if not isinstance(definition, Mapping):
        return None
    inner = definition.get("function")
    found = inner if isinstance(inner, Mapping) else definition
    schema = spelled_out(found.get("parameters") or found.get("input_schema") or {})
    return Tool(
        name=_plain(str(found.get("name") or definition.get("type") or "-")),
        description=_plain(str(found["description"])) if found.get("description") else None,
        parameters=schema if isinstance(schema, dict) and _fits(schema) else json.dumps(schema),
    )


def _use(id_: str | None, name: str | None, arguments: Any) -> ToolUse:
    return ToolUse(id=id_, name=_plain(name or "-"), arguments=_json(arguments) or "{}")


def _json(value: Any) -> str:
    if isinstance(value, str):
        return _plain(value)
    return "" if value is None else json.dumps(value, ensure_ascii=True)


def spelled_out(value: Any) -> Any:
    """`value` with halves of surrogate pairs spelled out: no file of UTF-8 can hold one."""
    if isinstance(value, str):
        return _plain(value)
    if isinstance(value, Mapping):
        return {_plain(str(name)): spelled_out(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [spelled_out(inner) for inner in value]
    return value


def _plain(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
