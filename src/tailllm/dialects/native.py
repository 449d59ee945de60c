"""The native line: one call a line, written by `tailllm.record` or by one line of code.

Flat (`messages`, `output`, `usage`) or with the raw bodies (`request`, `response`); a
streamed response is the list of its chunks. The table is in docs/dialects.md.
"""

from typing import Any

from tailllm.dialects import openai_body, terms
from tailllm.dialects.dialect import Dialect, whole
from tailllm.dialects.values import (
    count,
    duration,
    filled,
    flag,
    http_status,
    instant,
    mapping,
    number,
    objects,
    string,
    text,
)
from tailllm.records.line import Address
from tailllm.records.part import Fields, Part


class Native(Dialect):
    """`{"tailllm": 1, …}`."""

    name = "native"

    def claims(self, value: dict[str, Any]) -> bool:
        """The version number is the sign."""
        return "tailllm" in value

    def read(self, value: dict[str, Any], address: Address) -> list[Part] | str:
        """One line is one call."""
        if not any(
            name in value for name in ("request", "response", "messages", "output", "error")
        ):
            return "a native line without request, messages, response, output or error"
        fields = _request(value) | _answer(value) | _common(value)
        if value.get("error"):
            fields |= _error(value["error"])
        return [whole(self.name, fields, address)]


def _common(value: dict[str, Any]) -> Fields:
    prompt = mapping(value.get("prompt"))
    return filled(
        start_time=instant(value.get("ts")),
        latency_ms=duration(value.get("ms")),
        ttft_ms=duration(value.get("ttft_ms")),
        provider_name=text(value.get("provider")),
        operation_name=text(value.get("operation")),
        prompt_name=text(prompt.get("name")) or text(value.get("prompt")),
        prompt_version=text(prompt.get("version")),
        session_id=text(value.get("session")),
        conversation_id=text(value.get("conversation")),
        user_id=text(value.get("user")),
        trace_id=text(value.get("trace_id")),
        span_id=text(value.get("span_id")),
        cost=number(value.get("cost")),
        tags=value.get("tags"),
        metadata=value.get("metadata"),
        evaluations=[_check(check) for check in objects(value.get("checks"))],
    )


def _request(value: dict[str, Any]) -> Fields:
    body = value.get("request")
    if isinstance(body, dict):
        return openai_body.request(body)
    failed = bool(value.get("error")) and "output" not in value
    model = text(value.get("model"))
    return filled(
        operation_name="chat",
        request_model=text(value.get("request_model")) or (model if failed else None),
        response_model=None if failed else model,
        system_instructions=text(value.get("system")),
        input_messages=value.get("messages"),
        tool_definitions=value.get("tools"),
        request_params=value.get("params"),
        stream=flag(value.get("stream")),
    )


def _answer(value: dict[str, Any]) -> Fields:
    body = value.get("response")
    if isinstance(body, dict):
        return openai_body.answer(body)
    if isinstance(body, list):
        return openai_body.chunks(body)
    return _flat_answer(value)


def _flat_answer(value: dict[str, Any]) -> Fields:
    output = string(value.get("output"))
    calls = objects(value.get("tool_calls"))
    message: dict[str, Any] = {"role": "assistant", "content": output}
    if calls:
        message["tool_calls"] = calls
    refused = text(value.get("refusal"))
    if refused:
        message["refusal"] = refused
    if text(value.get("finish")):
        message["finish_reason"] = value["finish"]
    found = filled(response_id=text(value.get("id")), usage=_usage(value.get("usage")))
    if output is None and not calls and refused is None and "finish_reason" not in message:
        return found
    return found | openai_body.said([message]) | {"status": "ok"}


def _usage(value: Any) -> dict[str, Any] | None:
    if not isinstance(value, dict):
        return None
    return filled(
        input_tokens=count(value.get("input")),
        output_tokens=count(value.get("output")),
        cache_read_input_tokens=count(value.get("cached")),
        cache_creation_input_tokens=count(value.get("cache_write")),
        reasoning_output_tokens=count(value.get("reasoning")),
        estimated=flag(value.get("estimated")),
    )


def _check(check: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": text(check.get("name")) or "check",
        "passed": flag(check.get("ok")),
        "label": text(check.get("label")),
        "score": number(check.get("score")),
        "explanation": text(check.get("why")),
    }


def _error(error: Any) -> Fields:
    if not isinstance(error, dict):
        return {"status": "error"} | terms.error_text(error)
    found = terms.error_text(error.get("message"), error.get("type") or error.get("code"))
    return {"status": "error"} | found | filled(http_status=http_status(error.get("status")))
