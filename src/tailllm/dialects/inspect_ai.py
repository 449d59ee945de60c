"""Logs of inspect_ai: a whole evaluation log, or model events taken out of one.

eval log      `eval` with `samples`: each sample's model events are calls, its scores verdicts
model event   `event` is `model`: one call. Newer logs keep prompts in the sample's pool and
              only refer to them, so an event alone says what came back and not what was sent
"""

from typing import Any

from tailllm.dialects import inspect_messages, openai_body, terms
from tailllm.dialects.dialect import Dialect, line_key
from tailllm.dialects.values import (
    count,
    duration,
    filled,
    first,
    http_status,
    instant,
    mapping,
    number,
    objects,
    text,
)
from tailllm.records.line import Address
from tailllm.records.part import Fields, Part

_GRADES = {"C": True, "I": False}
"""Correct and incorrect; partial and no answer are neither."""


class InspectAI(Dialect):
    """Evaluation logs and single model events."""

    name = "inspect_ai"

    def claims(self, value: dict[str, Any]) -> bool:
        """A model event with its output, or a log with its samples."""
        if value.get("event") == "model":
            return "output" in value
        return "eval" in value and "samples" in value and "plan" in value

    def read(self, value: dict[str, Any], address: Address) -> list[Part] | str:
        """An event is one call, a log all calls of its samples."""
        if value.get("event") == "model":
            return [self._call(value, {}, address, 0)]
        parts: list[Part] = []
        for sample in objects(value.get("samples")):
            own = [
                event for event in objects(sample.get("events")) if event.get("event") == "model"
            ]
            calls = [
                self._call(event, sample, address, len(parts) + n) for n, event in enumerate(own)
            ]
            if calls:
                calls[-1].fields["evaluations"] = _scores(sample.get("scores"))
            parts += calls
        return parts or "an evaluation without a model call"

    def _call(
        self, event: dict[str, Any], sample: dict[str, Any], address: Address, place: int
    ) -> Part:
        fields = _request(event, sample) | _answer(event, sample) | _around(event, sample)
        if event.get("error"):
            fields |= _error(event)
        fields["format"] = self.name
        own, response_id = text(event.get("uuid")), fields.get("response_id")
        # A cached answer comes again with the same id, so the event's own name is first.
        names = [f"{self.name}:{own}"] if own else []
        names += [f"resp:{response_id}"] if response_id and not event.get("cache") else []
        return Part(tuple(names) or (f"{line_key(address)}+{place}",), fields, address)


def _request(event: dict[str, Any], sample: dict[str, Any]) -> Fields:
    asked = mapping(mapping(event.get("call")).get("request"))
    provider, _, model = (text(event.get("model")) or "").rpartition("/")
    tools = event.get("tools")
    sent = inspect_messages.sent(event, sample)
    found = filled(
        operation_name="chat",
        provider_name=provider.partition("/")[0] or None,
        request_model=text(asked.get("model")) or model or None,
        input_messages=sent or None,
        tool_definitions=tools if isinstance(tools, list) and tools else None,
        request_params=filled(**{str(k): v for k, v in mapping(event.get("config")).items()}),
    )
    return found if sent else found | {"content": "reference"}


def _answer(event: dict[str, Any], sample: dict[str, Any]) -> Fields:
    output = mapping(event.get("output"))
    wire = mapping(mapping(event.get("call")).get("response"))
    if event.get("error"):
        return {}
    if event.get("pending"):
        return {"status": "incomplete"}
    choices = [
        inspect_messages.message(mapping(choice.get("message")), sample)
        | filled(finish_reason=choice.get("stop_reason"))
        for choice in objects(output.get("choices"))
    ]
    return filled(
        status="ok",
        response_id=text(output.get("response_id")) or text(wire.get("id")),
        response_model=text(wire.get("model")) or text(output.get("model")),
        usage=_usage(output) or None,
    ) | openai_body.said(choices)


def _usage(output: dict[str, Any]) -> dict[str, Any]:
    """Tokens, caches included: some providers' input leaves them out, the total tells."""
    usage = mapping(output.get("usage"))
    read = count(usage.get("input_tokens_cache_read"))
    written = count(usage.get("input_tokens_cache_write"))
    sent, answered = count(usage.get("input_tokens")), count(usage.get("output_tokens"))
    total = count(usage.get("total_tokens"))
    if sent is not None and total is not None:
        with_caches = sent + (read or 0) + (written or 0)
        sent = with_caches if with_caches + (answered or 0) == total else sent
    return filled(
        input_tokens=sent,
        output_tokens=answered,
        cache_read_input_tokens=read,
        cache_creation_input_tokens=written,
        reasoning_output_tokens=count(usage.get("reasoning_tokens")),
    )


def _around(event: dict[str, Any], sample: dict[str, Any]) -> Fields:
    start, end = instant(event.get("timestamp")), instant(event.get("completed"))
    took = duration(first(event, "working_time"), 1000)
    if took is None:
        took = duration(mapping(event.get("output")).get("time"), 1000)
    if took is None and start is not None and end is not None and end >= start:
        took = (end - start) * 1000
    statuses = [http_status(one.get("status")) for one in objects(event.get("request_ids"))]
    metadata = filled(
        sample=text(sample.get("id")),
        epoch=count(sample.get("epoch")),
        retries=event.get("retries"),
    )
    return filled(
        start_time=start,
        latency_ms=took,
        http_status=statuses[-1] if statuses else None,
        metadata=metadata or None,
    )


def _error(event: dict[str, Any]) -> Fields:
    """The provider's own error object, where the call kept it, is truer than the text."""
    call = mapping(event.get("call"))
    found = {"status": "error"} | terms.error_text(event.get("error"))
    told = mapping(call.get("response"))
    return found | terms.error_body(told) if call.get("error") else found


def _scores(scores: Any) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "passed": _GRADES.get(text(score.get("value")) or ""),
            "label": text(score.get("value")),
            "score": number(score.get("value")),
            "explanation": text(score.get("explanation")),
        }
        for name, score in mapping(scores).items()
        if isinstance(score, dict)
    ]
