"""A call as an application's own logger writes it: one flat record under names in common use.

No standard: the record is known by its shape, a model with what it was asked and what it
said (or the tokens, or the error). It stands alone, or under a key of a log line.
"""

import re
from typing import Any

from tailllm.dialects import envelope, messages, openai_body, terms
from tailllm.dialects.dialect import Dialect, whole
from tailllm.dialects.values import (
    an_object,
    count,
    filled,
    first,
    flag,
    mapping,
    objects,
    text,
)
from tailllm.records.line import Address
from tailllm.records.part import Fields, Part

_MODELS = ("model", "model_name", "response_model", "request_model", "llm_model")
_ASKED = ("messages", "prompt_messages", "input_messages", "prompt", "input", "query")
_SAID = ("output", "completion", "response", "answer", "reply", "output_text", "response_text")
_SAID_TOO = (*_SAID, "output_messages", "text", "content", "message", "result", "generated_text")
_FINISHES = ("finish_reason", "finish", "stop_reason", "finish_reasons")
_INPUTS = ("input_tokens", "prompt_tokens", "tokens_in", "input")
_OUTPUTS = ("output_tokens", "completion_tokens", "tokens_out", "output")
_FLAT_INPUTS, _FLAT_OUTPUTS = _INPUTS[:-1], _OUTPUTS[:-1]
_USAGES = ("usage", "tokens", "token_usage")
_TOKENS = frozenset({*_INPUTS, *_OUTPUTS})
_PARAMETERS = (
    "temperature", "top_p", "top_k", "max_tokens", "max_completion_tokens", "seed", "stop",
    "frequency_penalty", "presence_penalty", "response_format", "tool_choice", "n",
)  # fmt: skip
_FAILED = frozenset({"error", "failed", "failure", "exception", "timeout"})
_REPR = re.compile(r"((?:\w+\.)*\w+)\((['\"])(.*)\2,?\)", re.DOTALL)


class AppLogs(Dialect):
    """A house log's flat record of a call."""

    name = "app_logs"
    broad = True
    hints = (b"model",)

    def claims(self, value: dict[str, Any]) -> bool:
        """A model's name beside what it was asked and what came of it."""
        if not isinstance(first(value, *_MODELS), str):
            return False
        return _has_asked(value) and _has_come(value)

    def read(self, value: dict[str, Any], address: Address) -> list[Part] | str:
        """One record is one call."""
        around = envelope.around(value)
        if "metadata" in around:
            around["metadata"].pop("url", None)
        fields = around | _request(value) | _answer(value)
        usage = _usage(value)
        if usage:
            fields["usage"] = usage
        fields |= _error(value)
        return [whole(self.name, _models(value, fields), address)]


def _has_asked(value: dict[str, Any]) -> bool:
    for name in _ASKED:
        said = value.get(name)
        if isinstance(said, list) and said and all("role" in mapping(each) for each in said):
            return True
        if name == "prompt" and isinstance(said, str) and said:
            return True
    return False


def _has_come(value: dict[str, Any]) -> bool:
    if any(name in value for name in (*_SAID, *_FINISHES, "error", "tool_calls", "refusal")):
        return True
    usage = mapping(first(value, *_USAGES))
    return any(name in value for name in (*_FLAT_INPUTS, *_FLAT_OUTPUTS)) or bool(
        _TOKENS & usage.keys()
    )


def _request(value: dict[str, Any]) -> Fields:
    tools = first(value, "tools", "functions", "tool_definitions")
    parameters = mapping(first(value, "params", "parameters", "model_parameters", "options"))
    plain = {name: value[name] for name in _PARAMETERS if value.get(name) is not None}
    return filled(
        operation_name="chat",
        input_messages=first(value, *_ASKED),
        system_instructions=text(first(value, "system", "system_prompt", "instructions")),
        tool_definitions=tools if isinstance(tools, list) else None,
        request_params=(plain | parameters) or None,
        stream=flag(value.get("stream")),
    )


