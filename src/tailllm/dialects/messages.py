"""Messages as the wire had them, and the canonical form: OpenTelemetry's message parts.

Wire shapes read here: OpenAI (`content` a string, null or a list of parts, `tool_calls`),
Anthropic blocks (`tool_use`, `tool_result`, `thinking`, `image`) and OTel (`parts`).
"""

from collections.abc import Iterable, Iterator
from typing import Any

from tailllm.dialects import media
from tailllm.dialects.values import mapping, objects, string, text

_TEXT_TYPES = frozenset({"text", "input_text", "output_text"})


def content_text(content: Any) -> str | None:
    """The text of a message's content; None when it has none."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return None
    found = [part for part in map(_part_text, content) if part is not None]
    return "".join(found) if found else None


def _part_text(part: Any) -> str | None:
    if isinstance(part, str):
        return part
    if not isinstance(part, dict) or text(part.get("type")) not in _TEXT_TYPES:
        return None
    for name in ("text", "content"):
        if isinstance(part.get(name), str):
            return str(part[name])
    return None


def message_text(message: Any) -> str | None:
    """The text of one message, of whatever shape."""
    if not isinstance(message, dict):
        return string(message)
    found = content_text(message["parts"] if "parts" in message else message.get("content"))
    return transcript(message) if found is None else found


def transcript(message: dict[str, Any]) -> str | None:
    """What a message says aloud."""
    return text(mapping(message.get("audio")).get("transcript"))


def last_user_text(messages: Any) -> str | None:
    """What the user said last; tool results under the user's role are none of it."""
    if isinstance(messages, str):
        return messages
    for message in reversed(messages if isinstance(messages, list) else []):
        if isinstance(message, dict) and message.get("role") == "user":
            found = message_text(message)
            if found is not None:
                return found
    return None


def system_text(messages: Any, instructions: Any = None) -> str | None:
    """The instructions: kept apart, or the first system or developer message."""
    if isinstance(instructions, str) and instructions:
        return instructions
    for message in messages if isinstance(messages, list) else ():
        if isinstance(message, dict) and message.get("role") in ("system", "developer"):
            return message_text(message)
    return None


def tool_calls(message: Any) -> list[dict[str, Any]]:
    """The functions a message asks for, as {id, name, arguments}."""
    return asked(parts(message))


