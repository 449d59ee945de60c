"""Langfuse's ingestion events: what clients before 3 send, one a line or a whole batch.

A generation is created, then updated; both events carry its id. Traces tell the user and the
session, scores the verdicts. Events come in any order.

Source:
    langfuse/langfuse, the ingestion API; the samples in tests/dialects/samples/langfuse.
"""

from typing import Any

from tailllm.dialects import house_names, langfuse_body, terms
from tailllm.dialects.dialect import Dialect
from tailllm.dialects.fold import HINT
from tailllm.dialects.values import (
    filled,
    flag,
    instant,
    mapping,
    number,
    objects,
    text,
)
from tailllm.records.line import Address
from tailllm.records.part import Fields, Part

_GENERATIONS = frozenset({"generation-create", "generation-update"})
_OBSERVATIONS = frozenset({"observation-create", "observation-update"})
_TRACES = frozenset({"trace-create", "span-create", "span-update", "event-create"})
_MAKERS = ("openai", "anthropic", "gemini", "bedrock", "groq", "mistral")
"""Client libraries that it wraps; its other integrations are frameworks."""
_SCORE = "score-create"
_NO_WORD = "the log does not say whether the stream came to its end"
"""Usage comes in a stream's last chunk; without it only the finish reason would tell."""
_TYPES = _GENERATIONS | _OBSERVATIONS | _TRACES | {_SCORE, "sdk-log"}


class Langfuse(Dialect):
    """`{"type": "generation-create", "body": {…}}`, alone or in a `batch`."""

    name = "langfuse"

    def claims(self, value: dict[str, Any]) -> bool:
        """An event's type and body are the sign."""
        return any(map(_is_event, _events(value)))

    def read(self, value: dict[str, Any], address: Address) -> list[Part] | str:
        """All events of the line; one of no call may tell of calls around it."""
        parts: list[Part] = []
        integration = mapping(value.get("metadata")).get("sdk_integration")
        for event in filter(_is_event, _events(value)):
            parts += self._event(event, address)
        if integration in _MAKERS:
            for part in parts:
                if part.kind == "piece":
                    part.fields["provider_name"] = integration
        return parts or "events of no call"

    def _event(self, event: dict[str, Any], address: Address) -> list[Part]:
        kind, body = event["type"], event["body"]
        if kind in _GENERATIONS or (kind in _OBSERVATIONS and body.get("type") == "GENERATION"):
            return self._generation(event, body, address)
        if kind == _SCORE:
            return self._score(event, body, address)
        return _around(event, body, address)

    def _generation(
        self, event: dict[str, Any], body: dict[str, Any], address: Address
    ) -> list[Part]:
        own, at = text(body.get("id")), instant(event.get("timestamp"))
        if own is None:
            return []
        order = 0 if at is None else int(at * 1e6)
        fields: Fields = filled(trace_id=text(body.get("traceId")), format=self.name)
        fields |= {"_pieces": [(order, body)], "_join": _joined}
        parent = text(body.get("parentObservationId"))
        return [
            Part(
                (f"{self.name}:{own}",),
                fields,
                address,
                "piece",
                f"{self.name}:{parent}" if parent else None,
            )
        ]

    def _score(self, event: dict[str, Any], body: dict[str, Any], address: Address) -> list[Part]:
        """Of one observation; or of a trace, then it is shown at each of its calls."""
        fields: Fields = {"evaluations": [_verdict(body)], "_rank": HINT}
        own = text(body.get("observationId"))
        if own:
            return [Part((f"{self.name}:{own}",), fields, address, "evaluation")]
        trace = text(body.get("traceId"))
        if not trace:
            return []
        fields["trace_id"] = trace
        return [Part((_own(event, address),), fields, address, "outer")]


def _events(value: dict[str, Any]) -> list[dict[str, Any]]:
    return objects(value.get("batch")) or [value]