def _answer(value: dict[str, Any]) -> Fields:
    said = first(value, *_SAID_TOO)
    message = _message(said)
    if isinstance(first(value, "tool_calls"), list):
        message.setdefault("tool_calls", objects(value["tool_calls"]))
    for name in ("refusal", "reasoning_content"):
        if text(value.get(name)):
            message[name] = value[name]
    finish = first(value, *_FINISHES)
    finish = finish[0] if isinstance(finish, list) and finish else finish
    if text(finish):
        message["finish_reason"] = finish
    if not any(message.get(key) for key in message if key != "role") and "content" not in message:
        return {}
    message = {"role": "assistant"} | message
    if not message.get("tool_calls"):
        message.pop("tool_calls", None)
    return openai_body.said([message]) | {"status": "ok"}


def _message(said: Any) -> dict[str, Any]:
    """The answer as one message: a text, a message, blocks, or a list of messages."""
    if isinstance(said, str):
        return {"content": said}
    if isinstance(said, list):
        found = objects(said)
        if found and "role" in found[-1]:
            return dict(found[-1])
        return {"content": said} if found else {}
    if isinstance(said, dict):
        if messages.message_text(said) is not None or "tool_calls" in said:
            return dict(said)
        inner = text(first(said, "text", "output_text", "completion"))
        return {"content": inner} if inner else {}
    return {}


def _usage(value: dict[str, Any]) -> dict[str, Any]:
    said = first(value, *_USAGES)
    usage = said if isinstance(said, dict) else {}
    found = openai_body.usage(usage)
    read = count(usage.get("cache_read_input_tokens"))
    written = count(usage.get("cache_creation_input_tokens"))
    found |= filled(
        input_tokens=_tokens(usage, _INPUTS) or _tokens(value, _FLAT_INPUTS),
        output_tokens=_tokens(usage, _OUTPUTS) or _tokens(value, _FLAT_OUTPUTS),
    )
    for name, names in (
        ("cache_read_input_tokens", ("cached_tokens", "cached_input_tokens", "cached")),
        ("reasoning_output_tokens", ("reasoning_tokens", "reasoning_output_tokens", "reasoning")),
    ):
        more = _tokens(usage, names)
        more = _tokens(value, names[:2]) if more is None else more
        if more is not None:
            found.setdefault(name, more)
    if (read is not None or written is not None) and "input_tokens" in found:
        # Anthropic counts what came from the cache apart; the total includes it.
        found["input_tokens"] += (read or 0) + (written or 0)
        found |= filled(cache_read_input_tokens=read, cache_creation_input_tokens=written)
    return found


def _tokens(value: dict[str, Any], names: tuple[str, ...]) -> int | None:
    return count(first(value, *names))


def _error(value: dict[str, Any]) -> Fields:
    said = value.get("error")
    if isinstance(said, str) and (match := _REPR.fullmatch(said)):
        said = {"type": match[1], "message": match[3]}
    found = envelope.error(said)
    if not found and text(value.get("status")) and str(value["status"]).lower() in _FAILED:
        found = {"status": "error"} | terms.error_text(first(value, "error_message", "detail"))
    if found and "error_type" not in found and found.get("http_status"):
        # OpenTelemetry's rule for error.type where nothing better is known.
        found["error_type"] = str(found["http_status"])
    return found


def _models(value: dict[str, Any], fields: Fields) -> Fields:
    """`model` names who answered; of a call that nobody answered, who was asked."""
    model = text(first(value, "model", "model_name", "llm_model"))
    response_id = text(first(value, "response_id", "id", "completion_id"))
    answered = response_id or fields.get("status") == "ok" or fields.get("usage")
    asked = text(value.get("request_model"))
    vendor = text(first(value, "provider", "provider_name", "vendor"))
    return fields | filled(
        response_id=response_id,
        response_model=text(value.get("response_model")) or (model if answered else None),
        request_model=asked or (None if answered else model),
        provider_name=vendor or openai_body.maker(model or asked),
        metadata=an_object(fields.get("metadata")),
    )
