"""What Langfuse keeps of a model call, in its events and on its spans alike."""

import re
from typing import Any

from tailllm.dialects import anthropic_body, bodies, openai_body
from tailllm.dialects.values import (
    count,
    filled,
    first,
    mapping,
    number,
    objects,
    string,
    text,
)
from tailllm.records.part import Fields

_MEDIA = re.compile(r"@@@langfuseMedia:type=(?P<kind>[^|@]*)\|id=(?P<id>[^|@]*)\|[^@]*@@@")
_NOT_SET = frozenset({"inf", "infinity", "none", "null", "nan"})
_USAGE = (
    ("input_tokens", ("input", "promptTokens", "inputTokens")),
    ("output_tokens", ("output", "completionTokens", "outputTokens")),
    ("cache_read_input_tokens", ("input_cached_tokens", "input_cache_read")),
    ("cache_creation_input_tokens", ("input_cache_creation",)),
    ("reasoning_output_tokens", ("output_reasoning_tokens", "output_reasoning")),
)


def asked(sent: Any) -> Fields:
    """An input: messages, messages with tools, a whole request, or a text."""
    if isinstance(sent, str | list):
        return {"input_messages": _shown(sent)}
    body = mapping(sent)
    if bodies.form_of(body):
        fields = bodies.request(body)
        return fields | filled(input_messages=_shown(fields.get("input_messages")))
    sent = first(body, "messages", "input")
    tools = body.get("tools")
    return filled(
        input_messages=_shown(sent) if isinstance(sent, str | list) else None,
        tool_definitions=tools if isinstance(tools, list) else None,
        system_instructions=text(first(body, "system", "instructions")),
    )


def answered(said: Any) -> Fields:
    """An output: a message, a whole answer, several choices, or a text."""
    if isinstance(said, str):
        return openai_body.said([{"role": "assistant", "content": said}])
    if isinstance(said, list):
        return openai_body.said(objects(said))
    body = mapping(said)
    if bodies.form_of(None, body):
        return bodies.answer(body)
    if "content" in body or "tool_calls" in body or "refusal" in body:
        return openai_body.said([{"role": "assistant"} | body])
    return {}


def usage(details: Any, plain: Any = None) -> Fields:
    """Tokens: the provider's own words, or Langfuse's."""
    details, plain = mapping(details), mapping(plain)
    if text(plain.get("unit")) not in (None, "TOKENS"):
        plain = {}
    if "cache_read_input_tokens" in details and "input_tokens" in details:
        return anthropic_body.used(details)
    found: dict[str, Any] = {}
    for said in (plain, details):
        found |= filled(**{name: count(first(said, *names)) for name, names in _USAGE})
        found |= openai_body.usage(said)
    return {"usage": found} if found else {}


def parameters(said: Any) -> Fields:
    """Request parameters; numbers come as text, and defaults as infinity."""
    found = {name: _parameter(value) for name, value in mapping(said).items()}
    kept = {name: value for name, value in found.items() if value is not None}
    return {"request_params": kept} if kept else {}


def cost(details: Any) -> Fields:
    """The sum. Where there is no usage it is worked out as 0: then it says nothing."""
    return filled(cost=number(mapping(details).get("total")))


def models(name: Any, *, over: bool) -> Fields:
    """One name stands for both: the answer's when there is one."""
    model = text(name)
    named = filled(response_model=model) if over else filled(request_model=model)
    return named | filled(provider_name=openai_body.maker(model))


def _shown(sent: Any) -> Any:
    """Messages with their media references as places: the bytes are in Langfuse's store."""
    if not isinstance(sent, list):
        return sent
    return [_message(message) for message in sent]


def _message(message: Any) -> Any:
    content = mapping(message).get("content")
    if not isinstance(content, list):
        return message
    return message | {"content": [_reference(part) or part for part in content]}


def _reference(part: Any) -> dict[str, Any] | None:
    """The media in one of a part's values, if it is such a stand-in."""
    for value in mapping(part).values():
        inner = next(iter(value.values()), None) if isinstance(value, dict) else value
        found = _MEDIA.fullmatch(inner) if isinstance(inner, str) else None
        if found:
            kind = found["kind"]
            modality = kind.partition("/")[0]
            uri = f"langfuse-media://{found['id']}"
            return {"type": "uri", "uri": uri, "mime_type": kind, "modality": modality}
    return None


def _parameter(value: Any) -> Any:
    said = string(value)
    if said is None:
        return value
    if said.lower() in _NOT_SET:
        return None
    worth = number(said)
    if worth is None:
        return said
    return int(worth) if worth.is_integer() and "." not in said else worth
