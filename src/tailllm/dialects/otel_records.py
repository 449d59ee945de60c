"""Log records of the GenAI conventions: details, messages <= 1.36, exceptions, verdicts."""

from typing import Any

from tailllm.dialects import terms
from tailllm.dialects.fold import EVENT, HINT
from tailllm.dialects.otel_content import content, joined
from tailllm.dialects.otel_fields import call_fields, exception
from tailllm.dialects.otel_spans import OPERATIONS, Conventions
from tailllm.dialects.otlp import Record
from tailllm.dialects.values import count, filled, mapping, number, text
from tailllm.records.line import Address
from tailllm.records.part import Fields, Part

_NAME = Conventions.name
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


def parts(record: Record, address: Address) -> list[Part]:
    """The parts of calls in one record; it belongs to its span."""
    if record.event == _EVALUATION:
        return _evaluation(record, address)
    if record.key is None or not record.event.startswith("gen_ai."):
        return []
    fields = _event(record)
    if fields is None:
        return []
    fields |= filled(trace_id=record.trace_id, span_id=record.span_id, format=_NAME, _rank=EVENT)
    return [Part((record.key,), fields, address, "piece")]


def _event(record: Record) -> Fields | None:
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


def _evaluation(record: Record, address: Address) -> list[Part]:
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
