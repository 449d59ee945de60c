"""The spans around calls: whose request it was, and which conversation."""

from collections import OrderedDict
from collections.abc import Iterator

from tailllm.dialects.unfinished import Open
from tailllm.records.part import Part

DONATED = frozenset(
    {
        "session_id",
        "user_id",
        "conversation_id",
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
_SHARED = frozenset({"session_id", "user_id", "conversation_id", "tags", "evaluations"})
_JOINED = frozenset({"evaluations"})
_DEEPEST = 100
"""Spans above each other; a loop in damaged parent ids ends here."""
_WIDEST = 1_000
"""Outer spans remembered of one trace."""


class Outers:
    """The outer spans of the `capacity` traces that were heard of last."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._traces: OrderedDict[str, dict[str, Part]] = OrderedDict()

    def add(self, part: Part) -> str | None:
        """Remember one; gives its trace."""
        trace = part.fields.get("trace_id")
        if not trace:
            return None
        spans = self._traces.setdefault(trace, {})
        if len(spans) < _WIDEST:
            spans.update(dict.fromkeys(part.keys, part))
        self._traces.move_to_end(trace)
        while len(self._traces) > self._capacity:
            self._traces.popitem(last=False)
        return str(trace)

    def around(self, call: Open) -> Iterator[Part]:
        """What lies around a call and tells something new, the nearest first.

        The chain of parents may have gaps: spans that say nothing are not kept. So what
        any span of the trace says of the user and the conversation comes last.
        """
        spans = self._traces.get(call.trace or "")
        if not spans:
            return
        said: set[str] = set()
        for parent in sorted(call.parents):
            for part in _chain(spans, parent):
                yield from _new(call, part, DONATED, said)
        missing = [name for name in _SHARED if name in _JOINED or name not in said]
        if any(name in _JOINED or call.say(name) is None for name in missing):
            for part in sorted(spans.values(), key=lambda part: part.address):
                yield from _new(call, part, _SHARED, said)


def _new(call: Open, part: Part, names: frozenset[str], said: set[str]) -> Iterator[Part]:
    """The part with what neither the call nor a nearer span said; none if that is nothing."""
    fresh = {
        name: value
        for name, value in part.fields.items()
        if name in names and (name in _JOINED or (name not in said and call.say(name) is None))
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
