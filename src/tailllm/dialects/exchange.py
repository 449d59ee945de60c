"""Requests and answers in the logs that people write themselves, whatever body they log.

Three shapes, told apart line by line:

    pairs           request and answer in one line; retries are lines of their own
    split           a request line and an answer or error line, joined by a call id
    stream chunks   a wire log: requests out, pieces of answers in, one line each

A streamed answer is a list of its pieces or the raw text of the event stream.
"""

from typing import Any, ClassVar, NamedTuple

from tailllm.dialects import bodies, envelope, terms
from tailllm.dialects.bodies import Form
from tailllm.dialects.dialect import Dialect, whole
from tailllm.dialects.values import filled, first, http_status, text
from tailllm.dialects.wire import Wire
from tailllm.records.line import Address
from tailllm.records.part import Fields, Part

_BODIES = ("body", "payload", "data")
_REQUESTS = ("request", "req", "request_body", "input", *_BODIES)
_ANSWERS = (
    "response",
    "resp",
    "res",
    "response_body",
    "answer",
    "output",
    "response_events",
    "resp_events",
    "events",
    "chunks",
)
_ERRORS = ("error", "exc", "exception")
_TELLING = frozenset(
    {*_REQUESTS, *_ANSWERS, "chunk", "choices", "object", "type", "error", "call_id", "callId"}
)
"""One of these keys is in every line of an exchange; most other lines have none of them."""
_CALL_IDS = ("call_id", "callId", "correlation_id", "interaction_id", "request_id", "id")


class _Found(NamedTuple):
    """The bodies in one line."""

    form: Form | None
    """None where an error is all there is."""
    asked: Any
    answered: Any


class Exchange(Dialect):
    """Requests and answers of one form.

    A file is taken for the form that most of its lines have. Once that is settled, lines of
    the other forms are read too: one gateway's log has calls to several providers.
    """

    form: ClassVar[Form]
    hints = (b"model", b"choices")

    def __init__(self) -> None:
        self._wire = Wire(self.form)
        self._settled = False
        self._met: tuple[Any, _Found | None] = (None, None)

    def claims(self, value: dict[str, Any]) -> bool:
        """A body in one of the known places is the sign."""
        if _TELLING.isdisjoint(value):
            return False
        if self._wire.claims(value):
            return True
        found = self._found(value)
        if found is None:
            return _failed(value)
        return self._settled or found.form in (None, self.form)

    def learn(self, sample: list[dict[str, Any]]) -> None:
        """Pieces of answers name no request: their order tells it."""
        self._settled = True
        self.ordered = any(self._wire.claims(value) for value in sample)

    def read(self, value: dict[str, Any], address: Address) -> list[Part] | str:
        """One line is a call, a half of one, or a piece of one."""
        self._settled = True
        if self._wire.claims(value):
            return self._wire.read(value, address)
        found = self._found(value) or _Found(None, None, None)
        format_name = (found.form or self.form).name
        if found.answered is value:
            return [whole(format_name, _pair({}, found), address)]
        name = text(first(value, *_CALL_IDS))
        over = any(key in value for key in (*_ANSWERS, *_ERRORS))
        if name is None or (found.asked is not None and over):
            return [whole(format_name, _pair(value, found), address)]
        return [_half(value, found, format_name, f"exchange:{name}", address)]

    def rest(self, now: float) -> list[Part]:
        """A stream whose last piece is old has no end."""
        return self._wire.rest(now)

    def _found(self, value: dict[str, Any]) -> _Found | None:
        """A line is first claimed and then read: its bodies are looked for once."""
        if self._met[0] is not value:
            self._met = (value, _find(value))
        return self._met[1]


def _find(value: dict[str, Any]) -> _Found | None:
    """The bodies in a line; those of another form too, so that a line is of one form only."""
    asked = next((body for body in _places(value, _REQUESTS) if _asks(body)), None)
    answers = _places(value, (*_ANSWERS, *_BODIES))
    answered = next((body for body in answers if body is not asked and _answers(body)), None)
    if asked is None and answered is None:
        form = bodies.form_of(None, value)
        if form is None or bodies.is_error(value):
            return None
        return _Found(form, value if form.is_request(value) else None, value)
    return _Found(bodies.form_of(asked, answered), asked, answered)


