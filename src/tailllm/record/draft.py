"""An exchange over HTTP becomes a native line; all of it happens on the journal's thread."""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from socket import gethostname
from typing import Any

from tailllm.record import body
from tailllm.record.exchange import Exchange
from tailllm.record.urls import Target
from tailllm.record.verdicts import Verdicts
from tailllm.redact import redact

HOST = gethostname()
"""Which of a service's machines this is."""
_REQUEST_IDS = ("x-request-id", "request-id", "apim-request-id", "x-amzn-requestid")
_LONGEST_MESSAGE = 2_000
_OURS = frozenset(
    {
        "tailllm",
        "ts",
        "ms",
        "ttft_ms",
        "host",
        "provider",
        "operation",
        "url",
        "http_status",
        "stream",
    }
    | {"request_id", "attempt", "sample", "ended", "cut", "replaced", "undecoded"}
)
"""Fields in which nothing of the caller's can be."""


class HttpDraft:
    """A call that went over HTTP, not yet in the form of the line."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self.size = exchange.size

    def line(self, *, redacted: bool, verdicts: Verdicts | None) -> bytes:
        """The native line, newline included."""
        x = self._exchange
        target = Target(x.url.host, x.url.path)
        about = _about(x, target)
        bodies = {
            "request": _request(x, redacted),
            "response": _response(x, target, about, redacted),
        }
        return finished(about, bodies, redacted=redacted, verdicts=verdicts)


def finished(
    about: Mapping[str, Any],
    bodies: Mapping[str, body.Body | None],
    *,
    redacted: bool,
    verdicts: Verdicts | None,
) -> bytes:
    """The line of what is known about a call and of its bodies."""
    there = {name: found for name, found in bodies.items() if found is not None}
    fired: Counter[str] = Counter()
    for found in there.values():
        if found.redacted:
            fired += found.redacted
    replaced = [name for name, found in there.items() if found.replaced]
    known = {name: value for name, value in about.items() if value is not None}
    known.setdefault("host", HOST)
    if replaced:
        known["replaced"] = replaced
    text = _as_json(known)
    if redacted and not _OURS.issuperset(known):
        text, more = redact(text)
        fired += more
    if fired:
        text = f'{text[:-1]},"redacted":{json.dumps(fired)}}}'
    rest = "".join(f',"{name}":{found.json}' for name, found in there.items())
    line = f"{text[:-1]}{rest}}}"
    if verdicts is not None:
        line = f'{line[:-1]},"checks":{json.dumps(verdicts.on(line))}}}'
    return line.encode("utf-8", "replace") + b"\n"


_as_json = json.JSONEncoder(default=str).encode


def timestamp(at: float) -> str:
    """Seconds since the epoch as the line has them."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def error_fields(error: BaseException) -> dict[str, Any]:
    """The native line's `error` for an exception."""
    status = getattr(error, "status_code", None)
    return {
        "type": type(error).__name__,
        "message": str(error)[:_LONGEST_MESSAGE],
        "status": status if isinstance(status, int) else None,
    }


def _about(x: Exchange, target: Target) -> dict[str, Any]:
    retries = x.request_headers.get("x-stainless-retry-count", "")
    answered = x.answered
    return {
        "tailllm": 1,
        "ts": timestamp(x.started_at),
        "ms": round(x.ms or 0.0, 3),
        "ttft_ms": None,
        "provider": x.provider or target.provider,
        "operation": target.operation,
        "url": f"{target.host}{target.path}",
        "http_status": x.status,
        "stream": None,
        "request_id": next((answered[name] for name in _REQUEST_IDS if name in answered), None),
        "attempt": int(retries) + 1 if retries.isdecimal() else None,
        "sample": x.sample if x.sample < 1 else None,
        "ended": None,
        "error": error_fields(x.error) if x.error is not None and _is_failure(x) else None,
        "cut": None,
        **x.facts,
    }


def _is_failure(x: Exchange) -> bool:
    return x.ended == "failed"


def _request(x: Exchange, redacted: bool) -> body.Body | None:
    if x.request is None:
        return None
    return body.embed(x.request, redacted=redacted, as_text=x.request_bytes > len(x.request))


def _response(
    x: Exchange, target: Target, about: dict[str, Any], redacted: bool
) -> body.Body | None:
    """The answer's body; what it tells about the call goes into `about`."""
    cut: dict[str, Any] = {}
    if x.request is not None and x.request_bytes > len(x.request):
        cut["request"] = {"bytes": x.request_bytes, "kept": len(x.request)}
    raw, is_cut = _kept(x, about)
    streamed = "text/event-stream" in x.answered.get("content-type", "")
    if raw is not None and is_cut:
        cut["response"] = {"bytes": x.received, "kept": len(raw)}
    if streamed:
        about["stream"] = True
        about["ttft_ms"] = _ttft(x, raw, target)
    if x.ended != "whole" and not (raw and _was_whole(raw, streamed)):
        about["ended"] = x.ended
    about["cut"] = cut or None
    if not raw:
        return None
    return body.embed(raw, redacted=redacted, as_text=streamed or is_cut)


def _kept(x: Exchange, about: dict[str, Any]) -> tuple[bytes | None, bool]:
    """The answer as the caller saw it, as far as it was kept."""
    encoding = x.answered.get("content-encoding", "")
    if encoding:
        raw, longer = body.unpacked(bytes(x.head), encoding, x.cap_bytes)
        if raw is None:
            about["undecoded"] = encoding
        return raw, longer or x.received > len(x.head)
    if x.is_cut:
        # Whole lines on both sides of the gap, so that each piece of a stream can be read.
        head = x.head[: x.head.rfind(b"\n") + 1] or x.head
        tail = x.tail[x.tail.find(b"\n") + 1 :]
        return bytes(head + b"\n" + tail), True
    return bytes(x.head + x.tail), False


def _was_whole(raw: bytes, streamed: bool) -> bool:
    return body.is_finished(raw) if streamed else body.is_json(raw.decode("utf-8", "replace"))


def _ttft(x: Exchange, raw: bytes | None, target: Target) -> float | None:
    """When the chunk came that completed the first token."""
    if not x.moments or not raw:
        return None
    if x.answered.get("content-encoding"):
        return round(x.since_ms(x.moments[0][1]), 3)
    end = body.first_token(raw, target.path)
    if end is None:
        return None
    return next((round(x.since_ms(at), 3) for received, at in x.moments if received >= end), None)
