"""The parts of one call to its fields: who is believed about what.

A part may carry, beside the fields of a call, what only folding needs (never in the result):

    _rank      who is believed first where parts differ: higher before lower, then earlier
    _start_hint  seconds since the epoch when the call began, from its end and duration
    _library   a client library's own span, written inside an instrumentation's
    _pieces    [(order, anything)], with
    _join      a function of all the call's pieces, in order, and the fields so far
    _status_at (time, HTTP status) of a request that was made for the call
    _over_at   seconds since the epoch when an answer was logged; of several the last counts
"""

from collections.abc import Iterable, Sequence
from typing import Any

from tailllm.dialects.values import mapping
from tailllm.records.part import Fields, Part

SPAN, EVENT, LIBRARY, HINT = 4, 3, 2, 1
"""Ranks. A hint fills what nobody else says."""

_REFUSED = 400
"""HTTP statuses from here on are errors."""
_ANSWERED = 200
_ANSWERS = ("response_id", "output_messages", "output_text", "tool_calls", "finish_reason_raw")
"""What only an answer tells."""
_ATTEMPTS = 2
"""Answers to one request, of which the last counts."""
_OUTCOME = frozenset(
    {
        "status",
        "http_status",
        "error_type",
        "error_message",
        "latency_ms",
        "_over_at",
        "_start_hint",
    }
)
_LATER = frozenset({"_join", "_pieces", "_start_hint", "_status_at", "_over_at"})
"""What other parts, or their order, may say more about."""
_STATUSES = ("error", "ok", "incomplete")
_CONTENTS = ("truncated", "reference", "partial", "full")
_MERGED = frozenset({"usage", "request_params", "metadata"})
_JOINED = frozenset({"evaluations", "warnings"})


def fold(parts: Sequence[Part], outers: Iterable[Fields] = ()) -> Fields:
    """The fields of the call that these parts make.

    Args:
        parts: All of one call, in the order they came.
        outers: What the spans around it say, the nearest first; who and which conversation,
            verdicts on the whole, and what was sent where the call itself does not say it;
            never tokens or answers.
    """
    outers = list(outers)
    if len(parts) == 1 and not outers and _LATER.isdisjoint(parts[0].fields):
        return _alone(parts[0])
    return _together(_last_attempt(parts), outers)


def complete(fields: Fields) -> Fields:
    """Give the fields that every folded call has, and that its log left out."""
    fields.setdefault("state", "done")
    refused = (fields.get("http_status") or 0) >= _REFUSED
    fields.setdefault("status", "error" if refused else "unknown")
    _settle_answer(fields)
    fields.setdefault("output_text", None)
    fields.setdefault("tool_calls", [])
    fields.setdefault("usage", {})
    fields.setdefault("evaluations", [])
    if "content" not in fields:
        sent = fields.get("input_messages") or fields.get("output_messages")
        seen = sent or fields.get("system_instructions")
        fields["content"] = "full" if seen else "absent"
    return fields


def _settle_answer(fields: Fields) -> None:
    """What an answer that came tells beyond its words.

    Providers answer with HTTP 200, also where the stream of it breaks later. An answer that
    is logged in full and has no text, only tool calls say, has an empty one.
    """
    if fields.get("http_status") is None and _is_answered(fields):
        fields["http_status"] = _ANSWERED
    told = fields.get("output_messages") and fields.get("content") != "truncated"
    if told and fields.get("output_text") is None:
        fields["output_text"] = ""
    if fields.get("finish_reason") == "content_filter" and _is_claude(fields):
        # Its API has one reason of this kind, a refusal; others cut answers with a filter.
        fields.setdefault("refusal", fields.get("output_text") or None)


def _is_answered(fields: Fields) -> bool:
    say = fields.get
    if fields["status"] == "error":
        return say("response_id") is not None or say("ttft_ms") is not None
    return any(say(name) is not None for name in _ANSWERS)


def _is_claude(fields: Fields) -> bool:
    model = fields.get("response_model") or fields.get("request_model")
    return isinstance(model, str) and "claude" in model


