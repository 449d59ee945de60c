"""LiteLLM's StandardLoggingPayload: one line a call, whatever the provider.

Messages and answers are in OpenAI's chat form. Where the provider told no tokens LiteLLM fills
in its own: an estimate for a stream without usage, zeros for a failure, and a guess at the
reasoning of providers that bill it unseen. None of these is a provider's number: estimates go
to the metadata and mark the usage, the others are absent.
"""

import re
from typing import Any

from tailllm.dialects import bodies, openai_body, response_items, terms
from tailllm.dialects.dialect import Dialect, line_key
from tailllm.dialects.values import (
    count,
    filled,
    http_status,
    instant,
    mapping,
    number,
    objects,
    text,
)
from tailllm.records.line import Address
from tailllm.records.part import Fields, Part

_SIGNS = frozenset({"call_type", "custom_llm_provider", "model_parameters", "startTime"})
_NO_CALLS = ("embedding", "image_generation", "transcription", "speech", "moderation", "rerank")
_NO_PARAMETERS = frozenset({"tools", "functions", "stream"})
_BEFORE = re.compile(r"(?:(?:litellm\.)?\w+: )*\w+(?:Exception|Error)(?: \w+)? - ", re.ASCII)
_BEHIND = re.compile(r"\.?\s*(?:Received Model Group=|LiteLLM Retried: )")
"""`RateLimitError: OpenAIException - what the provider said. Received Model Group=…`"""
_PASSED = {"success": True, "guardrail_intervened": False, "blocked": False}
_DATED = re.compile(r"\d{4}-?\d\d-?\d\d$")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_UNSEEN_REASONING = ("claude", "anthropic")
"""Bills thinking as output: the number of reasoning tokens is LiteLLM's own count."""
_AS_TEXT = ("messages", "response", "metadata", "model_parameters")


class LiteLLM(Dialect):
    """Lines of LiteLLM's custom loggers and of its proxy."""

    name = "litellm"

    def claims(self, value: dict[str, Any]) -> bool:
        """Four names that come together nowhere else."""
        return value.keys() >= _SIGNS

    def read(self, value: dict[str, Any], address: Address) -> list[Part] | str:
        """One line is one call."""
        value = value | {
            name: bodies.opened(value[name]) for name in _AS_TEXT if _is_json(value, name)
        }
        kind = text(value.get("call_type")) or ""
        if any(word in kind for word in _NO_CALLS):
            return "a call that asks no model to answer"
        fields = _request(value) | _answer(value) | _around(value)
        if value.get("status") == "failure":
            fields |= _error(value)
        fields["format"] = self.name
        return [Part(_keys(fields, value, address), fields, address)]


def _is_json(value: dict[str, Any], name: str) -> bool:
    """Whether the field is JSON in a text, as a table of a database has it."""
    said = value.get(name)
    return isinstance(said, str) and said.startswith(("{", "[")) and bodies.opened(said) is not None


def _keys(fields: Fields, value: dict[str, Any], address: Address) -> tuple[str, ...]:
    """Retries share neither id; a cache hit repeats the answer's, so it comes second."""
    own = text(value.get("litellm_call_id"))
    names = [f"litellm:{own}"] if own else []
    response_id = fields.get("response_id")
    if response_id and not value.get("cache_hit"):
        names.insert(0, f"resp:{response_id}")
    return tuple(names) or (line_key(address),)


def _request(value: dict[str, Any]) -> Fields:
    asked = mapping(value.get("model_parameters"))
    tools = asked.get("tools") or asked.get("functions")
    return filled(
        operation_name="chat",
        request_model=text(value.get("model")),
        input_messages=response_items.sent(value.get("messages")),
        tool_definitions=tools if isinstance(tools, list) else None,
        request_params={k: v for k, v in asked.items() if k not in _NO_PARAMETERS},
        stream=_streamed(value),
    )


def _answer(value: dict[str, Any]) -> Fields:
    body = mapping(value.get("response"))
    if value.get("status") == "failure":
        return {"status": "error"}
    form = bodies.form_of(None, body) or bodies.CHAT
    if form is bodies.CHAT:
        body = body | {"choices": [_choice(c) for c in objects(body.get("choices"))]}
    found = form.answer(body)
    for name in ("response_id", "usage"):
        found.pop(name, None)
    model = _response_model(value, found.pop("response_model", None))
    told = filled(response_id=_response_id(value, body), response_model=model)
    return found | told | _usage(value, body)


def _choice(choice: dict[str, Any]) -> dict[str, Any]:
    """A choice with the refusal where OpenAI has it."""
    message = mapping(choice.get("message"))
    refusal = mapping(message.get("provider_specific_fields")).get("refusal")
    return choice | {"message": message | {"refusal": refusal}} if refusal else choice


def _response_model(value: dict[str, Any], told: str | None) -> str | None:
    """The model that answered.

    In the answer that LiteLLM builds from a stream it is the one asked for. The price was
    looked up for the true one, a dated version of it.
    """
    if not _streamed(value) or _DATED.search(told or ""):
        return told
    priced = text(mapping(value.get("model_map_information")).get("model_map_key")) or ""
    priced = priced.rpartition("/")[2]
    return priced if _DATED.search(priced) and priced.startswith(told or "") else None


