"""MLflow traces: one line a trace, with all of its spans.

Values of attributes are JSON texts. Requests and answers are the provider's own bodies.

Source:
    mlflow/mlflow, entities/trace.py and tracing/constant.py; the samples in
    tests/dialects/samples/mlflow.
"""

from base64 import b64decode
from binascii import Error
from collections.abc import Iterator
from typing import Any

from tailllm.dialects import bodies, house_names, terms
from tailllm.dialects.dialect import Dialect
from tailllm.dialects.fold import HINT
from tailllm.dialects.mlflow_content import answered, asked, opened, streamed, usage
from tailllm.dialects.otel_fields import exception
from tailllm.dialects.otlp import milliseconds, span_key
from tailllm.dialects.values import filled, flag, instant, mapping, number, objects, text
from tailllm.records.line import Address
from tailllm.records.part import Fields, Part

_CALLS = frozenset({"CHAT_MODEL", "LLM"})
_MAKERS = ("openai", "anthropic", "gemini", "bedrock", "groq", "mistral")
"""Providers among the message formats; the others are frameworks."""
_CHUNK = "mlflow.chunk.value"
_HEX_LENGTHS = (16, 32)
_SESSION, _USER = "mlflow.trace.session", "mlflow.trace.user"


class MLflow(Dialect):
    """`{"info": {"trace_id": …}, "data": {"spans": […]}}`."""

    name = "mlflow"

    def claims(self, value: dict[str, Any]) -> bool:
        """A trace with its spans."""
        info, data = value.get("info"), value.get("data")
        if not isinstance(info, dict) or not isinstance(data, dict):
            return False
        return "trace_id" in info and isinstance(data.get("spans"), list)

    def read(self, value: dict[str, Any], address: Address) -> list[Part] | str:
        """One part for each span that is a call."""
        info = value["info"]
        whose = _whose(info)
        spans = filter(_is_call, objects(value["data"]["spans"]))
        found = [self._call(span, whose, address) for span in spans]
        verdicts = [part for call in found for part in _verdicts(info, call)]
        return [*found, *verdicts] or "a trace of no call"

    def _call(self, span: dict[str, Any], whose: Fields, address: Address) -> Part:
        attributes = mapping(span.get("attributes"))
        trace, own = _hexadecimal(span.get("trace_id")), _hexadecimal(span.get("span_id"))
        start = span.get("start_time_unix_nano")
        fields = _told(span, attributes) | _outcome(span)
        fields = bodies.together(fields, whose) | filled(
            format=self.name,
            state="done",
            start_time=instant(start),
            latency_ms=milliseconds(start, span.get("end_time_unix_nano")),
            trace_id=trace,
            span_id=own,
        )
        keys = [span_key(trace, own) or f"{self.name}:{address.file}:{address.offset}:{own}"]
        if "response_id" in fields:
            keys.append(f"resp:{fields['response_id']}")
        parent = span_key(trace, _hexadecimal(span.get("parent_span_id")))
        return Part(tuple(keys), fields, address, "piece", parent)


def _is_call(span: dict[str, Any]) -> bool:
    kind = opened(mapping(span.get("attributes")).get("mlflow.spanType"))
    return isinstance(kind, str) and kind in _CALLS


def _told(span: dict[str, Any], attributes: dict[str, Any]) -> Fields:
    """What the bodies say; a stream that broke has no answer but its chunks."""
    sent, said = (opened(attributes.get(f"mlflow.span{side}")) for side in ("Inputs", "Outputs"))
    chunks = [event for event in objects(span.get("events")) if _CHUNK in _inside(event)]
    fields = asked(sent)
    if said is not None:
        fields = bodies.together(fields, answered(said))
    elif chunks:
        fields = bodies.together(fields, streamed(_inside(chunk)[_CHUNK] for chunk in chunks))
    if chunks:
        start, first = span.get("start_time_unix_nano"), chunks[0].get("time_unix_nano")
        fields |= {"stream": True} | filled(ttft_ms=milliseconds(start, first))
    fields |= usage(opened(attributes.get("mlflow.chat.tokenUsage")), fields.get("usage"))
    tools = opened(attributes.get("mlflow.chat.tools"))
    if isinstance(tools, list):
        fields.setdefault("tool_definitions", tools)
    model = text(opened(attributes.get("mlflow.llm.model")))
    name = "request_model" if said is None else "response_model"
    maker = opened(attributes.get("mlflow.message.format"))
    found = filled(provider_name=maker if maker in _MAKERS else None, cost=_cost(attributes))
    return filled(**{name: model}) | found | fields


def _cost(attributes: dict[str, Any]) -> float | None:
    return number(mapping(opened(attributes.get("mlflow.llm.cost"))).get("total_cost"))


def _inside(event: dict[str, Any]) -> dict[str, Any]:
    return mapping(event.get("attributes"))


def _outcome(span: dict[str, Any]) -> Fields:
    """Of the span: a trace is OK when the application caught the error."""
    status = mapping(span.get("status"))
    if status.get("code") not in ("STATUS_CODE_ERROR", "ERROR", 2):
        return {"status": "ok"}
    found: Fields = {}
    for event in objects(span.get("events")):
        if event.get("name") == "exception":
            found = exception(_inside(event))
    return terms.error_text(status.get("message")) | found | {"status": "error"}


def _whose(info: dict[str, Any]) -> Fields:
    """User and session have their places; the rest stands in tags, as the application named it."""
    metadata, tags = mapping(info.get("trace_metadata")), mapping(info.get("tags"))
    return (
        house_names.named(tags)
        | house_names.named(metadata)
        | filled(session_id=text(metadata.get(_SESSION)), user_id=text(metadata.get(_USER)))
    )


def _verdicts(info: dict[str, Any], call: Part) -> Iterator[Part]:
    """Assessments of the trace are shown at each of its calls; those of a span at its own."""
    for found in objects(info.get("assessments")):
        span = _hexadecimal(found.get("span_id"))
        if "feedback" in found and span in (None, call.fields.get("span_id")):
            fields: Fields = {"evaluations": [_verdict(found)], "_rank": HINT}
            yield Part(call.keys[:1], fields, call.address, "evaluation")


def _verdict(found: dict[str, Any]) -> dict[str, Any]:
    value = mapping(found.get("feedback")).get("value")
    label = value if isinstance(value, str) else None
    said = flag(value)
    return {
        "name": text(found.get("assessment_name")) or "assessment",
        "passed": terms.passed(label) if said is None else said,
        "label": label,
        "score": number(value),
        "explanation": text(found.get("rationale")),
    }


def _hexadecimal(said: Any) -> str | None:
    """Ids as all others write them; MLflow's are base64."""
    if not isinstance(said, str) or not said:
        return None
    if said.startswith("tr-") or len(said) in _HEX_LENGTHS:
        return said.removeprefix("tr-")
    try:
        return b64decode(said, validate=True).hex() or None
    except (Error, ValueError):
        return said
