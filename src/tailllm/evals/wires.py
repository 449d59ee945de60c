"""A case in the form that a provider wants it: OpenAI's chat completions, Anthropic's messages."""

import json
from collections.abc import Sequence
from typing import Any

from tailllm.corpus.case import CaseMessage, Tool, ToolUse

Body = dict[str, Any]
MAX_TOKENS = 1024
"""Anthropic wants a limit in every request; this one where neither log nor config gives any."""
SYSTEM = frozenset({"system", "developer"})


def turns(messages: Sequence[CaseMessage]) -> list[Body]:
    """The messages as OpenAI writes them."""
    return [_turn(message) for message in messages]


def openai(
    system: str | None, messages: Sequence[CaseMessage], tools: Sequence[Tool], parameters: Body
) -> Body:
    """The body of a chat completion, without the model's name."""
    head = [] if system is None else [{"role": "system", "content": system}]
    body: Body = {"messages": [*head, *turns(messages)]}
    if tools:
        body["tools"] = [{"type": "function", "function": _function(tool)} for tool in tools]
    return body | {k: v for k, v in parameters.items() if k not in {"stream", "stream_options"}}


def anthropic(
    system: str | None, messages: Sequence[CaseMessage], tools: Sequence[Tool], parameters: Body
) -> Body:
    """The body of a messages request, without the model's name."""
    body: Body = {"max_tokens": MAX_TOKENS}
    body |= {k: v for k, v in parameters.items() if k != "stream"}
    if system is not None:
        body["system"] = system
    body["messages"] = _merged([_blocks(message) for message in messages])
    if tools:
        body["tools"] = [
            _described(tool) | {"input_schema": tool.json_schema or {"type": "object"}}
            for tool in tools
        ]
    return body


def _turn(message: CaseMessage) -> Body:
    turn: Body = {"role": message.role, "content": message.content}
    if message.name is not None:
        turn["name"] = message.name
    if message.tool_call_id is not None:
        turn["tool_call_id"] = message.tool_call_id
    if message.tool_calls:
        turn["tool_calls"] = [_use(use, at) for at, use in enumerate(message.tool_calls)]
        turn["content"] = message.content or None
    return turn


def _use(use: ToolUse, at: int) -> Body:
    function = {"name": use.name, "arguments": use.arguments}
    return {"id": use.id or f"call_{at}", "type": "function", "function": function}


def _function(tool: Tool) -> Body:
    return _described(tool) | {"parameters": tool.json_schema or {"type": "object"}}


def _described(tool: Tool) -> Body:
    about = {} if tool.description is None else {"description": tool.description}
    return {"name": tool.name} | about


def _blocks(message: CaseMessage) -> Body:
    """A tool's answer is a block of the user's turn, a tool's call one of the assistant's."""
    if message.role == "tool":
        result = {"tool_use_id": message.tool_call_id or "call_0", "content": message.content}
        return {"role": "user", "content": [{"type": "tool_result"} | result]}
    if not message.tool_calls:
        return {"role": message.role, "content": message.content}
    said = [{"type": "text", "text": message.content}] if message.content else []
    return {"role": message.role, "content": [*said, *_uses(message.tool_calls)]}


def _uses(uses: Sequence[ToolUse]) -> list[Body]:
    return [
        {"type": "tool_use", "id": use.id or f"call_{at}", "name": use.name, "input": _input(use)}
        for at, use in enumerate(uses)
    ]


def _input(use: ToolUse) -> Any:
    try:
        value = json.loads(use.arguments or "{}")
    except ValueError:
        return {"arguments": use.arguments}
    return value if isinstance(value, dict) else {"arguments": value}


def _merged(messages: list[Body]) -> list[Body]:
    """Answers of several tools belong into one turn."""
    merged: list[Body] = []
    for message in messages:
        before = merged[-1] if merged else {}
        both = isinstance(message["content"], list) and isinstance(before.get("content"), list)
        if both and message["role"] == before["role"]:
            before["content"] = [*before["content"], *message["content"]]
        else:
            merged.append(dict(message))
    return merged
