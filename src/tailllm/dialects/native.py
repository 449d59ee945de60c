"""The native line: one call a line, written by `tailllm.record` or by one line of code.

Flat (`messages`, `output`, `usage`) or with the raw bodies (`request`, `response`); a
streamed response is the list of its chunks, or their raw text. The table is in docs/dialects.md.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from tailllm.dialects import bodies, openai_body, terms
from tailllm.dialects.dialect import Dialect, Gathers, Quick, whole
from tailllm.dialects.recorded import RECORDED, exchange
from tailllm.dialects.values import (
    an_object,
    count,
    duration,
    filled,
    flag,
    http_status,
    instant,
    number,
    objects,
    string,
    text,
)
from tailllm.records.line import Address, Lines
from tailllm.records.part import Fields, Part


class Native(Dialect):
    """`{"tailllm": 1, …}`."""

    name = "native"
    has_batch = True

    def claims(self, value: dict[str, Any]) -> bool:
        """The key `tailllm`, the version of the form."""
        return "tailllm" in value

    def read(self, value: dict[str, Any], address: Address) -> list[Part] | str:
        """One line is one call."""
        if not any(
            name in value for name in ("request", "response", "messages", "output", "error")
        ):
            return "a native line without request, messages, response, output or error"
        fields = bodies.together(_request(value), _answer(value), _common(value))
        if value.get("error"):
            fields |= _error(value["error"])
        if not RECORDED.isdisjoint(value):
            fields |= exchange(value, fields)
        return [whole(self.name, fields, address)]

    def batch(self, lines: Lines, arrived: float, *, previews: bool) -> Quick:
        """Most lines are plain."""
        return _quickly()(lines, arrived, previews=previews)

    def gatherer(self, file: str, arrived: float) -> Gathers:
        """And many plain lines are alike."""
        from tailllm.dialects.native_index import Gatherer

        return Gatherer(file, arrived)


@cache
def _quickly() -> Callable[..., Quick]:
    """The short cut, which the first frame of the screen does without."""
    from tailllm.dialects import native_batch

    return native_batch.batch


def _common(value: dict[str, Any]) -> Fields:
    """The plain fields, by one walk over the keys that are there: this runs for each line."""
    found: Fields = {}
    for key, said in value.items():
        reader = _PLAIN.get(key)
        if reader is not None and said is not None:
            field, read = reader
            worth = read(said)
            if worth is not None:
                found[field] = worth
    prompt = value.get("prompt")
    if isinstance(prompt, dict):
        found |= filled(prompt_name=text(prompt.get("name")))
        found |= filled(prompt_version=text(prompt.get("version")))
    return found


def _request(value: dict[str, Any]) -> Fields:
    body = bodies.opened(value.get("request"))
    if isinstance(body, dict):
        return _unattributed(bodies.request(body))
    failed = bool(value.get("error")) and "output" not in value
    model = text(value.get("model"))
    return filled(
        operation_name="chat",
        request_model=text(value.get("request_model")) or (model if failed else None),
        response_model=None if failed else model,
        system_instructions=text(value.get("system")),
        input_messages=value.get("messages"),
        tool_definitions=value.get("tools"),
        request_params=an_object(value.get("params")),
        stream=flag(value.get("stream")),
    )


def _answer(value: dict[str, Any]) -> Fields:
    body = bodies.opened(value.get("response"))
    if isinstance(body, dict | list):
        form = bodies.form_of(bodies.opened(value.get("request")))
        return _unattributed(bodies.answer(body, form))
    return _flat_answer(value)


def _unattributed(fields: Fields) -> Fields:
    """The whole world speaks OpenAI's form, and a native line has a field for the provider."""
    if (text(fields.get("provider_name")) or "").endswith("openai"):
        del fields["provider_name"]
    return fields


def _flat_answer(value: dict[str, Any]) -> Fields:
    found = filled(response_id=text(value.get("id")), usage=_usage(value.get("usage")))
    message: dict[str, Any] = {"role": "assistant", "content": string(value.get("output"))}
    for name, field, read in _MESSAGE:
        said = read(value.get(name))
        if said:
            message[field] = said
    if message["content"] is None and len(message) == _BARE:
        return found
    found |= openai_body.said([message])
    found["status"] = "ok"
    return found


_MESSAGE = (
    ("tool_calls", "tool_calls", objects),
    ("refusal", "refusal", text),
    ("finish", "finish_reason", text),
)
_BARE = 2


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


def _checks(checks: Any) -> list[dict[str, Any]]:
    return [_check(check) for check in objects(checks)]


def _check(check: dict[str, Any]) -> dict[str, Any]:
    say = check.get
    return {
        "name": text(say("name")) or "check",
        "passed": flag(say("ok")),
        "label": text(say("label")),
        "score": number(say("score")),
        "explanation": text(say("why")),
    }


def _error(error: Any) -> Fields:
    if not isinstance(error, dict):
        return {"status": "error"} | terms.error_text(error)
    found = terms.error_text(error.get("message"), error.get("type") or error.get("code"))
    return {"status": "error"} | found | filled(http_status=http_status(error.get("status")))


def _as_is(value: Any) -> Any:
    return value


_PLAIN: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "ts": ("start_time", instant),
    "ms": ("latency_ms", duration),
    "ttft_ms": ("ttft_ms", duration),
    "provider": ("provider_name", text),
    "operation": ("operation_name", text),
    "prompt": ("prompt_name", text),
    "session": ("session_id", text),
    "conversation": ("conversation_id", text),
    "user": ("user_id", text),
    "host": ("host", text),
    "route": ("route", text),
    "trace_id": ("trace_id", text),
    "span_id": ("span_id", text),
    "cost": ("cost", number),
    "tags": ("tags", _as_is),
    "metadata": ("metadata", an_object),
    "checks": ("evaluations", _checks),
}
