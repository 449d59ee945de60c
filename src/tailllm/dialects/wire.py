"""A wire log of model calls: requests out, pieces of answers in, one line each."""

import math
from functools import partial
from itertools import count
from typing import Any, NamedTuple

from tailllm.dialects import bodies, envelope
from tailllm.dialects.bodies import Form
from tailllm.dialects.dialect import line_key
from tailllm.dialects.values import first, instant, mapping, objects, text
from tailllm.records.line import Address
from tailllm.records.part import Fields, Part

_BODIES = ("payload", "body", "data", "chunk")
_SIGNS = ("dir", "direction", "event", "kind")
"""What stands beside the body of a wire log's line."""
_CALL_IDS = ("call_id", "callId", "correlation_id", "interaction_id", "request_id")
_PAIRED = ("response", "resp", "res", "answer", "output", "error")
"""A line that has its answer beside its request is a whole call."""
_TIMES = ("ts", "time", "timestamp", "at", "t")
_DONE = "[DONE]"
_ERROR = frozenset({"type", "error", "request_id", "object", "message", "code", "param"})
"""The keys of an error that stands alone in its line, in the middle of a stream."""
_OPEN = 1_000
"""Requests that wait for their first piece; a request that failed waits in vain."""


_CUT = object()
"""Stands where a stream's next piece should have been."""
_SILENT_S = 60.0
"""A stream that said nothing for so long, in a log that is read to its end, was cut."""
_CLOCKS_S = 1.5
"""An answer says in whole seconds when it began, by the server's clock."""


class _Request(NamedTuple):
    key: str
    model: str
    place: int
    at: float | None


class _Piece(NamedTuple):
    at: float | None
    body: Any
    file: str


class Wire:
    """Joins the lines of one wire log.

    A call id beside the body joins whatever has it. Without one, pieces that carry their
    answer's id are joined by it; a piece without one belongs to the stream opened last. A
    request has no id: an answer's request is one without an answer, of the same model if
    there is one, sent when the answer says that it began: the first of several, which were
    sent at once. Where times tell nothing it is the latest. An error belongs to
    whichever began last, the stream or a request.

    Where streams come one after the other, one that has no end when the next begins was cut.
    A log in which two ran at once tells nothing of the kind; a late piece takes it back.
    """

    def __init__(self, form: Form) -> None:
        self._form = form
        self._open: list[_Request] = []
        self._streams: dict[str, None] = {}
        self._latest: str | None = None
        self._opened_at = -1
        self._unfinished: str | None = None
        """The stream opened last, until it says how it ended."""
        self._mingles = False
        """Whether a piece came of a stream that was not opened last."""
        self._places = count()
        self._heard: dict[str, tuple[float | None, Address]] = {}
        """When and where each stream was heard of last."""

    def claims(self, value: dict[str, Any]) -> bool:
        """A piece of an answer; or a direction and a body that no call id joins."""
        body = self._body(value)
        if self._form.is_event(body):
            return True
        if body is value:
            return self._latest is not None
        if not any(name in value for name in _SIGNS):
            return False
        if first(value, *_CALL_IDS) is not None or any(name in value for name in _PAIRED):
            return False
        return body == _DONE or self._form.is_request(body) or self._whole(body)

    def read(self, value: dict[str, Any], address: Address) -> list[Part] | str:
        """The part of a call in one line."""
        body = self._body(value)
        if self._form.is_request(body):
            return [self._asked(value, body, address)]
        named = text(first(value, *_CALL_IDS))
        before, opened_at = self._unfinished, self._opened_at
        keys = self._beside(named, body) if named else self._in_order(body)
        if not keys:
            return "an answer without its request"
        at = instant(first(value, *_TIMES))
        self._hear(keys[0], at, address)
        fields = self._piece(at, body, address)
        if not self._form.is_event(body) and body != _DONE:
            fields |= {"state": "done"}
        found = [Part(tuple(keys), fields, address, "piece")]
        if before and self._opened_at > opened_at and not self._mingles:
            found.append(Part((before,), self._piece(at, _CUT, address), address, "piece"))
        return found

    def rest(self, now: float) -> list[Part]:
        """That streams were cut whose last piece lies `_SILENT_S` from `now`, on either side.

        One that ended has said so, and takes no notice.
        """
        return [
            Part((key,), self._piece(at, _CUT, address), address, "piece")
            for key, (at, address) in self._heard.items()
            if at is not None and abs(now - at) > _SILENT_S
        ]

    def _hear(self, key: str, at: float | None, address: Address) -> None:
        self._heard.pop(key, None)
        self._heard[key] = (at, address)
        if len(self._heard) > _OPEN:
            del self._heard[next(iter(self._heard))]

    def _piece(self, at: float | None, body: Any, address: Address) -> Fields:
        return {
            "format": self._form.name,
            "_pieces": [(address.offset, _Piece(at, body, address.file))],
            "_join": partial(_join, self._form),
        }

    def _beside(self, named: str, body: Any) -> list[str]:
        """The names of a piece that has its call's id beside it: its order tells nothing."""
        answer_id = text(_answer(body).get("id"))
        own = f"exchange:{named}"
        return [f"resp:{answer_id}", own] if answer_id else [own]

    def _in_order(self, body: Any) -> list[str]:
        """The names of a piece by what came before it."""
        key = self._name_of(body)
        if key is None:
            return []
        keys = [key]
        if key not in self._streams:
            keys += self._request_of(body)
            self._remember(key)
            self._unfinished = key
        elif key != next(reversed(self._streams)):
            self._mingles = True
        self._latest = None if self._ends(body) else key
        if key == self._unfinished and (self._latest is None or _says_how(body)):
            self._unfinished = None
        return keys

    def _body(self, value: dict[str, Any]) -> Any:
        if self._form.is_event(value):
            return value
        fails = "error" in value or "message" in value
        alone = fails and value.keys() <= _ERROR and bodies.is_error(value)
        return value if alone else first(value, *_BODIES)

    def _whole(self, body: Any) -> bool:
        return self._form.is_answer(body) or bodies.is_error(body)

    def _ends(self, body: Any) -> bool:
        return body == _DONE or self._form.ends(body) or self._whole(body)

    def _asked(self, value: dict[str, Any], body: dict[str, Any], address: Address) -> Part:
        key = f"{self._form.name}:{line_key(address)}"
        fields = bodies.together(envelope.around(value), self._form.request(body))
        fields["format"] = self._form.name
        at = instant(first(value, *_TIMES))
        self._open.append(_Request(key, str(body.get("model")), next(self._places), at))
        del self._open[:-_OPEN]
        return Part((key,), fields, address, "piece")

    def _name_of(self, body: Any) -> str | None:
        """The name of an answer; one without its id takes its stream's or its request's."""
        answer_id = text(_answer(body).get("id"))
        if answer_id is not None:
            return f"resp:{answer_id}"
        began = self._open[-1].place if self._open else -1
        if self._latest and (not self._whole(body) or began < self._opened_at):
            return self._latest
        if self._form.is_event(body) and not self._form.speaks(body):
            return None
        return self._open.pop().key if self._open and body != _DONE else None

    def _request_of(self, body: Any) -> list[str]:
        answer = _answer(body)
        answered, began = str(answer.get("model") or ""), instant(_began(answer))
        places = range(len(self._open))
        same = [place for place in places if answered.startswith(self._open[place].model)]
        timely = [place for place in same if _timely(self._open[place], began)]
        place = timely[0] if timely else (same or [len(self._open) - 1])[-1]
        return [self._open.pop(place).key] if self._open else []

    def _remember(self, key: str) -> None:
        self._streams[key] = None
        self._opened_at = next(self._places)
        if len(self._streams) > _OPEN:
            del self._streams[next(iter(self._streams))]


