"""A wire log of chat completions: requests out, chunks in, one line each."""

from typing import Any

from tailllm.dialects import envelope, openai_body
from tailllm.dialects.dialect import line_key
from tailllm.dialects.values import first, instant, objects
from tailllm.records.line import Address
from tailllm.records.part import Fields, Part

_BODIES = ("payload", "body", "data", "chunk")
_TIMES = ("ts", "time", "timestamp")
_DONE = "[DONE]"
_OPEN = 1_000
"""Requests that wait for their first chunk; a request that failed waits in vain."""


class Wire:
    """Joins the lines of one wire log.

    The chunks of an answer share its id. The request has none: it is the latest request
    without an answer, of the same model if there is one.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._open: list[tuple[str, str]] = []
        self._streams: dict[str, None] = {}
        self._latest: str | None = None

    def claims(self, value: dict[str, Any]) -> bool:
        """A direction and a body, or a bare chunk."""
        if openai_body.is_chunk(value):
            return True
        body = first(value, *_BODIES)
        if openai_body.is_chunk(body):
            return True
        known = body == _DONE or openai_body.is_request(body) or _answers(body)
        return known and ("dir" in value or "direction" in value)

    def read(self, value: dict[str, Any], address: Address) -> list[Part] | str:
        """The part of a call in one line."""
        body = value if openai_body.is_chunk(value) else first(value, *_BODIES)
        if openai_body.is_request(body):
            return [self._asked(value, body, address)]
        key = self._latest if body == _DONE else self._name_of(body)
        if key is None:
            return "an answer without its request"
        at = instant(first(value, *_TIMES))
        fields: Fields = {
            "format": self._name,
            "_pieces": [(address.offset, (at, body))],
            "_join": _join,
        }
        keys = [key]
        if key not in self._streams:
            keys += self._request_of(body)
            self._remember(key)
        self._latest = key
        if not openai_body.is_chunk(body) and body != _DONE:
            fields |= {"state": "done"}
        return [Part(tuple(keys), fields, address, "piece")]

    def _asked(self, value: dict[str, Any], body: dict[str, Any], address: Address) -> Part:
        key = f"{self._name}:{line_key(address)}"
        fields = envelope.around(value) | openai_body.request(body) | {"format": self._name}
        self._open.append((key, str(body.get("model"))))
        del self._open[:-_OPEN]
        return Part((key,), fields, address, "piece")

    def _name_of(self, body: Any) -> str | None:
        """The name of an answer; an error has none, so it takes its request's."""
        if isinstance(body, dict) and isinstance(body.get("id"), str):
            return f"resp:{body['id']}"
        return self._open.pop()[0] if self._open else None

    def _request_of(self, body: Any) -> list[str]:
        answered = str(body.get("model")) if isinstance(body, dict) else ""
        places = range(len(self._open) - 1, -1, -1)
        same = (place for place in places if answered.startswith(self._open[place][1]))
        place = next(same, len(self._open) - 1)
        return [self._open.pop(place)[0]] if self._open else []

    def _remember(self, key: str) -> None:
        self._streams[key] = None
        if len(self._streams) > _OPEN:
            del self._streams[next(iter(self._streams))]


def _answers(body: Any) -> bool:
    return openai_body.is_answer(body) or openai_body.is_error(body)


def _join(pieces: list[tuple[float | None, Any]], fields: Fields) -> Fields:
    """What the chunks say together; their times tell how long the call took."""
    bodies = [body for _, body in pieces]
    found = openai_body.chunks(bodies)
    wholes = [body for body in bodies if _answers(body)]
    if wholes:
        found = openai_body.answer(wholes[-1])
    if "finish_reason_raw" in found or bodies[-1] == _DONE:
        found["state"] = "done"
    start = fields.get("start_time")
    times = [at for at, _ in pieces if at is not None]
    if start is None or not times:
        return found
    found["latency_ms"] = max(0.0, (max(times) - start) * 1000)
    spoken = [at for at, body in pieces if at is not None and _speaks(body)]
    if spoken:
        found["ttft_ms"] = max(0.0, (min(spoken) - start) * 1000)
    return found


def _speaks(body: Any) -> bool:
    """Whether a chunk carries any of the answer; the first one often only names the role."""
    if not isinstance(body, dict):
        return False
    deltas = [choice.get("delta") for choice in objects(body.get("choices"))]
    names = ("content", "tool_calls", "refusal", "reasoning_content")
    return any(isinstance(d, dict) and any(d.get(name) for name in names) for d in deltas)
