"""OpenLLMetry: spans of Traceloop's instrumentations.

Two forms: today's follow OpenTelemetry's conventions, with a few attributes of their own;
those of 2024 spread messages over `gen_ai.prompt.N.*` and `gen_ai.completion.N.*`.

Source:
    traceloop/openllmetry, releases 0.40 and 0.62 of the instrumentations for OpenAI and
    Anthropic; the samples in tests/dialects/samples/openllmetry.
"""

from typing import Any

from tailllm.dialects import house_names
from tailllm.dialects.decode import decode_text
from tailllm.dialects.indexed import numbered, spread
from tailllm.dialects.otel_content import answer, content
from tailllm.dialects.otel_fields import call_fields, outer_fields
from tailllm.dialects.otel_spans import OPERATIONS, cut
from tailllm.dialects.otlp import Span
from tailllm.dialects.span_reader import SpanReader
from tailllm.dialects.values import filled, flag, objects, text
from tailllm.records.part import Fields

_SIGNS = frozenset({"llm.request.type", "llm.is_streaming", "gen_ai.is_streaming"})
_SCOPE = "opentelemetry.instrumentation."
_REQUEST_TYPES = {"chat": "chat", "completion": "text_completion", "embedding": "embeddings"}
_PROMPT, _COMPLETION, _FUNCTION = "gen_ai.prompt.", "gen_ai.completion.", "llm.request.functions."
_ASSOCIATION = "traceloop.association.properties."
_BLOCKS = (
    "text",
    "image",
    "image_url",
    "input_text",
    "input_audio",
    "document",
    "file",
    "tool_use",
    "tool_result",
    "thinking",
)
_CHUNKS = ("gen_ai.content.completion.chunk", "llm.content.completion.chunk")


class OpenLLMetry(SpanReader):
    """Spans of `opentelemetry.instrumentation.openai.v1` and its siblings."""

    name = "openllmetry"

    def claims(self, span: Span) -> bool:
        """Its attributes; a failed call may have none, then its name: `anthropic.chat`."""
        if not _SIGNS.isdisjoint(span.attributes):
            return True
        named = "." in span.name and " " not in span.name
        return span.scope.startswith(_SCOPE) and named and "gen_ai.request.model" in span.attributes

    def call(self, span: Span) -> Fields | None:
        """Both forms alike: what is not there says nothing."""
        attributes = span.attributes
        operation = text(attributes.get("gen_ai.operation.name")) or _REQUEST_TYPES.get(
            text(attributes.get("llm.request.type")) or ""
        )
        if operation not in OPERATIONS:
            return None
        fields = content(attributes) | _spread(attributes) | call_fields(attributes)
        fields["operation_name"] = operation
        if "provider_name" in fields:
            fields["provider_name"] = fields["provider_name"].lower()
        streams = flag(attributes.get("gen_ai.is_streaming", attributes.get("llm.is_streaming")))
        fields |= filled(stream=streams, ttft_ms=_first_chunk(span) if streams else None)
        if "output_messages" in fields and "input_messages" not in fields:
            # A prompt with an image in it is not written down at all.
            fields["content"] = "partial"
        return fields | _whose(attributes) | cut(span, fields)

    def around(self, span: Span) -> Fields:
        """Workflows and tasks carry the associations that the application made."""
        return outer_fields(span.attributes) | _whose(span.attributes)


def _whose(attributes: dict[str, Any]) -> Fields:
    return house_names.named(attributes, _ASSOCIATION)


def _first_chunk(span: Span) -> float | None:
    """There is one event for each chunk of a stream."""
    first = next(filter(None, map(span.event, _CHUNKS)), None)
    return span.until_ms(first) if first else None


def _spread(attributes: dict[str, Any]) -> Fields:
    """The messages and tools of the form of 2024."""
    found = spread(attributes, _PROMPT, _COMPLETION, _FUNCTION)
    if not found:
        return {}
    sent = [_message(item) for item in found.get(_PROMPT, ())]
    tools = [_tool(item) for item in found.get(_FUNCTION, ())]
    said = [_message(item) for item in found.get(_COMPLETION, ())]
    fields: Fields = filled(input_messages=sent or None, tool_definitions=tools or None)
    if any(message.get("role") == "user" and "content" not in message for message in sent):
        # An image, which this form has no place for.
        fields["content"] = "partial"
    return fields | answer(said)


def _message(item: dict[str, Any]) -> dict[str, Any]:
    """An item in the shape of the wire; content that is no plain text is JSON in a string."""
    message = {name: value for name, value in item.items() if not isinstance(value, dict)}
    said = message.get("content")
    if isinstance(said, str) and said.startswith("[{"):
        message["content"] = _blocks(decode_text(said)) or said
    calls = numbered(item.get("tool_calls"))
    return message | ({"tool_calls": calls} if calls else {})


def _blocks(opened: Any) -> list[dict[str, Any]]:
    """The blocks of a message; a user may write JSON of her own."""
    blocks = objects(opened)
    known = all(block.get("type") in _BLOCKS for block in blocks)
    return blocks if known and len(blocks) == len(opened or ()) else []


def _tool(item: dict[str, Any]) -> dict[str, Any]:
    schema = item.get("parameters")
    opened = decode_text(schema) if isinstance(schema, str) else None
    return item | ({"parameters": opened} if opened is not None else {})
