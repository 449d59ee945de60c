"""Requests and answers in MLflow's spans: JSON texts of what the traced function got and gave."""

from collections.abc import Iterable
from typing import Any

from tailllm.dialects import bodies, langfuse_body
from tailllm.dialects.decode import decode_text
from tailllm.dialects.values import count, filled, mapping
from tailllm.records.part import Fields

_USAGE = (
    "input_tokens",
    "output_tokens",
    "cache_read_input_tokens",
    "cache_creation_input_tokens",
)


def opened(value: Any) -> Any:
    """The value of an attribute; text that is no JSON stands for itself."""
    if not isinstance(value, str):
        return value
    found = decode_text(value)
    return value if found is None and value != "null" else found


def asked(sent: Any) -> Fields:
    """A request body, as a client library was called; or whatever else was passed."""
    body = mapping(sent)
    fields: Fields = {"operation_name": "chat"}
    if bodies.form_of(body):
        return fields | bodies.request(body)
    found = langfuse_body.asked(sent)
    model = body.get("model")
    return fields | found | filled(request_model=model if isinstance(model, str) else None)


def answered(said: Any) -> Fields:
    """An answer of any form."""
    if bodies.form_of(None, said) is not None:
        return bodies.answer(said)
    return langfuse_body.answered(said)


def streamed(chunks: Iterable[Any]) -> Fields:
    """The chunks of a stream, each a JSON text."""
    found = bodies.answer([opened(chunk) for chunk in chunks])
    found.pop("status", None)
    return found


def usage(said: Any, known: Any) -> Fields:
    """MLflow's own count, and what only the answer's has: reasoning."""
    counted = mapping(said)
    own = filled(**{name: count(counted.get(name)) for name in _USAGE})
    both = mapping(known) | own
    return {"usage": both} if both else {}
