"""The spans around calls: whose request it was, and which conversation."""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field

from tailllm.dialects.unfinished import Open
from tailllm.records.line import Address
from tailllm.records.part import Part

DONATED = frozenset(
    {
        "session_id",
        "user_id",
        "conversation_id",
        "route",
        "prompt_name",
        "prompt_version",
        "tags",
        "evaluations",
        "input_messages",
        "system_instructions",
        "refusal",
    }
)
"""What the spans around a call tell of it."""
_SHARED = frozenset({"session_id", "user_id", "conversation_id", "route", "tags", "evaluations"})
_JOINED = frozenset({"evaluations"})
_DEEPEST = 100
"""Spans above each other; a loop in damaged parent ids ends here."""
_WIDEST = 1_000
"""Outer spans remembered of one trace."""


@dataclass(slots=True)
class _Trace:
    spans: dict[str, Part] = field(default_factory=dict)
    tells: set[str] = field(default_factory=set)
    """The shared names that any of its spans tells."""


class Outers:
    """The outer spans of the `capacity` traces that were heard of last."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._traces: OrderedDict[str, _Trace] = OrderedDict()

    def add(self, part: Part) -> str | None:
        """Remember one; gives its trace."""
        name = part.fields.get("trace_id")
        if not name:
            return None
        trace = self._traces.setdefault(name, _Trace())
        if len(trace.spans) < _WIDEST:
            trace.spans.update(dict.fromkeys(part.keys, part))
            trace.tells |= _SHARED & part.fields.keys()
        self._traces.move_to_end(name)
        while len(self._traces) > self._capacity:
            self._traces.popitem(last=False)
        return str(name)

    def around(self, call: Open) -> Iterator[Part]:
        """What lies around a call and tells something new, the nearest first.

        The chain of parents may have gaps: spans that say nothing are not kept. So what
        any span of the trace says of the user and the conversation comes last.
        """
        trace = self._traces.get(call.trace or "")
        if trace is None:
            return
        said: set[str] = set()
        for parent in sorted(call.parents):
            for part in _chain(trace.spans, parent):
                yield from _new(call, part, DONATED, said)
        if any(_is_new(call, name, said) for name in trace.tells):
            for part in sorted(trace.spans.values(), key=_place):
                yield from _new(call, part, _SHARED, said)


def _place(part: Part) -> Address:
    return part.address


def _is_new(call: Open, name: str, said: set[str]) -> bool:
    return name in _JOINED or (name not in said and call.say(name) is None)


def _new(call: Open, part: Part, names: frozenset[str], said: set[str]) -> Iterator[Part]:
    """The part with what neither the call nor a nearer span said; none if that is nothing."""
    fresh = {
        name: value
        for name, value in part.fields.items()
        if name in names and _is_new(call, name, said)
    }
    if fresh:
        said.update(fresh)
        yield part._replace(fields=fresh)


def _chain(spans: dict[str, Part], parent: str | None) -> Iterator[Part]:
    for _ in range(_DEEPEST):
        part = spans.get(parent or "")
        if part is None:
            return
        yield part
        parent = part.parent
