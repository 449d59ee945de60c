"""What a target answered, and what that tells: the fields that validators look at."""

import json
from typing import Any, NamedTuple

from tailllm.config.targets import TargetSpec
from tailllm.dialects import anthropic_body, bodies, openai_body
from tailllm.records.part import Fields


class UnreadableError(ValueError):
    """The answer is none; the text says why."""


class Answer(NamedTuple):
    """One answer as it is recorded."""

    body: Any
    """The response, whole: finish reason, usage and fingerprint matter too."""
    ms: float
    """Milliseconds from the request to the last byte."""


def fields(kind: str, answer: Answer, *, asked: dict[str, Any] | None = None) -> Fields:
    """What the answer tells, under the names of `records.call.Call`.

    Args:
        kind: Of the target.
        asked: The request, for validators that look at the tools that were offered.

    Raises:
        UnreadableError: It is no answer of this kind, or an error in the place of one.
    """
    found = _told(kind, answer.body)
    if found.get("status") == "error":
        said = found.get("error_message") or found.get("error_type") or "no reason given"
        msg = f"the answer is an error: {said}"
        raise UnreadableError(msg)
    plain: Fields = {"state": "done", "status": "ok", "operation_name": "chat", "content": "full"}
    plain |= {"output_text": None, "tool_calls": [], "usage": {}, "evaluations": []}
    return plain | _request(asked) | found | {"latency_ms": answer.ms}


def _told(kind: str, body: Any) -> Fields:
    if kind == "openai":
        return _whole(body, openai_body.is_answer(body) or openai_body.is_error(body), bodies.CHAT)
    if kind == "anthropic":
        good = anthropic_body.is_answer(body) or anthropic_body.is_error(body)
        return _whole(body, good, bodies.MESSAGES)
    return _own(body)


def _whole(body: Any, good: bool, form: bodies.Form) -> Fields:
    if not good or not isinstance(body, dict):
        msg = "the response is no answer of this API"
        raise UnreadableError(msg)
    found = form.answer(body)
    if found.get("status") != "error" and not (_says(found) or found.get("finish_reason")):
        msg = "the response holds no answer"
        raise UnreadableError(msg)
    return found


def _own(body: Any) -> Fields:
    """What a program of the team said: text, a dict of ours, or a provider's response."""
    if isinstance(body, str):
        return {"output_text": body}
    if isinstance(body, dict) and bodies.is_error(body):
        return bodies.answer(body)
    if isinstance(body, dict):
        form = bodies.form_of(None, body)
        if form is not None:
            return form.answer(body)
        if body.keys() & {"output_text", "tool_calls"}:
            return {"output_text": "", "tool_calls": []} | _known(body)
    if body is None:
        msg = "the answer is empty"
        raise UnreadableError(msg)
    return {"output_text": json.dumps(body, ensure_ascii=False)}


_KNOWN = ("output_text", "tool_calls", "refusal", "finish_reason", "usage", "response_model")


def _known(body: dict[str, Any]) -> Fields:
    found = {name: body[name] for name in _KNOWN if body.get(name) is not None}
    wrong = [name for name, kind in _TYPES.items() if not isinstance(found.get(name, kind()), kind)]
    if wrong:
        msg = f"{wrong[0]} of the answer is no {_TYPES[wrong[0]].__name__}"
        raise UnreadableError(msg)
    return found


_TYPES: dict[str, type[Any]] = {"output_text": str, "tool_calls": list, "usage": dict}


def _request(asked: dict[str, Any] | None) -> Fields:
    if not asked:
        return {}
    names = {"model": "request_model", "messages": "input_messages", "tools": "tool_definitions"}
    found = {ours: asked[theirs] for theirs, ours in names.items() if asked.get(theirs)}
    if isinstance(asked.get("system"), str):
        found["system_instructions"] = asked["system"]
    return found


def _says(found: Fields) -> bool:
    return found.get("output_text") is not None or bool(found.get("tool_calls"))


def shown(found: Fields) -> str:
    """The answer as a person reads it: the text, then each tool call on a line of its own."""
    calls = [f"{_name(call)}({_arguments(call)})" for call in found.get("tool_calls") or []]
    said = found.get("output_text") or found.get("refusal") or ""
    return "\n".join([*([said] if said or not calls else []), *calls])


def _name(call: Any) -> str:
    return str(call.get("name")) if isinstance(call, dict) else "?"


def _arguments(call: Any) -> str:
    given = call.get("arguments") if isinstance(call, dict) else None
    return given if isinstance(given, str) else json.dumps(given, ensure_ascii=False)


def cost_of(target: TargetSpec, kind: str, answer: Answer) -> float | None:
    """US dollars of an answer; None when prices or numbers are not known."""
    if target.input_price is None or target.output_price is None:
        return None
    try:
        usage = fields(kind, answer).get("usage") or {}
    except UnreadableError:
        return None
    return target.cost(usage.get("input_tokens"), usage.get("output_tokens"))
