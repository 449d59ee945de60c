"""The AI SDK of Vercel: spans of its own telemetry.

`ai.generateText` and its siblings stand around one or more `.doGenerate` or `.doStream`
spans, one for each request, retries too; only those are calls.

Source:
    vercel/ai, packages/ai/src/telemetry; the samples in tests/dialects/samples/vercel_ai_sdk.
"""

from typing import Any

from tailllm.dialects import house_names, messages, terms
from tailllm.dialects.decode import decode_text
from tailllm.dialects.otel_content import cut_short, messages_in, opened
from tailllm.dialects.otel_fields import call_fields, outer_fields
from tailllm.dialects.otlp import Span
from tailllm.dialects.span_reader import SpanReader
from tailllm.dialects.values import count, duration, filled, first, mapping, objects, string, text
from tailllm.records.part import Fields

_METADATA = "ai.telemetry.metadata."
_SENT = "ai.prompt.messages"
_USAGE = (
    ("input_tokens", ("ai.usage.inputTokens", "ai.usage.promptTokens")),
    ("output_tokens", ("ai.usage.outputTokens", "ai.usage.completionTokens")),
    (
        "cache_read_input_tokens",
        ("ai.usage.cachedInputTokens", "ai.usage.inputTokenDetails.cacheReadTokens"),
    ),
    ("cache_creation_input_tokens", ("ai.usage.inputTokenDetails.cacheWriteTokens",)),
    (
        "reasoning_output_tokens",
        ("ai.usage.reasoningTokens", "ai.usage.outputTokenDetails.reasoningTokens"),
    ),
)
_WORDS = ("ai.response.text", "ai.response.object", "ai.result.text", "ai.result.object")
_ASKED = "tool-call"
_ANSWERED = "tool-result"


class VercelAI(SpanReader):
    """Spans of the scope `ai`."""

    name = "vercel_ai_sdk"

    def claims(self, span: Span) -> bool:
        """Every span of the SDK names its operation."""
        return "ai.operationId" in span.attributes

    def call(self, span: Span) -> Fields | None:
        """One request to a model."""
        attributes = span.attributes
        operation = text(attributes.get("ai.operationId")) or ""
        if not operation.endswith((".doGenerate", ".doStream")):
            return None
        say = attributes.get
        fields = call_fields(attributes) | {"operation_name": "chat"}
        fields["stream"] = operation.endswith(".doStream")
        fields |= filled(
            provider_name=_provider(say("ai.model.provider") or say("gen_ai.system")),
            request_model=text(say("ai.model.id")),
            response_model=text(say("ai.response.model")),
            response_id=text(say("ai.response.id")),
            ttft_ms=duration(say("ai.response.msToFirstChunk")),
            prompt_name=text(say("ai.telemetry.functionId")),
        )
        usage = _usage(attributes)
        if usage:
            fields["usage"] = usage
        fields |= _asked(attributes) | _said(attributes)
        return fields | _whose(attributes)

    def around(self, span: Span) -> Fields:
        """The outer spans carry the application's metadata."""
        return outer_fields(span.attributes) | _whose(span.attributes)


def _whose(attributes: dict[str, Any]) -> Fields:
    return house_names.named(attributes, _METADATA)


def _provider(said: Any) -> str | None:
    """`openai.chat` names the API too."""
    return (text(said) or "").partition(".")[0] or None


def _usage(attributes: dict[str, Any]) -> dict[str, Any]:
    return filled(**{name: count(first(attributes, *names)) for name, names in _USAGE})


def _asked(attributes: dict[str, Any]) -> Fields:
    sent = attributes.get(_SENT)
    fields: Fields = {}
    if sent:
        read = opened(sent)
        fields["input_messages"] = [_message(message) for message in messages_in(read, sent)]
        fields |= cut_short(_SENT) if read.cut else {}
    tools = attributes.get("ai.prompt.tools")
    opened_tools = [
        decode_text(tool) if isinstance(tool, str) else tool
        for tool in (tools if isinstance(tools, list) else ())
    ]
    if opened_tools:
        fields["tool_definitions"] = objects(opened_tools)
    return fields


def _said(attributes: dict[str, Any]) -> Fields:
    say = attributes.get
    words = string(first(attributes, *_WORDS))
    thought = text(say("ai.response.reasoning"))
    asked = first(attributes, "ai.response.toolCalls", "ai.result.toolCalls")
    calls = objects(decode_text(asked) if isinstance(asked, str) else asked)
    finish = text(first(attributes, "ai.response.finishReason", "ai.finishReason"))
    if words is None and not calls and not thought and not finish:
        return {}
    parts: list[dict[str, Any]] = []
    if thought:
        parts.append({"type": "reasoning", "content": thought})
    if words:
        parts.append({"type": "text", "content": words})
    parts += [_part({"type": _ASKED} | call) for call in calls]
    message = {"role": "assistant", "parts": parts} | filled(finish_reason=finish)
    return {
        "output_messages": [message],
        "output_text": words if words is not None or calls else "",
        "tool_calls": messages.tool_calls(message),
    } | terms.finish(finish)


def _message(message: Any) -> Any:
    """A message whose parts have the names that the others have."""
    content = mapping(message).get("content")
    if not isinstance(content, list):
        return message
    return message | {"content": [_part(part) for part in content]}


def _part(part: Any) -> Any:
    kind = mapping(part).get("type")
    reader = _PARTS.get(kind) if isinstance(kind, str) else None
    return reader(part) if reader else part


def _call(part: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "tool_call",
        "id": part.get("toolCallId"),
        "name": part.get("toolName"),
        "arguments": first(part, "input", "args"),
    }


def _result(part: dict[str, Any]) -> dict[str, Any]:
    answer = first(part, "output", "result")
    inner = answer["value"] if isinstance(answer, dict) and "value" in answer else answer
    return {"type": "tool_call_response", "id": part.get("toolCallId"), "response": inner}


def _file(part: dict[str, Any]) -> dict[str, Any]:
    kind = text(first(part, "mediaType", "mimeType"))
    modality = (kind or "").partition("/")[0] or text(part.get("type"))
    data = first(part, "data", "image")
    data = data if isinstance(data, str) else ""
    if "://" in data[:40]:
        return {"type": "uri", "uri": data, "mime_type": kind, "modality": modality}
    return {"type": "blob", "content": data, "mime_type": kind, "modality": modality}


def _thought(part: dict[str, Any]) -> dict[str, Any]:
    return {"type": "reasoning", "content": part.get("text")}


_PARTS = {
    _ASKED: _call,
    _ANSWERED: _result,
    "file": _file,
    "image": _file,
    "reasoning": _thought,
}