def _response_id(value: dict[str, Any], body: dict[str, Any]) -> str | None:
    """The provider's id: LiteLLM makes its own, from a UUID, where it translates an answer."""
    found = text(body.get("id")) or text(value.get("id")) or ""
    return None if _UUID.search(found) else found or None


def _usage(value: dict[str, Any], body: dict[str, Any]) -> Fields:
    told = mapping(mapping(value.get("metadata")).get("usage_object")) or mapping(body.get("usage"))
    told = {
        "prompt_tokens": value.get("prompt_tokens"),
        "completion_tokens": value.get("completion_tokens"),
    } | told
    if not any(told.values()):
        return {}
    if _estimated(value, told):
        return {"usage": {"estimated": True}, "warnings": ["LiteLLM estimated the tokens"]}
    usage = openai_body.usage(told) | filled(
        cache_creation_input_tokens=count(told.get("cache_creation_input_tokens"))
    )
    model = f"{value.get('custom_llm_provider')} {value.get('model')}"
    if any(word in model for word in _UNSEEN_REASONING) and _thought(body):
        usage.pop("reasoning_output_tokens", None)
    return {"usage": usage}


def _thought(body: dict[str, Any]) -> bool:
    """Whether the answer came with any reasoning; none of it costs no tokens."""
    said = [mapping(choice.get("message")) for choice in objects(body.get("choices"))]
    return any(
        message.get("reasoning_content") or message.get("thinking_blocks") for message in said
    )


def _estimated(value: dict[str, Any], usage: dict[str, Any]) -> bool:
    """A stream has usage if it was asked for; providers that give it unasked give details."""
    asked = mapping(mapping(value.get("model_parameters")).get("stream_options"))
    wanted = asked.get("include_usage") is True
    return _streamed(value) and not wanted and not usage.get("prompt_tokens_details")


def _streamed(value: dict[str, Any]) -> bool:
    asked = mapping(value.get("model_parameters"))
    return value.get("stream") is True or asked.get("stream") is True


def _around(value: dict[str, Any]) -> Fields:
    start, end = instant(value.get("startTime")), instant(value.get("endTime"))
    first = instant(value.get("completionStartTime"))
    metadata = mapping(value.get("metadata"))
    trace = text(value.get("trace_id"))
    own = bool(_UUID.fullmatch(trace or ""))
    failed = value.get("status") == "failure"
    guessed = not failed and mapping(_usage(value, {}).get("usage")).get("estimated") is True
    return filled(
        start_time=start,
        latency_ms=_between(start, end),
        ttft_ms=_between(start, first) if first is not None and first != end else None,
        provider_name=text(value.get("custom_llm_provider")),
        cost=None if guessed or failed else number(value.get("response_cost")),
        session_id=text(value.get("session_id")) or (None if own else trace),
        trace_id=trace if own else None,
        user_id=text(value.get("end_user")) or text(metadata.get("user_api_key_user_id")),
        tags=value.get("request_tags") or None,
        metadata=_metadata(value, guessed) | mapping(metadata.get("requester_metadata")),
        evaluations=_guardrails(value.get("guardrail_information")) or None,
    )


def _metadata(value: dict[str, Any], guessed: bool) -> dict[str, Any]:
    names = ("litellm_call_id", "api_base", "model_group", "cache_hit")
    found = {name: value[name] for name in names if value.get(name) not in (None, "")}
    if not guessed:
        return found
    return found | filled(
        estimated_input_tokens=count(value.get("prompt_tokens")),
        estimated_output_tokens=count(value.get("completion_tokens")),
        estimated_cost=number(value.get("response_cost")),
    )


def _between(start: float | None, end: float | None) -> float | None:
    return None if start is None or end is None or end < start else (end - start) * 1000


def _guardrails(found: Any) -> list[dict[str, Any]]:
    listed = found if isinstance(found, list) else [found]
    return [
        {
            "name": text(one.get("guardrail_name")) or "guardrail",
            "passed": _PASSED.get(text(one.get("guardrail_status")) or ""),
            "label": _label(one.get("guardrail_status")),
            "score": None,
            "explanation": text(one.get("guardrail_response")),
        }
        for one in objects(listed)
    ]


def _label(status: Any) -> str | None:
    return "errored" if status == "guardrail_failed_to_respond" else text(status)


def _error(value: dict[str, Any]) -> Fields:
    """What the provider said, out of LiteLLM's wrapping."""
    told = mapping(value.get("error_information"))
    said = text(told.get("error_message")) or text(value.get("error_str")) or ""
    kind = text(told.get("error_class"))
    before, behind = _BEFORE.match(said), _BEHIND.search(said)
    inner = said[before.end() if before else 0 : behind.start() if behind else None]
    if inner.startswith("b'") and inner.endswith("'"):
        inner = inner[2:-1]
    # A timeout had no answer: the 408 beside it is LiteLLM's.
    status = None if kind == "Timeout" else http_status(told.get("error_code"))
    return {"status": "error"} | terms.error_text(inner, kind) | filled(http_status=status)
