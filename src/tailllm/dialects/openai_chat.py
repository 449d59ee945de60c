"""Bodies of chat completions in the logs that people write themselves.

Three shapes, told apart line by line:

    pairs           request and answer in one line; retries are lines of their own
    split           a request line and an answer or error line, joined by a call id
    stream chunks   a wire log: requests out, chunks in, one line each

A streamed answer is a list of chunks or the raw text of the event stream.
"""

from typing import Any

from tailllm.dialects import envelope, openai_body
from tailllm.dialects.dialect import Dialect, whole
from tailllm.dialects.values import first, text
from tailllm.dialects.wire import Wire
from tailllm.records.line import Address
from tailllm.records.part import Fields, Part

_BODIES = ("body", "payload", "data")
_REQUESTS = ("request", "req", "request_body", *_BODIES)
_ANSWERS = ("response", "resp", "res", "response_body", "answer")
_CALL_IDS = ("call_id", "callId", "correlation_id", "interaction_id", "request_id", "id")


class OpenAIChat(Dialect):
    """Requests and answers in OpenAI's chat form."""

    name = "openai_chat"

    def __init__(self) -> None:
        self._wire = Wire(self.name)

    def claims(self, value: dict[str, Any]) -> bool:
        """A body in one of the known places is the sign."""
        return (
            _asked(value) is not None
            or _answered(value) is not None
            or self._wire.claims(value)
            or openai_body.is_answer(value)
            or _failed(value)
        )

    def learn(self, sample: list[dict[str, Any]]) -> None:
        """Chunks name their answer, not their request: their order tells it."""
        self.ordered = any(self._wire.claims(value) for value in sample)

    def read(self, value: dict[str, Any], address: Address) -> list[Part] | str:
        """One line is a call, a half of one, or a chunk of one."""
        if self._wire.claims(value):
            return self._wire.read(value, address)
        asked, answered = _asked(value), _answered(value)
        if asked is None and answered is None and openai_body.is_answer(value):
            asked = value if openai_body.is_request(value) else None
            return [whole(self.name, _pair({}, asked, value), address)]
        name = text(first(value, *_CALL_IDS))
        over = any(key in value for key in (*_ANSWERS, "error"))
        if asked is not None and (over or name is None):
            return [whole(self.name, _pair(value, asked, answered), address)]
        if name is None:
            return [whole(self.name, _pair(value, None, answered), address)]
        return [self._half(value, f"{self.name}:{name}", address)]

    def _half(self, value: dict[str, Any], own: str, address: Address) -> Part:
        asked, answered = _asked(value), _answered(value)
        fields = envelope.around(value)
        if asked is not None:
            fields |= openai_body.request(asked)
        else:
            fields = _late(fields) | _answer(answered) | envelope.error(value.get("error"))
            fields["state"] = "done"
        fields["format"] = self.name
        response_id = fields.get("response_id")
        keys = (f"resp:{response_id}", own) if response_id else (own,)
        # An error names no model: it may be another application's, so it makes no call alone.
        alone = asked is not None or (answered is not None and not openai_body.is_error(answered))
        return Part(keys, fields, address, "piece" if alone else "evaluation")


def _asked(value: dict[str, Any]) -> Any:
    return next((value[n] for n in _REQUESTS if openai_body.is_request(value.get(n))), None)


def _answered(value: dict[str, Any]) -> Any:
    for name in (*_ANSWERS, *_BODIES):
        if _is_answer(value.get(name)):
            return value[name]
    return None


def _failed(value: dict[str, Any]) -> bool:
    return bool(value.get("error")) and text(value.get("call_id")) is not None


def _pair(value: dict[str, Any], asked: Any, answered: Any) -> Fields:
    fields = openai_body.request(asked) if asked is not None else {}
    return fields | _answer(answered) | envelope.around(value) | envelope.error(value.get("error"))


def _answer(body: Any) -> Fields:
    """A finished answer: a stream that ends without its last chunk was cut."""
    if isinstance(body, dict):
        return openai_body.answer(body)
    if isinstance(body, str):
        body = openai_body.events(body)
    if not isinstance(body, list) or not body:
        return {}
    fields = openai_body.chunks(body)
    if fields["status"] == "incomplete":
        fields |= {"status": "error", "warnings": ["the stream was cut"]}
    return fields


def _is_answer(body: Any) -> bool:
    if isinstance(body, list):
        return bool(body) and openai_body.is_chunk(body[0])
    if isinstance(body, str):
        return body.startswith("data:") and openai_body.CHUNK in body
    return openai_body.is_answer(body) or openai_body.is_error(body)


def _late(around: Fields) -> Fields:
    """An answer's line is written when the call is over."""
    ended, latency_ms = around.pop("start_time", None), around.get("latency_ms")
    if ended is not None and latency_ms is not None:
        around["_start_hint"] = ended - latency_ms / 1000
    return around