def asked(found: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The tool calls among a message's parts."""
    return [
        {name: part.get(name) for name in ("id", "name", "arguments")}
        for part in found
        if part["type"] == "tool_call"
    ]


def refusal(message: Any) -> str | None:
    """The text of a refusal, where the wire says that it is one."""
    return next((part["content"] for part in parts(message) if part["type"] == "refusal"), None)


def canonical(messages: Any) -> list[dict[str, Any]] | None:
    """Messages as dicts of `records.call.Message`; None when there are none."""
    if isinstance(messages, str):
        messages = [{"role": "user", "content": messages}]
    if not isinstance(messages, list):
        return None
    return [_message(message) for message in messages]


def _message(message: Any) -> dict[str, Any]:
    if not isinstance(message, dict):
        return {"role": "unknown", "parts": [_unknown(message)]}
    return {
        "role": text(message.get("role")) or "unknown",
        "parts": list(parts(message)),
        "name": text(message.get("name")),
        "finish_reason": text(message.get("finish_reason")),
    }


def parts(message: Any) -> Iterator[dict[str, Any]]:
    """The pieces of one wire message as dicts of `records.call.MessagePart`."""
    message = mapping(message)
    if "parts" in message:
        yield from (_part(part) for part in _listed(message["parts"]))
        return
    thought = message.get("reasoning_content") or message.get("reasoning")
    if isinstance(thought, str) and thought:
        yield {"type": "reasoning", "content": thought}
    spoken = transcript(message)
    if spoken:
        yield {"type": "text", "content": spoken}
    answer = message.get("role") == "tool"
    for part in _listed(message.get("content")):
        found = _part(part)
        if answer and found["type"] == "text":
            found = {"type": "tool_call_response", "response": found.get("content")}
        if answer:
            found["id"] = text(message.get("tool_call_id")) or text(message.get("id"))
        yield found
    if isinstance(message.get("refusal"), str):
        yield {"type": "refusal", "content": message["refusal"]}
    yield from _asked(message)


def _asked(message: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for call in objects(message.get("tool_calls")):
        function = mapping(call.get("function")) or mapping(call.get("custom")) or call
        yield {
            "type": "tool_call",
            "id": text(call.get("id")),
            "name": text(function.get("name")),
            "arguments": function.get("arguments", function.get("input")),
        }
    legacy = mapping(message.get("function_call"))
    if legacy:
        yield {
            "type": "tool_call",
            "name": text(legacy.get("name")),
            "arguments": legacy.get("arguments"),
        }


def _listed(content: Any) -> list[Any]:
    if content is None:
        return []
    return content if isinstance(content, list) else [content]


def _part(part: Any) -> dict[str, Any]:
    if isinstance(part, str):
        return {"type": "text", "content": part}
    if not isinstance(part, dict):
        return _unknown(part)
    kind = text(part.get("type")) or "unknown"
    if kind in _TEXT_TYPES:
        return {"type": "text", "content": _part_text(part)}
    reader = _READERS.get(kind)
    return reader(part) if reader else _other(kind, part)


def _other(kind: str, part: dict[str, Any]) -> dict[str, Any]:
    """A kind that nobody described: what it holds, as it is."""
    if kind.endswith("_tool_result"):
        return _tool_answer(part)
    found = {"type": kind, "content": string(part.get("content"))}
    if found["content"] is not None:
        return found | {"response": part.get("response")}
    held = {name: value for name, value in part.items() if name != "type" and value is not None}
    return found | {"response": media.slim(part.get("response", held or None))}


def _unknown(value: Any) -> dict[str, Any]:
    return {"type": "unknown", "response": value}


def _tool_call(part: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "tool_call",
        "id": text(part.get("id")),
        "name": text(part.get("name")),
        "arguments": part.get("arguments", part.get("input")),
    }


def _tool_answer(part: dict[str, Any]) -> dict[str, Any]:
    answer = next((part[name] for name in ("response", "result", "content") if name in part), None)
    return {
        "type": "tool_call_response",
        "id": text(part.get("id")) or text(part.get("tool_use_id")),
        "response": _results(answer) if isinstance(answer, list) else media.slim(answer),
    }


def _results(answer: list[Any]) -> Any:
    """A tool's answer is text, unless it shows something."""
    found = [_part(part) for part in answer]
    if all(part["type"] == "text" for part in found):
        return content_text(answer)
    return found


def _server_tool(part: dict[str, Any]) -> dict[str, Any]:
    """A tool that the provider runs itself: nobody has to answer it."""
    return _tool_call(part) | {"type": "server_tool_call"}


def _hidden_thought(part: dict[str, Any]) -> dict[str, Any]:
    return {"type": "reasoning", "size": len(string(part.get("data")) or "")}


def _thought(part: dict[str, Any]) -> dict[str, Any]:
    said = string(part.get("content"))
    return {"type": "reasoning", "content": said if said is not None else part.get("thinking")}


def _refusal(part: dict[str, Any]) -> dict[str, Any]:
    return {"type": "refusal", "content": part.get("refusal", part.get("content"))}


_READERS = {
    "tool_call": _tool_call,
    "tool_use": _tool_call,
    "tool_call_response": _tool_answer,
    "tool_result": _tool_answer,
    "reasoning": _thought,
    "thinking": _thought,
    "redacted_thinking": _hidden_thought,
    "server_tool_use": _server_tool,
    "mcp_tool_use": _server_tool,
    "document": media.document,
    "refusal": _refusal,
    "image_url": media.image,
    "input_image": media.image,
    "image": media.image,
    "input_audio": media.audio,
    "blob": media.blob,
    "uri": media.uri,
}
