"""A span to parts of calls: what all instrumentations have in common, and the plain one."""

from typing import Any

from tailllm.dialects import terms
from tailllm.dialects.dialect import line_key
from tailllm.dialects.fold import HINT, LIBRARY, SPAN
from tailllm.dialects.otel_content import content
from tailllm.dialects.otel_events import content_of
from tailllm.dialects.otel_fields import call_fields, exception
from tailllm.dialects.otlp import Span, attributes
from tailllm.dialects.span_reader import SpanReader
from tailllm.dialects.values import filled, http_status, text
from tailllm.records.line import Address
from tailllm.records.part import Fields, Part

OPERATIONS = frozenset({"chat", "generate_content", "text_completion", "embeddings"})
_LIBRARIES = ("com.anthropic.sdk.",)
"""Scopes of client libraries that write spans themselves, under an instrumentation's."""
_CLIENT = (3, "3", "SPAN_KIND_CLIENT")
"""The kind of a span that asks another service."""
_CUT: Fields = {"status": "error", "warnings": ["the stream was cut"]}


class Conventions(SpanReader):
    """OpenTelemetry's own GenAI conventions."""

    name = "otel_genai"

    def claims(self, span: Span) -> bool:
        """Every span that no narrower reader wants."""
        return True

    def call(self, span: Span) -> Fields | None:
        """The operation is the sign."""
        if text(span.attributes.get("gen_ai.operation.name")) not in OPERATIONS:
            return None
        found = content(span.attributes)
        if "input_messages" not in found and "output_messages" not in found:
            found |= content_of(span)
        return found | call_fields(span.attributes)


def is_library(span: Span) -> bool:
    """Whether a client library wrote it, beside whoever instruments the application."""
    return span.scope.startswith(_LIBRARIES)


def parts(reader: SpanReader, span: Span, address: Address, place: int) -> list[Part]:
    """The parts of calls in one span."""
    fields = reader.call(span)
    if fields is None:
        return _around(reader, span, address)
    common: Fields = filled(
        start_time=span.start_time,
        latency_ms=span.latency_ms,
        trace_id=span.trace_id,
        span_id=span.span_id,
        host=span.host,
    )
    fields = common | fields
    fields["state"], fields["_rank"], fields["format"] = "done", SPAN, reader.name
    if is_library(span):
        fields["_rank"], fields["_library"] = LIBRARY, True
    if "status" not in fields:
        fields |= outcome(span, fields)
    keys = [span.key or f"{line_key(address)}:{place}"]
    if "response_id" in fields:
        keys.append(f"resp:{fields['response_id']}")
    return [Part(tuple(keys), fields, address, "piece", span.parent)]


def outcome(span: Span, fields: Fields) -> Fields:
    """How the call ended, and what went wrong."""
    if not span.failed and "error_type" not in fields:
        return {"status": "ok"}
    found = terms.error_text(span.message, fields.get("error_type"))
    known = "error_message" in found and "error_type" in found
    event = None if known else span.event("exception")
    if event is not None:
        found = exception(attributes(event.get("attributes"))) | found
    return filled(http_status=fields.get("http_status")) | found | {"status": "error"}


def cut(span: Span, fields: Fields) -> Fields:
    """A stream that ends without a finish reason was cut, though nobody raised."""
    silent = fields.get("stream") and "finish_reason_raw" not in fields
    if not silent or span.failed or "error_type" in fields or not fields.get("output_messages"):
        return {}
    return dict(_CUT)


def _around(reader: SpanReader, span: Span, address: Address) -> list[Part]:
    """What a span that is no call tells of calls around or inside it."""
    found = []
    fields = reader.around(span)
    if span.key and fields:
        fields["trace_id"] = span.trace_id
        found.append(Part((span.key,), fields, address, "outer", span.parent))
    status = http_status(span.attributes.get("http.response.status_code"))
    if span.kind in _CLIENT and span.parent and status:
        hint: dict[str, Any] = {"_status_at": (span.start_time or 0.0, status), "_rank": HINT}
        found.append(Part((span.parent,), hint, address, "evaluation"))
    return found
