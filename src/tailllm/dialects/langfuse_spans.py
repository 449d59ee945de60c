"""Langfuse's clients from 3 on: OpenTelemetry spans with attributes of their own.

Source:
    langfuse/langfuse-python, _client/attributes.py; the samples in
    tests/dialects/samples/langfuse.
"""

from typing import Any

from tailllm.dialects import house_names, langfuse_body, terms
from tailllm.dialects.decode import decode_text
from tailllm.dialects.otel_content import cut_short, messages_in, opened
from tailllm.dialects.otel_fields import outer_fields
from tailllm.dialects.otel_spans import cut, outcome
from tailllm.dialects.otlp import Span
from tailllm.dialects.span_reader import SpanReader
from tailllm.dialects.values import filled, instant, text
from tailllm.records.part import Fields

_TYPE = "langfuse.observation.type"
_ON = "langfuse.observation."
_FINISH = "langfuse.observation.metadata.finish_reason"
"""Only streams that ended have it."""
_METADATA = ("langfuse.observation.metadata.", "langfuse.trace.metadata.")


class LangfuseSpans(SpanReader):
    """Spans with an observation type; generations are calls."""

    name = "langfuse"

    def claims(self, span: Span) -> bool:
        """The type is the sign."""
        return _TYPE in span.attributes

    def call(self, span: Span) -> Fields | None:
        """A generation."""
        attributes = span.attributes
        if attributes[_TYPE] != "generation":
            return None
        said = _opened(attributes.get(_ON + "output"))
        failed = span.failed or attributes.get(_ON + "level") == "ERROR"
        fields: Fields = {"operation_name": "chat"}
        fields |= (
            _asked(attributes.get(_ON + "input"))
            | langfuse_body.answered(said)
            | langfuse_body.parameters(_opened(attributes.get(_ON + "model.parameters")))
            | langfuse_body.usage(_opened(attributes.get(_ON + "usage_details")))
            | langfuse_body.cost(_opened(attributes.get(_ON + "cost_details")))
        )
        if "usage" not in fields:
            fields.pop("cost", None)
        fields |= langfuse_body.models(attributes.get(_ON + "model.name"), over=said is not None)
        if failed:
            found = terms.error_text(attributes.get(_ON + "status_message"))
            fields |= outcome(span, {}) | found | {"status": "error"}
        fields |= _first_token(span) | _whose(attributes)
        fields |= terms.finish(_opened(attributes.get(_FINISH)))
        return fields | cut(span, fields)

    def around(self, span: Span) -> Fields:
        """The trace's user, session and tags are on all of its spans."""
        return _whose(span.attributes)


def _asked(sent: Any) -> Fields:
    if isinstance(sent, str) and sent[:1] in ("{", "["):
        read = opened(sent)
        if read.cut:
            return {"input_messages": messages_in(read, sent)} | cut_short(_ON + "input")
        return langfuse_body.asked(sent if read.value is None else read.value)
    return langfuse_body.asked(_opened(sent))


def _first_token(span: Span) -> Fields:
    at = instant(_opened(span.attributes.get(_ON + "completion_start_time")))
    if at is None or span.start_time is None:
        return {}
    return {"stream": True, "ttft_ms": max(0.0, (at - span.start_time) * 1000)}


def _whose(attributes: dict[str, Any]) -> Fields:
    say = attributes.get
    found: Fields = {}
    for prefix in _METADATA:
        found |= house_names.named(attributes, prefix)
    found |= outer_fields(attributes)
    return found | filled(
        tags=say("langfuse.trace.tags"),
        prompt_name=text(say(_ON + "prompt.name")),
        prompt_version=text(say(_ON + "prompt.version")),
    )


def _opened(value: Any) -> Any:
    """JSON in a string; text that is none stays what it is."""
    if not isinstance(value, str) or value[:1] not in ("{", "[", '"'):
        return value
    opened = decode_text(value)
    return value if opened is None else opened
