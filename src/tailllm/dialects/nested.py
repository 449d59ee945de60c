"""A call inside another record: under some key of a log line, or as a JSON string.

Structured loggers put what the program gave them under a key of its choosing, beside the
time, the level and the request's own fields. The call is found by its shape; what the
records around it say fills what it does not say itself.
"""

import re
from collections import deque
from collections.abc import Sequence
from typing import Any, NamedTuple

from tailllm.dialects import envelope
from tailllm.dialects.decode import decode_text
from tailllm.dialects.dialect import Dialect
from tailllm.dialects.values import first, instant, mapping, objects, text
from tailllm.records.part import Fields, Part

_DEEPEST = 6
_MOST = 200
"""Records looked at in one line: an ordinary line has a handful."""
_LISTED = 20
_HINTS = ("model", "messages", "tailllm", "choices", "gen_ai")
"""A line without any of these words holds no call in a record's inside."""
_DONATED = (
    "session_id", "conversation_id", "user_id", "host", "route", "prompt_name", "prompt_version",
    "trace_id",
)  # fmt: skip
_TIMES = ("timestamp", "ts", "time", "@timestamp", "asctime", "datetime")
_RAISED = ("exc_info", "exception", "exc_text", "error.stack_trace", "stack_trace")
_LAST_LINE = re.compile(r"^((?:\w+\.)*\w*(?:Error|Exception|Timeout)\b.*)", re.MULTILINE)


class Found(NamedTuple):
    """A call's record and the records around it, the nearest first."""

    dialect: Dialect
    value: dict[str, Any]
    around: tuple[dict[str, Any], ...]
    path: str
    """Where it was, as a person would write it: `record.extra.call`."""


def may_hold(line: bytes | str) -> bool:
    """Whether it is worth looking; costs a few searches."""
    if isinstance(line, str):
        return any(hint in line for hint in _HINTS)
    # Written out: this runs for every line of every application beside the calls.
    return (
        b"model" in line
        or b"messages" in line
        or b"tailllm" in line
        or b"choices" in line
        or b"gen_ai" in line
    )


def find(value: dict[str, Any], dialects: Sequence[Dialect], *, eager: bool = False) -> list[Found]:
    """The calls inside a record that no dialect claims itself.

    Args:
        eager: Open strings that do not look like calls, too.
    """
    found: list[Found] = []
    queue: deque[tuple[dict[str, Any], tuple[dict[str, Any], ...], str]] = deque([(value, (), "")])
    for _ in range(_MOST):
        if not queue:
            break
        record, around, path = queue.popleft()
        dialect = next((each for each in dialects if each.claims(record)), None) if path else None
        if dialect is not None:
            found.append(Found(dialect, record, around, path))
        elif len(around) < _DEEPEST:
            outer = (record, *around)
            queue.extend(
                (inner, outer, f"{path}.{key}".strip(".")) for key, inner in _inner(record, eager)
            )
    return found


def _inner(record: dict[str, Any], eager: bool) -> list[tuple[str, dict[str, Any]]]:
    found: list[tuple[str, dict[str, Any]]] = []
    for key, value in record.items():
        if isinstance(value, dict):
            found.append((key, value))
        elif isinstance(value, list):
            found += [(f"{key}[]", each) for each in objects(value[:_LISTED])]
        elif isinstance(value, str) and value[:1] == "{" and (eager or may_hold(value)):
            inner = decode_text(value)
            if isinstance(inner, dict):
                found.append((key, inner))
    return found


def donate(part: Part, around: Sequence[dict[str, Any]]) -> None:
    """Fill what the call does not say itself from the records around it, the nearest first."""
    if part.kind not in {"whole", "piece"}:
        return
    fields = part.fields
    for record in around:
        said = envelope.around(record)
        for name in _DONATED:
            if name in said:
                fields.setdefault(name, said[name])
        _raised(fields, record)
    logged_at(part, next((at for at in map(_time, around) if at is not None), None))


def logged_at(part: Part, at: float | None, host: str | None = None) -> None:
    """A line is written when the call is over, where it ran; both are the last to be asked."""
    if part.kind not in {"whole", "piece"}:
        return
    if host is not None:
        part.fields.setdefault("host", host)
    if at is None or "start_time" in part.fields:
        return
    start = at - (part.fields.get("latency_ms") or 0.0) / 1000
    part.fields.setdefault("start_time" if part.kind == "whole" else "_start_hint", start)


def _time(record: dict[str, Any]) -> float | None:
    said = first(record, *_TIMES)
    return instant(said.get("timestamp") if isinstance(said, dict) else said)


def _raised(fields: Fields, record: dict[str, Any]) -> None:
    """The exception that a logger wrote beside the call is how the call ended."""
    said = first(record, *_RAISED)
    if not said or fields.get("error_type") or fields.get("error_message"):
        return
    if isinstance(said, str):
        lines = _LAST_LINE.findall(said)
        found = envelope.error(lines[-1] if lines else said.strip().rpartition("\n")[2])
    else:
        last = objects(said)[-1] if objects(said) else mapping(said)
        kind = text(first(last, "exc_type", "type", "class"))
        found = envelope.error(
            {"type": kind, "message": first(last, "exc_value", "value", "message")}
        )
    if found.get("error_type") or found.get("error_message"):
        fields |= found
