"""Images, sound and files in messages: their kind and size, never their bytes.

Each function reads one part of a message to a dict of `records.call.MessagePart`.
"""

import re
from typing import Any

from tailllm.dialects.values import mapping, string, text

_BYTES = re.compile(r"data:([\w/+.-]{1,100});base64,|[A-Za-z0-9+/_-]{256}", re.ASCII)
"""How base64 begins; no text goes on so long without a space."""
_DEEPEST = 20


def image(part: dict[str, Any]) -> dict[str, Any]:
    """An image by kind and size only; its bytes are nothing to read."""
    source = mapping(part.get("source"))
    if source:
        return _inline(source.get("data") or source.get("url"), source.get("media_type"), "image")
    url = part.get("image_url")
    return _inline(url.get("url") if isinstance(url, dict) else url, None, "image")


def document(part: dict[str, Any]) -> dict[str, Any]:
    """A file by name, kind and size; a text file is its text."""
    source = mapping(part.get("source"))
    if source.get("type") == "text":
        return {"type": "text", "content": string(source.get("data"))}
    data = source.get("data") or source.get("url") or text(source.get("file_id"))
    return _inline(data, source.get("media_type"), "document") | {"name": text(part.get("title"))}


def blob(part: dict[str, Any]) -> dict[str, Any]:
    """OpenTelemetry's data in place."""
    return _inline(part.get("content"), part.get("mime_type"), part.get("modality")) | {
        "type": "blob"
    }


def uri(part: dict[str, Any]) -> dict[str, Any]:
    """OpenTelemetry's data elsewhere."""
    found = _inline(part.get("uri"), part.get("mime_type"), part.get("modality"))
    return found if found["type"] == "uri" else found | {"uri": None}


def audio(part: dict[str, Any]) -> dict[str, Any]:
    """Sound in place."""
    inner = mapping(part.get("input_audio"))
    kind = text(inner.get("format"))
    return _inline(inner.get("data"), f"audio/{kind}" if kind else None, "audio") | {"type": "blob"}


def slim(value: Any, depth: int = 0) -> Any:
    """A value of no known shape without the bytes of files: their kind and size instead."""
    if depth > _DEEPEST:
        return value
    if isinstance(value, str):
        match = _BYTES.match(value)
        return f"{match[1] or 'data'}, {len(value)} characters" if match else value
    if isinstance(value, list):
        return [slim(item, depth + 1) for item in value]
    if isinstance(value, dict):
        return {name: slim(item, depth + 1) for name, item in value.items()}
    return value


def _inline(data: Any, mime_type: Any, modality: Any) -> dict[str, Any]:
    data = string(data) or ""
    found = {"type": "blob", "mime_type": text(mime_type), "modality": text(modality)}
    if data.startswith("data:"):
        head, _, data = data.partition(",")
        found["mime_type"] = head[5:].partition(";")[0] or found["mime_type"]
    elif "://" in data[:40] or not data:
        return found | {"type": "uri", "uri": data or None}
    return found | {"size": len(data)}
