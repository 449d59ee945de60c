"""Attributes of the GenAI conventions, under the names of the record; old names too."""

from typing import Any

from tailllm.dialects import terms
from tailllm.dialects.values import count, duration, filled, first, flag, http_status, text
from tailllm.records.part import Fields

_REQUEST = "gen_ai.request."
_NO_PARAMETERS = frozenset({"model", "stream"})
_USAGE = {
    "input_tokens": ("gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens"),
    "output_tokens": ("gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens"),
    "cache_read_input_tokens": (
        "gen_ai.usage.cache_read.input_tokens",
        "gen_ai.usage.cache_read_input_tokens",
    ),
    "cache_creation_input_tokens": (
        "gen_ai.usage.cache_creation.input_tokens",
        "gen_ai.usage.cache_write.input_tokens",
        "gen_ai.usage.cache_creation_input_tokens",
    ),
    "reasoning_output_tokens": (
        "gen_ai.usage.reasoning.output_tokens",
        "gen_ai.usage.reasoning_tokens",
    ),
}
_WHO = {
    "session_id": ("session.id",),
    "user_id": ("user.id", "enduser.id"),
    "conversation_id": ("gen_ai.conversation.id",),
    "prompt_name": ("gen_ai.prompt.name",),
    "prompt_version": ("gen_ai.prompt.version",),
}


def call_fields(attributes: dict[str, Any]) -> Fields:
    """What the attributes of a call tell, its content left out.

    Units:
        `time_to_first_chunk` is seconds, `ttft_ms` milliseconds.
    """
    say = attributes.get
    found = filled(
        operation_name=text(say("gen_ai.operation.name")),
        provider_name=text(first(attributes, "gen_ai.provider.name", "gen_ai.system")),
        request_model=text(say("gen_ai.request.model")),
        response_model=text(say("gen_ai.response.model")),
        response_id=text(say("gen_ai.response.id")),
        stream=flag(say("gen_ai.request.stream")),
        ttft_ms=duration(say("gen_ai.response.time_to_first_chunk"), 1000.0),
        http_status=http_status(say("http.response.status_code")),
        error_type=text(say("error.type")),
    )
    found |= outer_fields(attributes) | _finish(attributes)
    usage = {name: count(first(attributes, *names)) for name, names in _USAGE.items()}
    if any(value is not None for value in usage.values()):
        found["usage"] = filled(**usage)
    params = _params(attributes)
    return found | ({"request_params": params} if params else {})


def outer_fields(attributes: dict[str, Any]) -> Fields:
    """Who and which conversation."""
    return filled(**{name: text(first(attributes, *names)) for name, names in _WHO.items()})


def exception(attributes: dict[str, Any]) -> Fields:
    """The error fields of an exception event."""
    return terms.error_text(
        attributes.get("exception.message"), attributes.get("exception.type")
    ) | {"status": "error"}


def _finish(attributes: dict[str, Any]) -> Fields:
    """One word for each choice; the first choice is the answer."""
    words = attributes.get("gen_ai.response.finish_reasons")
    if isinstance(words, list) and words:
        return terms.finish(words[0])
    return terms.finish(first(attributes, "anthropic.message.stop_reason"))


def _params(attributes: dict[str, Any]) -> dict[str, Any]:
    params = {
        name[len(_REQUEST) :]: value
        for name, value in attributes.items()
        if name.startswith(_REQUEST) and name[len(_REQUEST) :] not in _NO_PARAMETERS
    }
    output_type = attributes.get("gen_ai.output.type")
    return params | ({"output_type": output_type} if output_type else {})
