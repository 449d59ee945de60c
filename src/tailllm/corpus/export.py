"""Cases for other tools: one JSON object a line with `id`, `input`, `target`, `metadata`.

Inspect's `json_dataset` reads it without a mapping; most others need one line of code.
"""

import json
from typing import Any

from tailllm.corpus.case import Case, CaseMessage, ToolUse


def sample(case: Case) -> dict[str, Any]:
    """One case as others call it a sample."""
    return {
        "id": case.id,
        "input": [_message(message) for message in case.messages],
        "target": _target(case),
        "metadata": _metadata(case),
    }


def _message(message: CaseMessage) -> dict[str, Any]:
    """A turn in the form of Inspect's chat messages."""
    found: dict[str, Any] = {"role": message.role, "content": message.content}
    if message.tool_call_id:
        found["tool_call_id"] = message.tool_call_id
    if message.tool_calls:
        found["tool_calls"] = [_use(use) for use in message.tool_calls]
    return found


def _use(use: ToolUse) -> dict[str, Any]:
    try:
        arguments = json.loads(use.arguments)
    except ValueError:
        arguments = None
    broken = {} if isinstance(arguments, dict) else {"parse_error": use.arguments}
    return {
        "id": use.id or "",
        "type": "function",
        "function": use.name,
        "arguments": arguments if isinstance(arguments, dict) else {},
    } | broken


def _target(case: Case) -> str:
    """What a grader of one text would look for: the first text that is expected in words."""
    for expect in case.expect:
        given = expect.parameters
        if expect.type in ("equals", "contains", "starts_with") and given.get("value"):
            return str(given["value"])
        if expect.type == "rubric":
            return str(given.get("text", ""))
    return ""


def _metadata(case: Case) -> dict[str, Any]:
    """Everything else, as it stands in the file."""
    whole = case.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude_none=True)
    return {name: value for name, value in whole.items() if name not in ("id", "messages")}
