"""Log records of the GenAI conventions: details, messages <= 1.36, exceptions, verdicts."""

from tailllm.dialects import terms
from tailllm.dialects.dialect import line_key
from tailllm.dialects.fold import EVENT, HINT
from tailllm.dialects.otel_content import content, joined, message_piece
from tailllm.dialects.otel_fields import call_fields, exception
from tailllm.dialects.otel_spans import OPERATIONS, Conventions
from tailllm.dialects.otlp import Record
from tailllm.dialects.values import filled, number, text
from tailllm.records.line import Address
from tailllm.records.part import Fields, Part

_NAME = Conventions.name
_DETAILS = "gen_ai.client.inference.operation.details"
_EVALUATION = "gen_ai.evaluation.result"
_EXCEPTION = "gen_ai.client.operation.exception"


def parts(record: Record, address: Address) -> list[Part]:
    """The parts of calls in one record; it belongs to its span."""
    if record.event == _EVALUATION:
        return _evaluation(record, address)
    if not record.event.startswith("gen_ai."):
        return []
    fields = _event(record)
    if fields is None:
        return []
    fields |= filled(trace_id=record.trace_id, span_id=record.span_id, host=record.host)
    fields |= {"format": _NAME, "_rank": EVENT}
    keys = _names(record, fields, address)
    return [Part(keys, fields, address, "piece")] if keys else []


def _names(record: Record, fields: Fields, address: Address) -> tuple[str, ...]:
    """Its span; where nothing traces, the details are the whole call and tell how it ended."""
    if record.key is not None:
        return (record.key,)
    if record.event != _DETAILS:
        return ()
    if "state" in fields:
        fields["status"] = "error" if "error_type" in fields else "ok"
    response_id = fields.get("response_id")
    return (f"resp:{response_id}" if response_id else f"{line_key(address)}:{record.order}",)


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
    piece = message_piece(record.event, record.body or attributes)
    if piece is None:
        return None
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
