"""A house format, read by the paths that `[dialects.NAME]` of the config file gives."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from tailllm.config.paths import compiled
from tailllm.dialects import envelope, openai_body, terms
from tailllm.dialects.dialect import Dialect, whole
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
    text,
)
from tailllm.records.line import Address
from tailllm.records.part import Fields, Part

if TYPE_CHECKING:
    from tailllm.config.dialects import DialectSpec

_REFUSED = 400
"""HTTP statuses from here on are errors."""


def mapped(specs: "Mapping[str, DialectSpec]") -> tuple[Dialect, ...]:
    """The dialects of a config, in its order."""
    return tuple(Mapped(name, spec.model_dump(exclude_none=True)) for name, spec in specs.items())


def sketched(tables: Mapping[str, Mapping[str, str]]) -> tuple[Dialect, ...]:
    """The same from tables that nobody has checked; without those that cannot be obeyed."""
    found = []
    for name, table in tables.items():
        with suppress(ValueError, KeyError):
            found.append(Mapped(name, table))
    return tuple(found)


class Mapped(Dialect):
    """One `[dialects.NAME]`; remembers nothing, so all files share it."""

    def __init__(self, name: str, paths: Mapping[str, str]) -> None:
        self.name = name
        self._sign = paths["match"]
        self._match = compiled(self._sign)
        self._paths = {field: compiled(path) for field, path in paths.items() if field != "match"}

    @property
    def sign_in_words(self) -> str:
        """The match condition as it was written."""
        return f"match = {self._sign}"

    def claims(self, value: dict[str, Any]) -> bool:
        """The match condition is the sign."""
        found = _search(self._match, value)
        return found is not None and found is not False and found not in ("", [], {})

    def read(self, value: dict[str, Any], address: Address) -> list[Part] | str:
        """One line is one call, or with `call_id` a part of one."""
        said = {name: _search(path, value) for name, path in self._paths.items()}
        fields = _fields(said)
        fields["format"] = self.name
        call_id = text(said.get("call_id"))
        if call_id is None:
            return [whole(self.name, fields, address)]
        if "status" in fields:
            fields["state"] = "done"
        response_id = fields.get("response_id")
        own = f"{self.name}:{call_id}"
        keys = (f"resp:{response_id}", own) if response_id else (own,)
        return [Part(keys, fields, address, "piece")]


def _search(path: Any, value: dict[str, Any]) -> Any:
    from jmespath.exceptions import JMESPathError

    try:
        return path.search(value)
    except (JMESPathError, TypeError, ValueError, ArithmeticError, AttributeError):
        return None


def _fields(said: dict[str, Any]) -> Fields:
    fields: Fields = {}
    if isinstance(said.get("request"), dict):
        fields |= openai_body.request(said["request"])
    if isinstance(said.get("response"), dict):
        fields |= openai_body.answer(said["response"])
    elif isinstance(said.get("response"), list):
        fields |= openai_body.chunks(said["response"])
    for name, (field, read) in _PLAIN.items():
        worth = read(said.get(name))
        if worth is not None:
            fields[field] = worth
    fields |= _output(said) | _error(said, fields)
    fields["usage"] = fields.get("usage", {}) | _counted(said)
    fields.setdefault("operation_name", "chat")
    return _timed(said, _modelled(said, fields))


def _output(said: dict[str, Any]) -> Fields:
    output = said.get("output")
    message = dict(output) if isinstance(output, dict) else {"content": output}
    if not isinstance(message.get("content"), str | list):
        message.pop("content", None)
    if objects(said.get("tool_calls")):
        message["tool_calls"] = objects(said["tool_calls"])
    message |= filled(refusal=text(said.get("refusal")), finish_reason=text(said.get("finish")))
    if not message:
        return {}
    return openai_body.said([{"role": "assistant"} | message]) | {"status": "ok"}


def _error(said: dict[str, Any], fields: Fields) -> Fields:
    found = envelope.error(said.get("error"))
    kind = text(said.get("error_type"))
    if kind and not found:
        found = {"status": "error"} | terms.error_text(None, kind)
    elif kind:
        found["error_type"] = kind
    if not found and (fields.get("http_status") or 0) >= _REFUSED:
        found = {"status": "error"}
    return found


def _modelled(said: dict[str, Any], fields: Fields) -> Fields:
    """`model` names who answered; of a call that nobody answered, who was asked."""
    model = text(said.get("model"))
    answered = fields.get("response_id") or fields.get("output_messages") or fields["usage"]
    named = {"response_model" if answered else "request_model": model} if model else {}
    return named | fields | filled(request_model=text(said.get("request_model")))


def _timed(said: dict[str, Any], fields: Fields) -> Fields:
    ended = instant(said.get("end_time"))
    if ended is None:
        return fields
    start = fields.get("start_time")
    if start is None:
        # Another line of the call may know the start itself.
        name = "_start_hint" if "call_id" in said else "start_time"
        return fields | {name: ended - fields.get("latency_ms", 0.0) / 1000}
    return {"latency_ms": max(0.0, (ended - start) * 1000)} | fields


def _seconds(value: Any) -> float | None:
    return duration(value, 1000.0)


def _listed(value: Any) -> list[Any] | None:
    return value if isinstance(value, list) else None


def _sent(value: Any) -> Any:
    return value if isinstance(value, list) else text(value)


def _verdicts(value: Any) -> list[dict[str, Any]] | None:
    return [envelope.verdict(each) for each in objects(value)] or None


def _counted(said: dict[str, Any]) -> dict[str, int]:
    return filled(**{field: count(said.get(name)) for name, field in _USAGE.items()})


_USAGE = {
    "input_tokens": "input_tokens",
    "output_tokens": "output_tokens",
    "cached_tokens": "cache_read_input_tokens",
    "cache_write_tokens": "cache_creation_input_tokens",
    "reasoning_tokens": "reasoning_output_tokens",
}
_PLAIN: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "time": ("start_time", instant),
    "latency_s": ("latency_ms", _seconds),
    "latency_ms": ("latency_ms", duration),
    "ttft_s": ("ttft_ms", _seconds),
    "ttft_ms": ("ttft_ms", duration),
    "provider": ("provider_name", text),
    "operation": ("operation_name", text),
    "id": ("response_id", text),
    "system": ("system_instructions", text),
    "messages": ("input_messages", _sent),
    "tools": ("tool_definitions", _listed),
    "params": ("request_params", an_object),
    "stream": ("stream", flag),
    "cost": ("cost", number),
    "http_status": ("http_status", http_status),
    "prompt_name": ("prompt_name", text),
    "prompt_version": ("prompt_version", text),
    "session": ("session_id", text),
    "conversation": ("conversation_id", text),
    "user": ("user_id", text),
    "host": ("host", text),
    "route": ("route", text),
    "trace_id": ("trace_id", text),
    "span_id": ("span_id", text),
    "checks": ("evaluations", _verdicts),
    "tags": ("tags", _listed),
    "metadata": ("metadata", an_object),
}
