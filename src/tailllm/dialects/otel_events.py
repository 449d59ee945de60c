"""Messages in a span's own events: how content was written before it became attributes.

gen_ai.user.message, gen_ai.choice, …       one event a message; Azure's libraries write
                                            the body as JSON in `gen_ai.event.content`
gen_ai.content.prompt, .completion          conventions <= 1.27: all of them as JSON
gen_ai.client.inference.operation.details   conventions >= 1.37, on the span itself
"""

from typing import Any

from tailllm.dialects.decode import decode_text
from tailllm.dialects.otel_content import answer, content, joined, message_piece
from tailllm.dialects.otlp import Span, attributes
from tailllm.dialects.values import objects, text
from tailllm.records.part import Fields

_DETAILS = "gen_ai.client.inference.operation.details"
_MOST = 10_000
"""Events of one span; a stream has one for each piece."""


def content_of(span: Span) -> Fields:
    """The messages in a span's events, or in the attributes that held them before events."""
    found = _plain(span.attributes)
    listed = span.raw.get("events")
    if not isinstance(listed, list) or not listed:
        return found
    pieces = []
    for event in objects(listed[:_MOST]):
        name = text(event.get("name")) or ""
        if not name.startswith("gen_ai."):
            continue
        said = attributes(event.get("attributes"))
        found |= content(said) if name == _DETAILS else _plain(said)
        piece = message_piece(name, said)
        if piece is not None:
            pieces.append(piece)
    return found | (joined(pieces, {}) if pieces else {})


def _plain(said: dict[str, Any]) -> Fields:
    """All messages as JSON, or one text, under the names of conventions <= 1.27."""
    found: Fields = {}
    if said.get("gen_ai.prompt"):
        found["input_messages"] = _messages(said["gen_ai.prompt"], "user")
    if said.get("gen_ai.completion"):
        found |= answer(_messages(said["gen_ai.completion"], "assistant"))
    return found


def _messages(value: Any, role: str) -> list[dict[str, Any]]:
    read = decode_text(value) if isinstance(value, str) else value
    listed = objects(read if isinstance(read, list) else [read])
    return [{"role": role} | message for message in listed] or [{"role": role, "content": value}]
