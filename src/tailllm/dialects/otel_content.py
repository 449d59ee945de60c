"""Messages and tools in OpenTelemetry attributes: JSON text on spans, values on records."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

from tailllm.dialects import messages, terms
from tailllm.dialects.cut import mend
from tailllm.dialects.decode import decode_text
from tailllm.dialects.values import count, mapping, objects
from tailllm.records.part import Fields


class Read(NamedTuple):
    """An attribute's value, its JSON opened."""

    value: Any
    whole: int
    """How many of a list's items are whole."""
    cut: bool


def content(attributes: dict[str, Any]) -> Fields:
    """The content fields of a span's or a record's attributes.

    An attribute that a length limit cut is read as far as it goes: the call is `truncated`,
    and of the answer only whole messages count, for the rest of a cut one is unknown.
    """
    found: Fields = {}
    cuts = []
    for name, fields_of in _FIELDS.items():
        value = attributes.get(name)
        if value:
            read = _open(name, value)
            found |= fields_of(read, value)
            if read.cut:
                cuts.append(name)
    return found | cut_short(*cuts) if cuts else found


def answer(outputs: list[dict[str, Any]]) -> Fields:
    """The output fields of answer messages; the first choice is the answer."""
    if not outputs:
        return {}
    best = outputs[0]
    text = _bare_text(best)
    parts = [] if text is not None else list(messages.parts(best))
    if text is None:
        text = messages.message_text(best)
    found: Fields = {
        "output_messages": outputs,
        "output_text": text,
        "tool_calls": messages.asked(parts) if parts else [],
    }
    finish = best.get("finish_reason")
    refusal = next((part["content"] for part in parts if part["type"] == "refusal"), None)
    if refusal is None and finish == "refusal":
        refusal = text
    if refusal is not None:
        found["refusal"] = refusal
    return found | terms.finish(finish) if finish else found


def _bare_text(message: dict[str, Any]) -> str | None:
    """The text of a message that is nothing else, as most answers are."""
    parts = message.get("parts")
    if type(parts) is list and len(parts) == 1 and type(parts[0]) is dict:
        said = parts[0].get("content") if parts[0].get("type") == "text" else None
        return said if type(said) is str else None
    return None


def messages_in(read: Read, value: Any) -> list[Any]:
    """The messages of an attribute; of a cut one as far as it goes, then its raw text."""
    sent = read.value if isinstance(read.value, list) else []
    return [*sent, raw(value)] if read.cut else sent


def cut_short(*names: str) -> Fields:
    """What to say of a call whose attributes were cut."""
    warnings = [f"{name} is cut by the writer's length limit" for name in names]
    return {"content": "truncated", "warnings": warnings} if names else {}


def _input(read: Read, value: Any) -> Fields:
    return {"input_messages": messages_in(read, value)}


def _output(read: Read, value: Any) -> Fields:
    outputs = objects(read.value)
    if not read.cut:
        return answer(outputs)
    whole = outputs[: read.whole]
    return answer(whole) | {"output_messages": [*whole, raw(value)]}


def _system(read: Read, value: Any) -> Fields:
    text = messages.content_text(read.value)
    return {"system_instructions": value if text is None and isinstance(value, str) else text}


def _tools(read: Read, _: Any) -> Fields:
    return {"tool_definitions": read.value} if isinstance(read.value, list) else {}


_FIELDS: dict[str, Callable[[Read, Any], Fields]] = {
    "gen_ai.input.messages": _input,
    "gen_ai.output.messages": _output,
    "gen_ai.system_instructions": _system,
    "gen_ai.tool.definitions": _tools,
}


def _open(name: str, value: Any) -> Read:
    if name in _REPEATED and type(value) is str and len(value) <= _LONGEST_REPEATED:
        return _opened_once(value)
    return opened(value)


_REPEATED = frozenset({"gen_ai.system_instructions", "gen_ai.tool.definitions"})
"""The same in call after call; opened once."""
_LONGEST_REPEATED = 32_768


@lru_cache(maxsize=128)
def _opened_once(value: str) -> Read:
    return opened(value)


def opened(value: Any) -> Read:
    """Open an attribute that holds JSON text, or the value itself."""
    if not isinstance(value, str):
        return Read(value, len(value) if isinstance(value, list) else 0, False)
    read = decode_text(value)
    if read is not None or not value.lstrip().startswith(("[", "{")):
        return Read(read, len(read) if isinstance(read, list) else 0, False)
    mended, whole = mend(value)
    return Read(mended, whole, True)


def raw(value: Any) -> dict[str, Any]:
    """The cut text itself, to be shown for what it is."""
    return {"role": "truncated", "parts": [{"type": "truncated", "content": value}]}


def message_piece(event: str, body: Any) -> dict[str, Any] | None:
    """One message of conventions <= 1.36, from its event; None for an event of another kind.

    Args:
        body: The record's body, or the attributes of a span's event; perhaps as JSON text.
    """
    role = _ROLES.get(event)
    if role is None and event != _CHOICE:
        return None
    body = mapping(_json(body))
    body = mapping(_json(body.get("gen_ai.event.content"))) or body
    if role is not None:
        return {"message": {"role": role} | body}
    said = mapping(_json(body.get("message"))) or {"content": body.get("content")}
    return {
        "message": said,
        "index": count(body.get("index")) or 0,
        "finish_reason": body.get("finish_reason"),
    }


def _json(value: Any) -> Any:
    return decode_text(value) if isinstance(value, str) else value


_ROLES = {
    "gen_ai.system.message": "system",
    "gen_ai.user.message": "user",
    "gen_ai.assistant.message": "assistant",
    "gen_ai.tool.message": "tool",
}
_CHOICE = "gen_ai.choice"


def joined(pieces: list[dict[str, Any]], _: Fields) -> Fields:
    """The messages of conventions <= 1.36: one record each, choices among them."""
    sent = [piece["message"] for piece in pieces if "index" not in piece]
    choices = sorted((piece for piece in pieces if "index" in piece), key=lambda p: p["index"])
    outputs = [
        mapping(piece["message"]) | {"finish_reason": piece["finish_reason"]} for piece in choices
    ]
    return ({"input_messages": sent} if sent else {}) | answer(outputs)
