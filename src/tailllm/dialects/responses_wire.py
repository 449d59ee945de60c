"""A wire log of the Responses API, whose events mostly do not name their response."""

from dataclasses import dataclass, field
from typing import Any

from tailllm.dialects.values import count, mapping, text
from tailllm.dialects.wire import Wire

_OPEN = 1_000
"""Streams that wait for their next event; one that was cut waits in vain."""


@dataclass
class _Stream:
    key: str
    last: int | None
    """Sequence number of its latest event."""
    items: set[str] = field(default_factory=set)


class ResponsesWire(Wire):
    """Joins the lines of one wire log, also of streams that run at the same time.

    Only a stream's first and last events name the response. Between them an event names an
    item that an earlier one brought, or it is known by its number: the next of its stream's.
    """

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._running: list[_Stream] = []

    def _name_of(self, body: Any) -> str | None:
        event = mapping(body)
        stream = self._stream(event)
        if stream is None:
            key = super()._name_of(body)
            if key is not None and not self._ends(body) and "response" in event:
                self._running.append(_Stream(key, count(event.get("sequence_number"))))
                del self._running[:-_OPEN]
            return key
        if self._ends(body):
            self._running.remove(stream)
        return stream.key

    def _stream(self, event: dict[str, Any]) -> _Stream | None:
        """The running stream that an event belongs to; of several, the latest."""
        number, item = count(event.get("sequence_number")), text(event.get("item_id"))
        named = text(mapping(event.get("response")).get("id"))
        if named is not None:
            fitting = [s for s in self._running if s.key == f"resp:{named}"]
        else:
            fitting = [s for s in self._running if item in s.items] or [
                s for s in self._running if None in (number, s.last) or number == (s.last or 0) + 1
            ]
        if not fitting:
            return None
        stream = fitting[-1]
        stream.last = number
        brought = text(mapping(event.get("item")).get("id"))
        stream.items |= {name for name in (item, brought) if name}
        return stream
