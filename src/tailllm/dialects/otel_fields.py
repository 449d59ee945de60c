"""Attributes of the GenAI conventions, under the names of the record; old names too."""

from collections.abc import Callable
from typing import Any, NamedTuple

from tailllm.dialects import terms
from tailllm.dialects.decode import decode_text
from tailllm.dialects.values import count, duration, flag, http_status, text
from tailllm.records.part import Fields

Reader = Callable[[Any], Any]

_REQUEST = "gen_ai.request."
_SAYS: dict[str, tuple[str, Reader]] = {
    "gen_ai.operation.name": ("operation_name", text),
    "gen_ai.provider.name": ("provider_name", text),
    "gen_ai.system": ("provider_name", text),
    "gen_ai.request.model": ("request_model", text),
    "gen_ai.request.stream": ("stream", flag),
    "gen_ai.response.model": ("response_model", text),
    "gen_ai.response.id": ("response_id", text),
    "gen_ai.response.time_to_first_chunk": ("ttft_ms", lambda said: duration(said, 1000.0)),
    "gen_ai.client.operation.time_to_first_chunk": (
        "ttft_ms",
        lambda said: duration(said, 1000.0),
    ),
    "http.response.status_code": ("http_status", http_status),
    "error.type": ("error_type", text),
}
_WHO: dict[str, tuple[str, Reader]] = {
    "session.id": ("session_id", text),
    "user.id": ("user_id", text),
    "enduser.id": ("user_id", text),
    "gen_ai.conversation.id": ("conversation_id", text),
    "gen_ai.prompt.name": ("prompt_name", text),
    "http.route": ("route", text),
    "traceloop.workflow.name": ("route", text),
    "gen_ai.prompt.version": ("prompt_version", text),
}
_USAGE: dict[str, tuple[str, Reader]] = {
    "gen_ai.usage.input_tokens": ("input_tokens", count),
    "gen_ai.usage.prompt_tokens": ("input_tokens", count),
    "gen_ai.usage.output_tokens": ("output_tokens", count),
    "gen_ai.usage.completion_tokens": ("output_tokens", count),
    "gen_ai.usage.cache_read.input_tokens": ("cache_read_input_tokens", count),
    "gen_ai.usage.cache_read_input_tokens": ("cache_read_input_tokens", count),
    "gen_ai.usage.cache_creation.input_tokens": ("cache_creation_input_tokens", count),
    "gen_ai.usage.cache_write.input_tokens": ("cache_creation_input_tokens", count),
    "gen_ai.usage.cache_creation_input_tokens": ("cache_creation_input_tokens", count),
    "gen_ai.usage.reasoning.output_tokens": ("reasoning_output_tokens", count),
    "gen_ai.usage.reasoning_tokens": ("reasoning_output_tokens", count),
}


class _Entry(NamedTuple):
    usage: bool
    field: str
    read: Reader
    first: bool
    """Of several names for one field, the one listed first counts."""


def _entries() -> dict[str, _Entry]:
    listed: dict[str, _Entry] = {}
    met: set[str] = set()
    for table in (_SAYS, _WHO, _USAGE):
        for name, (field, read) in table.items():
            listed[name] = _Entry(table is _USAGE, field, read, field not in met)
            met.add(field)
    return listed


_CALL = _entries()
_OUTER = {name: entry for name, entry in _CALL.items() if name in _WHO}


def call_fields(attributes: dict[str, Any]) -> Fields:
    """What the attributes of a call tell, its content left out: one walk, for speed.

    Units:
        `time_to_first_chunk` is seconds, `ttft_ms` milliseconds.
    """
    found: Fields = {}
    usage: Fields = {}
    params: Fields = {}
    for name, said in attributes.items():
        entry = _CALL.get(name)
        if entry is not None:
            worth = entry.read(said)
            into = usage if entry.usage else found
            if worth is not None and (entry.first or entry.field not in into):
                into[entry.field] = worth
        elif name.startswith(_REQUEST):
            params[name[len(_REQUEST) :]] = said
    if attributes.get("gen_ai.output.type"):
        params["output_type"] = attributes["gen_ai.output.type"]
    if usage:
        found["usage"] = usage
    if params:
        found["request_params"] = params
    return found | _finish(attributes)


def outer_fields(attributes: dict[str, Any]) -> Fields:
    """Who and which conversation."""
    found: Fields = {}
    for name, said in attributes.items():
        entry = _OUTER.get(name)
        worth = entry.read(said) if entry else None
        if entry and worth is not None and (entry.first or entry.field not in found):
            found[entry.field] = worth
    return found


def exception(attributes: dict[str, Any]) -> Fields:
    """The error fields of an exception event."""
    return terms.error_text(
        attributes.get("exception.message"), attributes.get("exception.type")
    ) | {"status": "error"}


def _finish(attributes: dict[str, Any]) -> Fields:
    """One word for each choice; the first choice is the answer."""
    words = attributes.get("gen_ai.response.finish_reasons")
    if isinstance(words, str):
        words = decode_text(words) if words.startswith("[") else [words]
    if isinstance(words, list) and words:
        return terms.finish(words[0])
    return terms.finish(attributes.get("anthropic.message.stop_reason"))
