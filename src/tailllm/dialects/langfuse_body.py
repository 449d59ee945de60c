"""What Langfuse keeps of a model call, in its events and on its spans alike."""

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
    if isinstance(sent, str):
        return {"input_messages": sent}
    if isinstance(sent, list):
        return {"input_messages": sent}
    body = mapping(sent)
    if bodies.form_of(body):
        return bodies.request(body)
    sent = first(body, "messages", "input")
    tools = body.get("tools")
    return filled(
        input_messages=sent if isinstance(sent, str | list) else None,
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
    return filled(response_model=model) if over else filled(request_model=model)


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
