"""OTLP lines from a seed: a batch of spans of model calls each, as the Collector writes them."""

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from bench.lines import MODELS, PROSE, START_S

SPANS = 8
"""In a line."""


def lines(count: int, *, span_bytes: int = 5_300, seed: int = 7) -> Iterator[bytes]:
    """`count` lines, newline included, the same for a seed."""
    random = Random(seed)
    prose = " ".join(random.choices(PROSE.split(), k=40_000))
    resource = {"attributes": [_said("service.name", stringValue="assist")]}
    for number in range(count):
        spans = [_span(SPANS * number + n, random, prose, span_bytes) for n in range(SPANS)]
        scope = {"scope": {"name": "opentelemetry.instrumentation.openai_v2"}, "spans": spans}
        export = {"resourceSpans": [{"resource": resource, "scopeSpans": [scope]}]}
        yield json.dumps(export, ensure_ascii=False).encode() + b"\n"


def write(path: Path, count: int, *, span_bytes: int = 5_300) -> int:
    """Write a log; returns its size in bytes."""
    with path.open("wb") as log:
        log.writelines(lines(count, span_bytes=span_bytes))
    return path.stat().st_size


def _said(key: str, **value: Any) -> dict[str, Any]:
    return {"key": key, "value": value}


def _message(role: str, text: str) -> dict[str, Any]:
    return {"role": role, "parts": [{"type": "text", "content": text}]}


def _span(number: int, random: Random, prose: str, span_bytes: int) -> dict[str, Any]:
    room = max(100, span_bytes - 1_900)
    start = random.randrange(len(prose) - room - 1)
    text = prose[start : start + room]
    sent = [_message("system", text[: room // 2]), _message("user", text[room // 2 : -room // 10])]
    said = [_message("assistant", text[-room // 10 :]) | {"finish_reason": "stop"}]
    begun = int((START_S + number * 0.025) * 1e9)
    taken = int(random.lognormvariate(6.8, 0.5) * 1e6)
    model = random.choice(MODELS)
    attributes = [
        _said("gen_ai.operation.name", stringValue="chat"),
        _said("gen_ai.provider.name", stringValue="openai"),
        _said("gen_ai.request.model", stringValue=model),
        _said("gen_ai.response.model", stringValue=model),
        _said("gen_ai.response.id", stringValue=f"chatcmpl-{random.getrandbits(96):024x}"),
        _said("gen_ai.usage.input_tokens", intValue=str(random.randint(200, 4000))),
        _said("gen_ai.usage.output_tokens", intValue=str(random.randint(5, 500))),
        _said("gen_ai.request.temperature", doubleValue=0.2),
        _said("gen_ai.response.finish_reasons", arrayValue={"values": [{"stringValue": "stop"}]}),
        _said("gen_ai.conversation.id", stringValue=f"sess-{number // 3:05d}"),
        _said("gen_ai.input.messages", stringValue=json.dumps(sent, ensure_ascii=False)),
        _said("gen_ai.output.messages", stringValue=json.dumps(said, ensure_ascii=False)),
    ]
    return {
        "traceId": f"{random.getrandbits(128):032x}",
        "spanId": f"{random.getrandbits(64):016x}",
        "name": f"chat {model}",
        "kind": 3,
        "startTimeUnixNano": str(begun),
        "endTimeUnixNano": str(begun + taken),
        "attributes": attributes,
        "status": {},
    }
