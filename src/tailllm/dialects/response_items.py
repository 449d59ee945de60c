"""The items of the Responses API: turns, calls of functions, thoughts, what the server ran.

They become messages in the parts form of OpenTelemetry, which `messages` reads as it is.
"""

from collections.abc import Iterator
from typing import Any

from tailllm.dialects import messages
from tailllm.dialects.values import count, mapping, objects, string, text

_PIECES = {
    "response.output_text.delta": ("content", "content_index", "output_text", "text"),
    "response.refusal.delta": ("content", "content_index", "refusal", "refusal"),
    "response.reasoning_text.delta": ("content", "content_index", "reasoning_text", "text"),
    "response.reasoning_summary_text.delta": ("summary", "summary_index", "summary_text", "text"),
}
"""Event -> the item's list, the place in it, the type of what grows there, its text's name."""
_GROWING = {
    "response.function_call_arguments.delta": "arguments",
    "response.mcp_call_arguments.delta": "arguments",
    "response.custom_tool_call_input.delta": "input",
}
_MOST_PIECES = 10_000
"""Places in one item; a larger index is damage, not content."""
_KNOWN = ("id", "type", "status")


def sent(items: Any) -> Any:
    """The input as messages, one an item; a text stays a text."""
    if not isinstance(items, list):
        return items
    return [item if _turn(item) else _alone(item) for item in items]


def message(items: list[dict[str, Any]]) -> dict[str, Any]:
    """The items of an answer as one message."""
    return {"role": "assistant", "parts": [part for item in items for part in _parts(item)]}


def grow(items: dict[int, dict[str, Any]], event: dict[str, Any]) -> None:
    """Add what one event of a stream says to the items so far."""
    kind = text(event.get("type"))
    index = count(event.get("output_index")) or 0
    if isinstance(event.get("item"), dict):
        items[index] = dict(event["item"])
        return
    delta = event.get("delta")
    if not isinstance(delta, str):
        return
    if kind in _GROWING:
        item = items.setdefault(index, {"type": "function_call"})
        item[_GROWING[kind]] = (string(item.get(_GROWING[kind])) or "") + delta
    elif kind in _PIECES:
        _grow_piece(items.setdefault(index, {"type": "message"}), event, delta)


def _grow_piece(item: dict[str, Any], event: dict[str, Any], delta: str) -> None:
    where, place, kind, name = _PIECES[event["type"]]
    pieces = item[where] = list(objects(item.get(where)))
    index = min(count(event.get(place)) or 0, _MOST_PIECES)
    while len(pieces) <= index:
        pieces.append({"type": kind, name: ""})
    pieces[index] = pieces[index] | {name: (string(pieces[index].get(name)) or "") + delta}


def _turn(item: Any) -> bool:
    """A message as chat completions have them; `type` may be left out."""
    return isinstance(item, dict) and "role" in item and item.get("type", "message") == "message"


def _alone(item: Any) -> dict[str, Any]:
    item = mapping(item)
    kind = text(item.get("type")) or "unknown"
    role = "tool" if kind.endswith("_output") else text(item.get("role")) or "assistant"
    return {"role": role, "parts": list(_parts(item))}


def _parts(item: dict[str, Any]) -> Iterator[Any]:
    kind = text(item.get("type")) or "message"
    if kind == "message":
        yield from objects(item.get("content"))
        if isinstance(item.get("content"), str):
            yield item["content"]
    elif kind == "reasoning":
        yield from _thought(item)
    elif kind.endswith("_output"):
        yield {"type": "tool_call_response", "id": item.get("call_id"), "response": _said(item)}
    elif "name" in item and ("arguments" in item or "input" in item):
        yield _asked(item)
        if item.get("output") is not None:
            yield {"type": "tool_call_response", "id": item.get("id"), "response": _said(item)}
    else:
        yield _run(kind, item)


def _run(kind: str, item: dict[str, Any]) -> dict[str, Any]:
    """What the server ran by itself: a search, a piece of code, a picture."""
    if kind == "image_generation_call":
        return {"type": "blob", "content": item.get("result"), "modality": "image"}
    rest = {name: value for name, value in item.items() if name not in _KNOWN}
    return {"type": kind, "response": rest or None}


def _asked(item: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "tool_call",
        "id": text(item.get("call_id")) or text(item.get("id")),
        "name": item.get("name"),
        "arguments": item.get("arguments", item.get("input")),
    }


def _said(item: dict[str, Any]) -> Any:
    said = item.get("output")
    return messages.content_text(said) if isinstance(said, list) else said


def _thought(item: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The thought itself where it was given, else its summary; often neither is."""
    for name in ("content", "summary"):
        said = [text(piece.get("text")) or "" for piece in objects(item.get(name))]
        if any(said):
            yield {"type": "reasoning", "content": "\n\n".join(said)}
            return
