"""Messages as OpenInference spreads them, to the wire's shape."""

from typing import Any

from tailllm.dialects.indexed import numbered
from tailllm.dialects.values import mapping, string, text


def message(item: dict[str, Any]) -> dict[str, Any]:
    """One `message`: its role, its text or parts, the calls it asks for or answers."""
    inner = mapping(item.get("message"))
    role = text(inner.get("role")) or "unknown"
    calls = [_call(call) for call in numbered(inner.get("tool_calls"))]
    parts = [_part(part) for part in numbered(inner.get("contents"))]
    known = {call["id"] for call in calls}
    parts = [part for part in parts if part["type"] != "tool_call" or part["id"] not in known]
    content: Any = inner.get("content")
    if parts:
        content = parts if content is None else [{"type": "text", "text": content}, *parts]
    answered = text(inner.get("tool_call_id"))
    if answered:
        answer = {"type": "tool_call_response", "id": answered, "response": content}
        return {"role": role, "content": [answer], "name": inner.get("name")}
    return {"role": role, "content": content} | ({"tool_calls": calls} if calls else {})


def _call(item: dict[str, Any]) -> dict[str, Any]:
    asked = mapping(item.get("tool_call"))
    function = mapping(asked.get("function"))
    return {
        "type": "tool_call",
        "id": text(asked.get("id")),
        "name": text(function.get("name")),
        "arguments": function.get("arguments"),
    }


def _part(item: dict[str, Any]) -> dict[str, Any]:
    if "tool_call" in item:
        return _call(item)
    inner = mapping(item.get("message_content"))
    kind = text(inner.get("type")) or "unknown"
    if kind == "text":
        return {"type": "text", "text": string(inner.get("text"))}
    if kind == "reasoning":
        return {"type": "reasoning", "content": string(inner.get("text"))}
    if kind in ("image", "audio"):
        url = mapping(mapping(inner.get(kind)).get(kind)).get("url")
        return {"type": "uri", "uri": url, "modality": kind}
    return {"type": kind, "content": string(inner.get("text"))}
