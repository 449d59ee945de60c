"""What people write around a model call: when, how long, for whom, under which prompt.

House logs have no standard, so each fact is looked for under the names in common use.
A dialect whose format defines its names does not need this.
"""

import re
from typing import Any

from tailllm.dialects import terms
from tailllm.dialects.values import (
    duration,
    filled,
    first,
    flag,
    http_status,
    instant,
    mapping,
    number,
    objects,
    text,
)
from tailllm.records.part import Fields

_TIMES = ("ts", "time", "timestamp", "start_time", "started_at", "@timestamp", "asctime", "at", "t")
_LATENCY = (
    (("latency_ms", "duration_ms", "elapsed_ms", "ms", "response_time_ms", "took_ms"), 1.0),
    (("duration_s", "latency_s", "elapsed_s", "duration", "latency", "elapsed", "dur"), 1000.0),
)
_TTFT = (
    (
        (
            "ttft_ms",
            "first_token_ms",
            "time_to_first_token_ms",
            "time_to_first_event_ms",
        ),
        1.0,
    ),
    (("ttft_s", "first_token_s", "time_to_first_token", "ttft"), 1000.0),
)
_STATUS = ("status", "status_code", "http_status")
_NAMED = {
    "session_id": ("session_id", "session"),
    "conversation_id": ("conversation_id", "conversation", "thread_id"),
    "user_id": ("user_id", "user", "end_user"),
    "host": ("hostname", "host_name", "host.name"),
    "route": ("route", "http_route", "http.route", "feature"),
    "prompt_name": ("prompt_name", "prompt_id"),
    "prompt_version": ("prompt_version",),
    "provider_name": ("provider", "provider_name"),
    "trace_id": ("trace_id", "traceId"),
    "span_id": ("span_id", "spanId"),
}
_FIELDS = {name: field for field, names in _NAMED.items() for name in names}
_RANKS = {name: rank for rank, name in enumerate(_FIELDS)}
_REQUESTS = frozenset({"method", "path", "url", "uri", "port", "scheme", "request_uri"})
"""Beside any of these `host` is a server that was asked."""
_INNER = ("meta", "metadata", "context", "ctx")
_PROMPT = re.compile(r"([\w./-]{1,80})@([\w.+-]{1,40})")
"""A prompt's name and version in one word; a prompt's text has spaces."""
_VERDICTS = ("validators", "checks", "evaluations", "validations", "guardrails")
_METADATA = (
    "request_id",
    "request-id",
    "attempt",
    "url",
    "endpoint",
    "service",
    "env",
    "environment",
)


def around(value: dict[str, Any]) -> Fields:
    """The fields in the envelope of a call.

    Units:
        Times to seconds since the epoch, time spans to milliseconds.
    """
    found = filled(
        start_time=instant(first(value, *_TIMES)),
        latency_ms=_milliseconds(value, _LATENCY),
        ttft_ms=_milliseconds(value, _TTFT),
        http_status=http_status(first(value, *_STATUS)),
        cost=number(first(value, "cost", "cost_usd")),
        tags=value.get("tags"),
        **_named(value),
    )
    verdicts = objects(first(value, *_VERDICTS))
    if verdicts:
        found["evaluations"] = [verdict(each) for each in verdicts]
    metadata = {name: value[name] for name in _METADATA if value.get(name) is not None}
    for name in _INNER:
        metadata |= mapping(value.get(name))
    return found | ({"metadata": metadata} if metadata else {})


def _named(value: dict[str, Any]) -> Fields:
    """Who and what for, beside the call or one level down."""
    places = [value, *(mapping(value.get(name)) for name in _INNER if name in value)]
    found: Fields = {}
    for place in reversed(places):
        for name in sorted(place.keys() & _RANKS.keys(), key=_RANKS.__getitem__, reverse=True):
            said = text(place[name])
            if said is not None:
                found[_FIELDS[name]] = said
    if "host" not in found:
        found |= filled(host=next(filter(None, map(_machine, places)), None))
    named = (_PROMPT.fullmatch(text(place.get("prompt")) or "") for place in places)
    prompt = next(filter(None, named), None)
    if prompt and "prompt_name" not in found:
        found |= {"prompt_name": prompt[1], "prompt_version": prompt[2]}
    return found


def _machine(value: dict[str, Any]) -> str | None:
    """What stands under `host`, unless the record tells of a request: then it is whom one asked."""
    said = value.get("host")
    if isinstance(said, dict):
        return text(first(said, "name", "hostname"))
    return None if said is None or not _REQUESTS.isdisjoint(value) else text(said)


def verdict(value: dict[str, Any]) -> dict[str, Any]:
    """A validator's verdict, under whatever names it was written."""
    label = text(first(value, "label", "result", "outcome"))
    said = next(
        (value[name] for name in ("passed", "ok", "valid", "success") if name in value), None
    )
    return {
        "name": text(first(value, "name", "validator", "check")) or "check",
        "passed": flag(said) if said is not None else terms.passed(label),
        "label": label,
        "score": number(first(value, "score", "value")),
        "explanation": text(first(value, "explanation", "detail", "why", "reason", "message")),
    }


def error(value: Any) -> Fields:
    """The error an envelope tells of: an object, an exception's text, or nothing."""
    if not value:
        return {}
    if isinstance(value, dict):
        said = text(first(value, "message", "msg"))
        found = terms.error_text(said, first(value, "code", "type", "class"))
        return (
            {"status": "error"}
            | found
            | filled(http_status=http_status(first(value, "status", "status_code")))
        )
    return {"status": "error"} | terms.error_text(value)


def _milliseconds(value: dict[str, Any], names: Any) -> float | None:
    for candidates, scale in names:
        found = duration(first(value, *candidates), scale)
        if found is not None:
            return found
    return None