def _answer(body: Any) -> dict[str, Any]:
    """The object that carries the answer's id, in a piece that has one."""
    body = mapping(body)
    for name in ("message", "response"):
        inner = body.get(name)
        if isinstance(inner, dict) and text(inner.get("id")):
            return inner
    return body if text(body.get("id")) else {}


def _began(answer: dict[str, Any]) -> Any:
    return first(answer, "created", "created_at")


def _timely(request: _Request, began: float | None) -> bool:
    """Whether a request was sent when an answer began."""
    return request.at is not None and began is not None and abs(request.at - began) <= _CLOCKS_S


def _says_how(body: Any) -> bool:
    """Whether a chunk says how its answer ended; usage may follow."""
    return any(choice.get("finish_reason") for choice in objects(mapping(body).get("choices")))


def _join(form: Form, pieces: list[_Piece], fields: Fields) -> Fields:
    """What the pieces say together; their times tell how long the call took."""
    pieces = _in_turn(pieces)
    cut = pieces[-1].body is _CUT
    pieces = [piece for piece in pieces if piece.body is not _CUT]
    if not pieces:
        return {}
    found = _told(form, pieces, fields)
    if cut and found.get("status") == "incomplete":
        found |= {"status": "error", "state": "done", "warnings": ["the stream was cut"]}
    return found


def _in_turn(pieces: list[_Piece]) -> list[_Piece]:
    """The pieces in their order, also where the log was rotated in the middle of a stream."""
    began: dict[str, float] = {}
    for piece in pieces:
        began[piece.file] = min(began.get(piece.file, math.inf), piece.at or math.inf)
    return sorted(pieces, key=lambda piece: began[piece.file]) if len(began) > 1 else pieces


def _told(form: Form, pieces: list[_Piece], fields: Fields) -> Fields:
    said = [piece.body for piece in pieces]
    if any(form.is_event(body) for body in said):
        found = form.events(said)
    else:
        found = bodies.answer(next((body for body in said if isinstance(body, dict)), None), form)
    over = "finish_reason_raw" in found or found.get("status") == "error"
    if over or said[-1] == _DONE or form.ends(said[-1]):
        found["state"] = "done"
    start = fields.get("start_time")
    times = [piece.at for piece in pieces if piece.at is not None]
    if start is None or not times:
        return found
    found["latency_ms"] = max(0.0, (max(times) - start) * 1000)
    spoken = [p.at for p in pieces if p.at is not None and form.speaks(p.body)]
    if spoken:
        found["ttft_ms"] = max(0.0, (min(spoken) - start) * 1000)
    return found
