"""docs/formats.md, made from the samples: which format gives which field.

python -m tests.dialects.fields > docs/formats.md
"""

import json
import sys
from collections.abc import Callable, Iterable
from typing import Any

from tailllm.dialects.catalog import dialects
from tailllm.records.call import Call
from tests.dialects.reading import SAMPLES, read_file

INTRO = """\
# What each format gives

Measured, not promised: a field is there when some call of the format's samples has it.
A dash means that the format, as its writers use it, does not say it; such a field is `None`, never 0.
This page is written from `tests/dialects/samples/` by `python -m tests.dialects.fields > docs/formats.md`, and a test holds it.

"""

AFTER = """\

Inside Docker's json-file, the CRI format of Kubernetes and journald's JSON, every format gives what it gives alone.
A format of your own gives what its [mapping](configuration.md) names.
"""


def _any(name: str) -> Callable[[Call], Any]:
    return lambda call: getattr(call, name)


def _usage(name: str) -> Callable[[Call], Any]:
    return lambda call: getattr(call.usage, name)


def _has(kind: str) -> Callable[[Call], Any]:
    def look(call: Call) -> bool:
        said = (*(call.input_messages or ()), *(call.output_messages or ()))
        return any(part.type == kind for message in said for part in message.parts)

    return look


def _logged(call: Call) -> bool:
    """A version that we made ourselves is not the format's."""
    return call.prompt_version is not None and not call.prompt_version.startswith("h:")


FIELDS: dict[str, Callable[[Call], Any]] = {
    "start": _any("start_time"),
    "latency": _any("latency_ms"),
    "first token": _any("ttft_ms"),
    "provider": _any("provider_name"),
    "requested model": _any("request_model"),
    "answering model": _any("response_model"),
    "response id": _any("response_id"),
    "streamed or not": lambda call: call.stream is not None,
    "parameters": _any("request_params"),
    "instructions apart": _any("system_instructions"),
    "input messages": _any("input_messages"),
    "tool definitions": _any("tool_definitions"),
    "answer text": _any("output_text"),
    "tool calls": _any("tool_calls"),
    "tool results": _has("tool_call_response"),
    "reasoning": _has("reasoning"),
    "images": lambda call: any(map(_picture, call.input_messages or ())),
    "several choices": lambda call: len(call.output_messages or ()) > 1,
    "refusal": _any("refusal"),
    "finish reason": _any("finish_reason"),
    "input tokens": lambda call: call.usage.input_tokens is not None,
    "output tokens": lambda call: call.usage.output_tokens is not None,
    "tokens read from cache": lambda call: call.usage.cache_read_input_tokens is not None,
    "tokens written to cache": lambda call: call.usage.cache_creation_input_tokens is not None,
    "reasoning tokens": lambda call: call.usage.reasoning_output_tokens is not None,
    "cost": lambda call: call.cost is not None,
    "error type": _any("error_type"),
    "error message": _any("error_message"),
    "HTTP status": _any("http_status"),
    "prompt name": _any("prompt_name"),
    "prompt version": _logged,
    "session": _any("session_id"),
    "conversation": _any("conversation_id"),
    "user": _any("user_id"),
    "host": _any("host"),
    "route": _any("route"),
    "trace and span": _any("trace_id"),
    "verdicts": _any("evaluations"),
    "tags": _any("tags"),
    "metadata": _any("metadata"),
}


def _picture(message: Any) -> bool:
    return any(part.type in {"blob", "uri", "file"} for part in message.parts)


def by_format() -> dict[str, list[Call]]:
    """Every call of every sample file, by its format."""
    found: dict[str, list[Call]] = {}
    for expected in sorted(SAMPLES.glob("*/EXPECTED.json")):
        for name in json.loads(expected.read_text()):
            for call in read_file(expected.with_name(name)).calls():
                found.setdefault(call.format, []).append(call)
    return found


def render() -> str:
    """The whole page."""
    calls = by_format()
    listed = [dialect.name for dialect in dialects() if dialect.name in calls]
    formats = listed + sorted(calls.keys() - set(listed))
    rows = [
        [field, *(_said(look, calls[name]) for name in formats)] for field, look in FIELDS.items()
    ]
    counts = ["calls in the samples", *(f"{len(calls[name])}" for name in formats)]
    head = ["field", *(f"`{name}`" for name in formats)]
    lines = map(_row, [head, ["---"] * len(head), *rows, counts])
    return INTRO + "\n".join(lines) + "\n" + AFTER


def _said(look: Callable[[Call], Any], calls: Iterable[Call]) -> str:
    return "yes" if any(look(call) for call in calls) else "–"


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    sys.stdout.write(render())
