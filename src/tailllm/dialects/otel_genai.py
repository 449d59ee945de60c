"""OpenTelemetry's GenAI conventions in OTLP JSON lines, current and down to 1.36.

Calls are spans of the operations chat, generate_content, text_completion and embeddings.
Records with the same trace and span id add to them: the details event, one event per
message (<= 1.36), exceptions, evaluations. Spans of agents, tools and requests around a
call tell whose it was. The HTTP span inside a call tells its status.

Source:
    open-telemetry/semantic-conventions docs/gen-ai, v1.41.1 and v1.36.0.
"""

from typing import Any

from tailllm.dialects import otlp, terms
from tailllm.dialects.dialect import Dialect, line_key
from tailllm.dialects.fold import EVENT, HINT, LIBRARY, SPAN
from tailllm.dialects.otel_content import content, joined
from tailllm.dialects.otel_fields import call_fields, exception, outer_fields
from tailllm.dialects.values import count, filled, http_status, mapping, number, text
from tailllm.records.line import Address
from tailllm.records.part import Fields, Part

OPERATIONS = frozenset({"chat", "generate_content", "text_completion", "embeddings"})
_LIBRARIES = ("com.anthropic.sdk.",)
"""Scopes of client libraries that write spans themselves, under an instrumentation's."""
_DETAILS = "gen_ai.client.inference.operation.details"
_EVALUATION = "gen_ai.evaluation.result"
_EXCEPTION = "gen_ai.client.operation.exception"
_ROLES = {
    "gen_ai.system.message": "system",
    "gen_ai.user.message": "user",
    "gen_ai.assistant.message": "assistant",
    "gen_ai.tool.message": "tool",
}
_CHOICE = "gen_ai.choice"
_CLIENT = 3
"""The kind of a span that asks another service."""


class OTelGenAI(Dialect):
    """Export requests with spans and records of model calls."""

    name = "otel_genai"

    def claims(self, value: dict[str, Any]) -> bool:
        """Any export request; what is no call in it says so."""
        return otlp.is_export(value)

    def read(self, value: dict[str, Any], address: Address) -> list[Part] | str:
        """All parts of calls in one export request."""
        parts = []
        for place, span in enumerate(otlp.spans(value)):
            parts += self._span(span, address, place)
        for record in otlp.records(value):
            parts += self._record(record, address)
        if parts:
            return parts
        return "metrics, no calls in them" if "resourceMetrics" in value else "spans of no call"

    def _span(self, span: otlp.Span, address: Address, place: int) -> list[Part]:
        operation = text(span.attributes.get("gen_ai.operation.name"))
        if operation not in OPERATIONS:
            return _around(span, address)
        fields = content(span.attributes) | call_fields(span.attributes)
        library = span.scope.startswith(_LIBRARIES)
        fields |= filled(
            start_time=span.start_time,
            latency_ms=span.latency_ms,
            trace_id=span.trace_id,
            span_id=span.span_id,
            state="done",
            _library=library or None,
            _rank=LIBRARY if library else SPAN,
            format=self.name,
        )
        fields |= _outcome(span, fields)
        keys = [span.key or f"{line_key(address)}:{place}"]
        if "response_id" in fields:
            keys.append(f"resp:{fields['response_id']}")
        return [Part(tuple(keys), fields, address, "piece", span.parent)]

    def _record(self, record: otlp.Record, address: Address) -> list[Part]:
        if record.event == _EVALUATION:
            return _evaluation(record, address)
        if record.key is None or not record.event.startswith("gen_ai."):
            return []
        fields = self._event(record)
        if fields is None:
            return []
        fields |= filled(
            trace_id=record.trace_id, span_id=record.span_id, format=self.name, _rank=EVENT
        )
        return [Part((record.key,), fields, address, "piece")]

    def _event(self, record: otlp.Record) -> Fields | None:
        attributes = record.attributes
        if record.event == _DETAILS:
            if text(attributes.get("gen_ai.operation.name")) not in OPERATIONS:
                return None
            fields = content(attributes) | call_fields(attributes)
            over = "finish_reason_raw" in fields or "error_type" in fields
            return fields | ({"state": "done"} if over else {})
        if record.event == _EXCEPTION:
            return exception(attributes)
        role = _ROLES.get(record.event)
        if role is None and record.event != _CHOICE:
            return None
        body = mapping(record.body)
        piece: dict[str, Any] = {"message": {"role": role} | body}
        if role is None:
            piece = {
                "message": body.get("message"),
                "index": count(body.get("index")) or 0,
                "finish_reason": body.get("finish_reason"),
            }
        return call_fields(attributes) | {"_pieces": [(record.order, piece)], "_join": joined}


def _outcome(span: otlp.Span, fields: Fields) -> Fields:
    if not span.failed and "error_type" not in fields:
        return {"status": "ok"}
    found = terms.error_text(span.message, fields.get("error_type"))
    for name, attributes in span.events() if "error_message" not in found else ():
        if name == "exception":
            found = exception(attributes) | found
    return filled(http_status=fields.get("http_status")) | found | {"status": "error"}


def _around(span: otlp.Span, address: Address) -> list[Part]:
    """What a span that is no call tells of calls around or inside it."""
    found = []
    fields = outer_fields(span.attributes)
    if span.key and fields:
        fields["trace_id"] = span.trace_id
        found.append(Part((span.key,), fields, address, "outer", span.parent))
    status = http_status(span.attributes.get("http.response.status_code"))
    if span.kind == _CLIENT and span.parent and status:
        hint: Fields = {"_status_at": (span.start_time or 0.0, status), "_rank": HINT}
        found.append(Part((span.parent,), hint, address, "evaluation"))
    return found


def _evaluation(record: otlp.Record, address: Address) -> list[Part]:
    attributes = record.attributes
    response_id = text(attributes.get("gen_ai.response.id"))
    keys = [key for key in (record.key, f"resp:{response_id}" if response_id else None) if key]
    if not keys:
        return []
    label = attributes.get("gen_ai.evaluation.score.label")
    verdict = {
        "name": text(attributes.get("gen_ai.evaluation.name")) or "evaluation",
        "passed": terms.passed(label),
        "label": text(label),
        "score": number(attributes.get("gen_ai.evaluation.score.value")),
        "explanation": text(attributes.get("gen_ai.evaluation.explanation")),
    }
    fields: Fields = {"evaluations": [verdict], "_rank": HINT}
    return [Part(tuple(keys), fields, address, "evaluation")]