def _places(value: dict[str, Any], names: tuple[str, ...]) -> list[Any]:
    """What is in these places; text is opened only where it is a body."""
    return [bodies.opened(value[name]) for name in names if name in value]


def _asks(body: Any) -> bool:
    return isinstance(body, dict) and bodies.form_of(body) is not None


def _answers(body: Any) -> bool:
    return bodies.is_error(body) or bodies.form_of(None, body) is not None


def _failed(value: dict[str, Any]) -> bool:
    """Whether the line only says that a call failed; without that call it is none."""
    if text(first(value, "call_id", "callId")) is None:
        return False
    status = http_status(first(value, "status", "status_code", "http_status")) or 0
    answered = any(name in value for name in (*_ANSWERS, *_BODIES))
    return bool(value.get("error")) or (answered and status >= terms.REFUSED)


def _error(value: dict[str, Any]) -> Any:
    return next((value[name] for name in _ERRORS if value.get(name)), None)


def _half(
    value: dict[str, Any], found: _Found, format_name: str, own: str, address: Address
) -> Part:
    fields = envelope.around(value)
    if found.asked is not None and found.form is not None:
        fields = bodies.together(fields, found.form.request(found.asked))
    else:
        late = _late(fields)
        fields = bodies.together(late, _answer(found), envelope.error(_error(value)))
        fields |= _refused(value, fields) | {"state": "done"}
    if found.form is not None:
        fields["format"] = format_name
    response_id = fields.get("response_id")
    keys = (f"resp:{response_id}", own) if response_id else (own,)
    # An error names no model: it may be another application's, so it makes no call alone.
    alone = found.asked is not None or (
        found.answered is not None and not bodies.is_error(found.answered)
    )
    return Part(keys, fields, address, "piece" if alone else "evaluation")


def _pair(value: dict[str, Any], found: _Found) -> Fields:
    """A line that tells of the whole call."""
    asked = found.form.request(found.asked) if found.form and found.asked is not None else {}
    fields = bodies.together(asked, _answer(found), envelope.around(value))
    fields |= envelope.error(_error(value))
    fields |= _refused(value, fields)
    if asked.get("stream") and not _told(fields) and _empty_stream(value):
        fields |= _cut()
    return fields


def _refused(value: dict[str, Any], fields: Fields) -> Fields:
    """What came with a bad status, where no provider's error is in it."""
    if (fields.get("http_status") or 0) < terms.REFUSED or fields.get("error_message"):
        return {}
    body = next((value[name] for name in (*_ANSWERS, *_BODIES) if value.get(name)), None)
    told = filled(error_type=fields.get("error_type"), http_status=fields.get("http_status"))
    return terms.refusal_body(body) | told


def _cut() -> Fields:
    return {"status": "error", "warnings": ["the stream was cut"]}


def _answer(found: _Found) -> Fields:
    """A finished answer: a stream that ends without its last piece was cut."""
    if found.answered is None:
        return {}
    fields = bodies.answer(found.answered, found.form)
    return fields | _cut() if fields.get("status") == "incomplete" else fields


def _told(fields: Fields) -> bool:
    return "status" in fields or (fields.get("http_status") or 0) >= terms.REFUSED


def _empty_stream(value: dict[str, Any]) -> bool:
    return any(name in value and value[name] in ([], None, "") for name in _ANSWERS)


def _late(around: Fields) -> Fields:
    """An answer's line is written when the call is over."""
    ended, latency_ms = around.pop("start_time", None), around.get("latency_ms")
    if ended is not None:
        around["_over_at"] = ended
    if ended is not None and latency_ms is not None:
        around["_start_hint"] = ended - latency_ms / 1000
    return around
