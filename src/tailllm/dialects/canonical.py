"""A folded call to the row of a list, and to the full record of an inspector."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tailllm.dialects import messages
from tailllm.dialects.assembly import Folded
from tailllm.dialects.prompts import prompt_version
from tailllm.dialects.values import (
    bounded,
    count,
    duration,
    http_status,
    mapping,
    number,
    objects,
    text,
)
from tailllm.records.part import Fields
from tailllm.records.row import Row

if TYPE_CHECKING:
    from tailllm.records.call import Call

PREVIEW = 160
"""Characters of a text that a list keeps."""
_USAGE = (
    "input_tokens",
    "output_tokens",
    "cache_read_input_tokens",
    "cache_creation_input_tokens",
    "reasoning_output_tokens",
)
_TEXTS = (
    "operation_name",
    "provider_name",
    "request_model",
    "response_model",
    "response_id",
    "prompt_name",
    "system_instructions",
    "refusal",
    "finish_reason",
    "finish_reason_raw",
    "error_type",
    "error_message",
    "trace_id",
    "span_id",
    "conversation_id",
    "session_id",
    "user_id",
    "host",
    "route",
)


def row(folded: Folded, *, arrived: float, verdicts: Sequence[Mapping[str, Any]] = ()) -> Row:
    """What a list, a percentile or a filter needs of a call.

    Args:
        arrived: Seconds since the epoch; stands in for the start where the log is silent.
        verdicts: Our own, after the log's.
    """
    fields = folded.fields
    say = fields.get
    usage = fields["usage"].get
    at = say("start_time")
    user_text = messages.last_user_text(say("input_messages"))
    return Row(
        key=folded.keys[0],
        format=folded.format,
        status=fields["status"],
        state=fields["state"],
        at=arrived if at is None else at,
        arrived=arrived,
        latency_ms=say("latency_ms"),
        ttft_ms=say("ttft_ms"),
        operation_name=say("operation_name"),
        provider_name=say("provider_name"),
        model=say("response_model") or say("request_model"),
        prompt_name=say("prompt_name"),
        prompt_version=prompt_version(fields),
        finish_reason=say("finish_reason"),
        input_tokens=usage("input_tokens"),
        output_tokens=usage("output_tokens"),
        cache_read_input_tokens=usage("cache_read_input_tokens"),
        reasoning_output_tokens=usage("reasoning_output_tokens"),
        cost=say("cost"),
        error_type=say("error_type"),
        http_status=say("http_status"),
        trace_id=say("trace_id"),
        conversation_id=say("conversation_id") or say("session_id"),
        user_id=say("user_id"),
        host=say("host"),
        route=say("route"),
        tool_calls=len(fields["tool_calls"]),
        verdicts=tuple(map(_outcome, [*fields["evaluations"], *verdicts])),
        preview=(user_text or "")[:PREVIEW],
        reply=(fields["output_text"] or "")[:PREVIEW],
        source=folded.source,
    )


def call(
    folded: Folded, *, path: Callable[[str], str], verdicts: Sequence[Mapping[str, Any]] = ()
) -> "Call":
    """The full record.

    Args:
        path: From a file id to the path it has now.
        verdicts: Our own, after the log's.

    Raises:
        Nothing. A field that cannot be what it claims to be is left out, with a warning.
    """
    from pydantic import ValidationError

    from tailllm.records.call import Call

    values = _values(folded, path, verdicts)
    try:
        return Call.model_validate(values)
    except ValidationError as error:
        bad = {str(problem["loc"][0]) for problem in error.errors(include_input=False)}
    kept = {name: value for name, value in values.items() if name not in bad}
    kept["warnings"] = [*kept.get("warnings", ()), *(f"{name} is unreadable" for name in bad)]
    return Call.model_validate(kept)


def _values(
    folded: Folded, path: Callable[[str], str], verdicts: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    fields = folded.fields
    values = {name: text(fields.get(name)) for name in _TEXTS}
    at = number(fields.get("start_time"))
    tools = fields.get("tool_definitions")
    return values | {
        "key": folded.keys[0],
        "format": folded.format,
        "state": fields["state"],
        "status": fields["status"],
        "source": [
            {"file": path(address.file), "offset": address.offset, "length": address.length}
            for address in folded.source
        ],
        "start_time": None if at is None else datetime.fromtimestamp(at, UTC),
        "latency_ms": duration(fields.get("latency_ms")),
        "ttft_ms": duration(fields.get("ttft_ms")),
        "stream": fields.get("stream"),
        "prompt_version": prompt_version(fields),
        "input_messages": bounded(messages.canonical(fields.get("input_messages"))),
        "tool_definitions": bounded(tools) if isinstance(tools, list) else None,
        "request_params": bounded(mapping(fields.get("request_params"))) or None,
        "output_messages": bounded(messages.canonical(fields.get("output_messages"))),
        "output_text": fields["output_text"],
        "tool_calls": bounded(fields["tool_calls"]),
        "usage": _usage(fields["usage"]),
        "cost": number(fields.get("cost")),
        "http_status": http_status(fields.get("http_status")),
        "tags": _tags(fields.get("tags")),
        "metadata": bounded(mapping(fields.get("metadata"))) or None,
        "evaluations": [
            *(dict(found) | {"by": "log"} for found in objects(fields["evaluations"])),
            *(dict(verdict) | {"by": "tailllm"} for verdict in verdicts),
        ],
        "content": fields["content"],
        "warnings": fields.get("warnings", ()),
    }


def _usage(usage: Fields) -> dict[str, Any]:
    found: dict[str, Any] = {name: count(usage.get(name)) for name in _USAGE}
    return found | {"estimated": bool(usage.get("estimated"))}


def _tags(tags: Any) -> list[str]:
    listed = tags if isinstance(tags, list) else [tags]
    return [found for found in map(text, listed) if found is not None]


def _outcome(verdict: Mapping[str, Any]) -> tuple[str, str]:
    passed = verdict.get("passed")
    if passed is not None:
        return verdict["name"], "passed" if passed else "failed"
    return verdict["name"], "errored" if verdict.get("label") == "errored" else "unjudged"
