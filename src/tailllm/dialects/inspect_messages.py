"""Messages of inspect_ai, in place or out of the pool of their sample."""

from typing import Any

from tailllm.dialects.values import count, mapping, objects, string, text

_ATTACHMENT = "attachment://"


def sent(event: dict[str, Any], sample: dict[str, Any]) -> list[dict[str, Any]]:
    """What a model event's model saw; nothing where only references are left."""
    given = event.get("input")
    if isinstance(given, list) and given:
        return [message(mapping(one), sample) for one in given]
    pool = mapping(sample.get("events_data")).get("messages")
    found: list[dict[str, Any]] = []
    for span in _spans(event.get("input_refs"), pool):
        found += [message(mapping(one), sample) for one in span]
    return found


def _spans(refs: Any, pool: Any) -> list[list[Any]]:
    """Slices of the pool: [[start, end], …]."""
    if not isinstance(refs, list) or not isinstance(pool, list):
        return []
    pairs = [ref for ref in refs if isinstance(ref, list) and len(ref) == 2]
    bounds = [(count(ref[0]), count(ref[1])) for ref in pairs]
    return [pool[start:end] for start, end in bounds if start is not None and end is not None]


def message(wire: dict[str, Any], sample: dict[str, Any]) -> dict[str, Any]:
    """A message in chat completions' form, attachments put back in place."""
    attachments = mapping(sample.get("attachments"))
    found: dict[str, Any] = {
        "role": text(wire.get("role")) or "unknown",
        "content": _content(wire.get("content"), attachments),
    }
    calls = [_call(call) for call in objects(wire.get("tool_calls"))]
    if calls:
        found["tool_calls"] = calls
    if wire.get("tool_call_id"):
        found["tool_call_id"] = wire["tool_call_id"]
    refused = [part for part in objects(wire.get("content")) if part.get("refusal") is True]
    if refused and text(refused[0].get("text")):
        found |= {"refusal": refused[0]["text"], "content": None}
    return found


def _call(call: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": call.get("id"),
        "name": text(call.get("function")),
        "arguments": call.get("arguments"),
    }


def _content(content: Any, attachments: dict[str, Any]) -> Any:
    if isinstance(content, str):
        return _restored(content, attachments)
    if not isinstance(content, list):
        return None
    return [_part(mapping(part), attachments) for part in content]


def _part(part: dict[str, Any], attachments: dict[str, Any]) -> dict[str, Any]:
    kind = text(part.get("type"))
    if kind == "image":
        return {"type": "image_url", "image_url": _restored(part.get("image"), attachments)}
    if kind == "reasoning":
        thought = string(part.get("reasoning")) or string(part.get("summary"))
        return {"type": "reasoning", "content": thought}
    if kind == "text":
        return {"type": "text", "text": _restored(part.get("text"), attachments)}
    return part


def _restored(value: Any, attachments: dict[str, Any]) -> Any:
    """Long texts are kept once a sample, under the hash of what they say."""
    if isinstance(value, str) and value.startswith(_ATTACHMENT):
        return attachments.get(value.removeprefix(_ATTACHMENT), value)
    return value
