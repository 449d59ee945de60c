"""Plain native lines straight from their bytes to columns: eight in ten lines are plain.

A typed decoder checks every value on its way in, so what is not plainly what it should be
ends the attempt, and the general way (`native`, `assembly`, `canonical`) decides. Where both
give a row they give the same one; tests/dialects/test_native_batch.py holds them to it.
"""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from tailllm.dialects import native_texts, terms
from tailllm.dialects.dialect import Quick
from tailllm.dialects.native_shapes import Check, Line, Request
from tailllm.dialects.quick import each, instants, keys, names
from tailllm.dialects.values import text
from tailllm.records.batch import Batch
from tailllm.records.line import Lines, Text

_decode = msgspec.json.Decoder(Line).decode
_ODD = (msgspec.DecodeError, ValueError, RecursionError)


def decoded(texts: Sequence[Text], decode: Callable[[Text], Line] = _decode) -> list[Line | None]:
    """Every line by type; None for one that is not what it should be."""
    try:
        return list(map(decode, texts))
    except _ODD:
        return [_attempt(line, decode) for line in texts]


def batch(lines: Lines, arrived: float, *, previews: bool = True) -> Quick:
    """The calls of many lines.

    Args:
        arrived: Seconds since the epoch at which the lines were read.
        previews: Whether the starts of the texts are wanted; they are empty otherwise.

    Raises:
        Nothing.
    """
    found: list[Any] = decoded(lines.texts)
    times = instants([None if call is None else call.ts for call in found])
    texts: list[Any] = native_texts.texts(found, previews=previews)
    places: Sequence[int] = range(len(found))
    left: list[int] = []
    all_say = None not in times and None not in texts and _all_say(found)
    if not all_say:
        places = [
            place
            for place, (call, at, known) in enumerate(zip(found, times, texts, strict=True))
            if at is not None and known is not None and _is_plain(call)
        ]
        left = sorted(set(range(len(found))).difference(places))
    if left:
        lines = lines.at(places)
        found, times, texts = ([some[place] for place in places] for some in (found, times, texts))
    known = columns(found, all_say=all_say)
    known |= {
        "key": keys(known.pop("id"), lines),
        "at": times,
        "arrived": [arrived] * len(lines),
        "prompt_version": [version for version, _, _ in texts],
        "preview": [preview for _, preview, _ in texts],
        "reply": [reply for _, _, reply in texts],
    }
    return Quick(Batch.of_lines(known, lines), left)


def _all_say(calls: Sequence[Any]) -> bool:
    """Whether all of them plainly have an output of their own, as many logs' calls do."""
    outputs = [call.output for call in calls]
    if {output.__class__ for output in outputs} != {msgspec.Raw}:
        return False
    if any(call.request is not None or call.response is not None for call in calls):
        return False
    return all(map(native_texts.is_text, outputs))


def _attempt(line: Text, decode: Callable[[Text], Line]) -> Line | None:
    try:
        return decode(line)
    except _ODD:
        return None


def _is_plain(call: Any) -> bool:
    """Whether it says something, in OpenAI's form where it has raw bodies."""
    asked, answered = call.request, call.response
    if answered is not None and not answered.choices:
        return False
    said = call if answered is None else answered.choices[0].message
    if native_texts.says(said.output) is None:
        return False
    if asked is None and answered is None:
        return said.output is not msgspec.UNSET or bool(native_texts.sent(call.messages))
    if asked is not None and asked.max_tokens is not msgspec.UNSET:
        # Other providers' requests have it too, so look closer.
        return asked.tools is msgspec.UNSET and _opens_with_system(asked)
    return True


def _opens_with_system(asked: Request) -> bool:
    """As chat completions may, and Anthropic's requests may not."""
    messages = native_texts.sent(asked.messages)
    opening = messages[:1] if isinstance(messages, list) else ()
    return any(message.role in native_texts.SYSTEM for message in opening)


def columns(calls: Sequence[Any], *, all_say: bool) -> dict[str, list[Any]]:
    """What can be read column by column, and the calls' own `id`."""
    bodies = [call if call.response is None else call.response for call in calls]
    best: list[Any] = [body if body.__class__ is Line else body.choices[0] for body in bodies]
    said = [one if one.__class__ is Line else one.message for one in best]
    used = [body.usage for body in bodies]
    prompts = [call.prompt for call in calls]
    conversations = names([call.conversation for call in calls])
    sessions = names([call.session for call in calls])
    ids = names([body.id for body in bodies])
    statuses = ["ok"] * len(calls)
    if not all_say:
        statuses = [_status(*one) for one in zip(bodies, best, said, strict=True)]
    answers = zip(statuses, ids, strict=True)
    nothing = [None] * len(calls)
    return {
        "id": ids,
        "format": ["native"] * len(calls),
        "status": statuses,
        "state": ["done"] * len(calls),
        "latency_ms": [call.ms for call in calls],
        "ttft_ms": [call.ttft_ms for call in calls],
        "operation_name": each([call.operation for call in calls], _operation),
        "provider_name": each([call.provider for call in calls]),
        "model": _models(calls, all_say=all_say),
        "prompt_name": each([getattr(prompt, "name", prompt) for prompt in prompts]),
        "finish_reason": each([one.finish for one in best], _finish),
        "input_tokens": [None if one is None else one.input for one in used],
        "output_tokens": [None if one is None else one.output for one in used],
        "cache_read_input_tokens": [None if one is None else one.cached for one in used],
        "reasoning_output_tokens": [None if one is None else one.reasoning for one in used],
        "cost": [call.cost for call in calls],
        "error_type": nothing,
        "http_status": [200 if status == "ok" or own else None for status, own in answers],
        "trace_id": names([call.trace_id for call in calls]),
        "conversation_id": [a or b for a, b in zip(conversations, sessions, strict=True)],
        "user_id": names([call.user for call in calls]),
        "host": each([call.host for call in calls]),
        "route": each([call.route for call in calls]),
        "tool_calls": [0 if one.tool_calls is None else len(one.tool_calls) for one in said],
        "verdicts": each([call.checks for call in calls], _verdicts),
    }


def _status(body: Any, best: Any, said: Any) -> str:
    if body.__class__ is not Line or said.tool_calls or native_texts.says(said.output):
        return "ok"
    return "unknown" if text(best.finish) is None and text(said.refusal) is None else "ok"


def _operation(said: Any) -> str:
    return text(said) or "chat"


def _models(calls: Sequence[Any], *, all_say: bool) -> list[str | None]:
    if all_say:
        found = each([call.model for call in calls])
        if None not in found:
            return found
    return each([_model(call) for call in calls])


def _model(call: Any) -> Any:
    """The model that answered, or the one that was asked."""
    said, asked = call.response, call.request
    if said is not None and text(said.model):
        return said.model
    if asked is not None:
        return asked.model
    return call.model if text(call.model) else call.request_model


def _finish(word: Any) -> str | None:
    return terms.finish(text(word)).get("finish_reason")


def _verdicts(checks: tuple[Check, ...] | None) -> tuple[tuple[str, str], ...]:
    return tuple([(text(check.name) or "check", _outcome(check)) for check in checks or ()])


def _outcome(check: Check) -> str:
    if check.ok is not None:
        return "passed" if check.ok else "failed"
    return "errored" if check.label == "errored" else "unjudged"
