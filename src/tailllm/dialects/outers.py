"""The spans around calls: whose request it was, and which conversation."""

from collections import OrderedDict
from collections.abc import Iterator

from tailllm.dialects.unfinished import Open
from tailllm.records.part import Fields, Part

_SHARED = frozenset({"session_id", "user_id", "conversation_id", "tags", "evaluations"})
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

    def around(self, call: Open) -> Iterator[Fields]:
        """What lies around a call, the nearest first.

        The chain of parents may have gaps: spans that say nothing are not kept. So what
        any span of the trace says of the user and the conversation comes last.
        """
        spans = self._traces.get(call.trace or "")
        if not spans:
            return
        for parent in sorted(call.parents):
            yield from _chain(spans, parent)
        for part in spans.values():
            yield {name: value for name, value in part.fields.items() if name in _SHARED}


def _chain(spans: dict[str, Part], parent: str | None) -> Iterator[Fields]:
    for _ in range(_DEEPEST):
        part = spans.get(parent or "")
        if part is None:
            return
        yield part.fields
        parent = part.parent