def _together(parts: Sequence[Part], outers: Sequence[Fields]) -> Fields:
    ranked = sorted(parts, key=lambda part: -int(part.fields.get("_rank", SPAN)))
    fields = {name: value for name, value in ranked[0].fields.items() if value is not None}
    for part in ranked[1:]:
        _add(fields, part.fields)
    _add(fields, _joined(ranked, fields))
    _settle_status(fields, ranked)
    content = _picked(ranked, "content", _CONTENTS)
    if content:
        fields["content"] = content
    _add(fields, {"http_status": _last_status(parts), "start_time": fields.get("_start_hint")})
    _add(fields, _between(fields.get("start_time"), fields.get("_over_at")))
    for part in ranked:
        if part.fields.get("_library"):
            # It reads the wire; instrumentations count a stream's tokens on their own.
            fields["usage"] = mapping(fields.get("usage")) | mapping(part.fields.get("usage"))
    for outer in outers:
        filtered = fields.get("finish_reason") == "content_filter"
        for name, value in outer.items():
            if name != "refusal" or filtered:
                _put(fields, name, value)
    done = any(part.kind == "whole" or part.fields.get("state") == "done" for part in parts)
    fields["state"] = "done" if done or fields.get("state") == "done" else "partial"
    return complete({name: value for name, value in fields.items() if name[0] != "_"})


def _alone(part: Part) -> Fields:
    """The same where one part says everything, as a span mostly does."""
    fields = {
        name: value for name, value in part.fields.items() if value is not None and name[0] != "_"
    }
    _settle_outcome(fields)
    if part.kind == "whole":
        fields["state"] = "done"
    fields.setdefault("state", "partial")
    return complete(fields)


def _last_attempt(parts: Sequence[Part]) -> Sequence[Part]:
    """The parts without what a later answer to the same request took back."""
    over = [part for part in parts if "_over_at" in part.fields]
    if len(over) < _ATTEMPTS:
        return parts
    last = max(over, key=lambda part: (part.fields["_over_at"], part.address))
    return [part if part is last or part not in over else _outdated(part) for part in parts]


def _between(start: float | None, over_at: float | None) -> Fields:
    """The time from a request's line to its answer's; none where a clock went back."""
    if start is None or over_at is None or over_at < start:
        return {}
    return {"latency_ms": (over_at - start) * 1000}


def _outdated(part: Part) -> Part:
    kept = {name: value for name, value in part.fields.items() if name not in _OUTCOME}
    return part._replace(fields=kept)


def _add(fields: Fields, more: Fields) -> None:
    for name, value in more.items():
        if value is not None:
            _put(fields, name, value)


def _put(fields: Fields, name: str, value: Any) -> None:
    if name in _MERGED and isinstance(value, dict):
        fields[name] = value | mapping(fields.get(name))
    elif name in _JOINED:
        known = fields.get(name, [])
        fields[name] = known + [item for item in value if item not in known]
    else:
        fields.setdefault(name, value)


def _settle_status(fields: Fields, ranked: Sequence[Part]) -> None:
    """Whom we believe first decides: attempts that a client made again are no error."""
    joined = fields.get("status") if "_join" in fields else None
    told = [
        (p.fields.get("_rank", SPAN), p.fields["status"]) for p in ranked if "status" in p.fields
    ]
    if told:
        equals = {status for rank, status in told if rank == told[0][0]}
        status = next((word for word in _STATUSES if word in equals), None)
        if status:
            fields["status"] = "error" if joined == "error" else status
    _settle_outcome(fields)


def _settle_outcome(fields: Fields) -> None:
    """A call that went well has no error, whatever became of its first attempts."""
    if fields.get("status") == "ok":
        for name in ("error_type", "error_message"):
            fields.pop(name, None)
        if (fields.get("http_status") or 0) >= _REFUSED:
            del fields["http_status"]


def _joined(parts: Sequence[Part], fields: Fields) -> Fields:
    pieces = [piece for part in parts for piece in part.fields.get("_pieces", ())]
    join = fields.get("_join")
    if not pieces or join is None:
        return {}
    pieces.sort(key=lambda piece: piece[0])
    found: Fields = join(_once(pieces), fields)
    return found


def _once(pieces: Sequence[tuple[int, Any]]) -> list[Any]:
    """Exporters that try again write a record twice."""
    kept: list[tuple[int, Any]] = []
    for piece in pieces:
        if not (kept and piece[0] and kept[-1] == piece):
            kept.append(piece)
    return [payload for _, payload in kept]


def _picked(parts: Sequence[Part], name: str, order: Sequence[str]) -> str | None:
    said = [part.fields[name] for part in parts if name in part.fields]
    return next((word for word in order if word in said), None)


def _last_status(parts: Sequence[Part]) -> Any:
    """The status of the last attempt: clients retry, and the call is one."""
    seen = [part.fields["_status_at"] for part in parts if "_status_at" in part.fields]
    return max(seen)[1] if seen else None