def _is_event(event: dict[str, Any]) -> bool:
    kind = event.get("type")
    return isinstance(kind, str) and kind in _TYPES and isinstance(event.get("body"), dict)


def _own(event: dict[str, Any], address: Address) -> str:
    named = text(event.get("id")) or f"{address.file}:{address.offset}"
    return f"langfuse:event:{named}"


def _around(event: dict[str, Any], body: dict[str, Any], address: Address) -> list[Part]:
    kind = event["type"]
    trace = text(body.get("id")) if kind == "trace-create" else text(body.get("traceId"))
    fields = house_names.named(mapping(body.get("metadata"))) | filled(
        user_id=text(body.get("userId")),
        session_id=text(body.get("sessionId")),
        tags=body.get("tags") or None,
    )
    if not trace or not fields:
        return []
    fields["trace_id"] = trace
    return [Part((_own(event, address),), fields, address, "outer")]


def _verdict(body: dict[str, Any]) -> dict[str, Any]:
    """A boolean is 1 or 0; a bare number is no judgement."""
    value, kind = body.get("value"), body.get("dataType")
    score = number(value)
    label = text(body.get("stringValue")) or (text(value) if isinstance(value, str) else None)
    passed = flag(value) if score is None else bool(score) if kind == "BOOLEAN" else None
    return {
        "name": text(body.get("name")) or "score",
        "passed": terms.passed(label) if passed is None else passed,
        "label": label,
        "score": score,
        "explanation": text(body.get("comment")),
    }


def _joined(bodies: list[dict[str, Any]], _: Fields) -> Fields:
    """The events of one generation, later ones over earlier ones."""
    last: dict[str, Any] = {}
    for body in bodies:
        last |= {name: value for name, value in body.items() if value is not None}
    over = last.get("output") is not None
    fields: Fields = (
        {"operation_name": "chat"}
        | langfuse_body.asked(last.get("input"))
        | langfuse_body.answered(last.get("output"))
        | langfuse_body.parameters(last.get("modelParameters"))
        | langfuse_body.usage(last.get("usageDetails"), last.get("usage"))
        | langfuse_body.cost(last.get("costDetails"))
    )
    if "usage" not in fields:
        fields.pop("cost", None)
    fields |= _models(bodies, last.get("model"), over=over) | _times(last)
    fields |= house_names.named(mapping(last.get("metadata")))
    fields |= filled(
        prompt_name=text(last.get("promptName")),
        prompt_version=text(last.get("promptVersion")) or fields.get("prompt_version"),
        metadata=mapping(last.get("metadata")) or None,
        span_id=text(last.get("id")),
    )
    return fields | _outcome(last)


def _models(bodies: list[dict[str, Any]], last: Any, *, over: bool) -> Fields:
    """What was asked for stands in the event without an answer."""
    asked = (body.get("model") for body in bodies if body.get("output") is None)
    requested = next((model for model in map(text, asked) if model), None)
    return filled(request_model=requested) | langfuse_body.models(last, over=over)


def _times(last: dict[str, Any]) -> Fields:
    start, end = instant(last.get("startTime")), instant(last.get("endTime"))
    first = instant(last.get("completionStartTime"))
    fields = filled(start_time=start, state="done" if end is not None else None)
    if start is not None and end is not None:
        fields["latency_ms"] = max(0.0, (end - start) * 1000)
    if start is not None and first is not None:
        fields |= {"stream": True, "ttft_ms": max(0.0, (first - start) * 1000)}
    return fields


def _outcome(last: dict[str, Any]) -> Fields:
    if last.get("level") == "ERROR":
        found = terms.error_text(last.get("statusMessage"))
        return {"status": "error", "state": "done"} | found
    if last.get("output") is None:
        return {}
    counted = last.get("usage") is not None or last.get("usageDetails") is not None
    is_whole = counted or last.get("completionStartTime") is None
    return {"status": "ok"} if is_whole else {"status": "ok", "warnings": [_NO_WORD]}
