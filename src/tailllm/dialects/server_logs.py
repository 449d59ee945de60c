"""JSON logs of model servers: how long a call took, and no word of what was said.

Text Generation Inference   `--json-output`: one line a call, durations as text with a unit
llama.cpp's server          `--log-format json` (2024): lines of one task, joined by its id
"""

import re
from typing import Any

from tailllm.dialects import terms
from tailllm.dialects.dialect import Dialect, line_key
from tailllm.dialects.values import count, duration, filled, first, instant, mapping, objects, text
from tailllm.records.line import Address
from tailllm.records.part import Fields, Part

_UNITS_MS = {"s": 1e3, "ms": 1.0, "µs": 1e-3, "μs": 1e-3, "us": 1e-3, "ns": 1e-6}
_SPAN = re.compile(r"(\d+(?:\.\d+)?)(s|ms|µs|μs|us|ns)")
_PARAMETER = re.compile(r"(\w+): (?:Some\((-?[\d.]+)\)|(true|false))", re.ASCII)
"""One of `GenerateParameters { temperature: Some(0.7), do_sample: true, … }`."""
_ROUTER = "text_generation_router"
_LONGEST = 10_000


class ServerLogs(Dialect):
    """Request lines of Text Generation Inference and of llama.cpp's server."""

    name = "server_logs"

    def claims(self, value: dict[str, Any]) -> bool:
        """The router's module path, or a task of a slot."""
        return _of_router(value) or _task(value) is not None

    def read(self, value: dict[str, Any], address: Address) -> list[Part] | str:
        """A router's line is a call or none; a slot's line is a part of one."""
        if _of_router(value):
            fields = _routed(value)
            if not fields:
                return "a server's line about no single call"
            fields |= {"format": self.name, "operation_name": "chat"}
            return [Part((line_key(address),), fields, address)]
        fields = _slotted(value)
        if not fields:
            return "a server's line that tells nothing of a call"
        fields |= {"format": self.name, "operation_name": "chat"}
        # Tasks are counted from 0 again when the server starts, in another thread.
        own = f"{self.name}:{text(value.get('tid')) or ''}:{_task(value)}"
        return [Part((own,), fields, address, "piece")]


def _of_router(value: dict[str, Any]) -> bool:
    target = value.get("target")
    return isinstance(target, str) and target.startswith(_ROUTER)


def _routed(value: dict[str, Any]) -> Fields:
    span = mapping(value.get("span"))
    outer = [text(one.get("name")) for one in objects(value.get("spans"))]
    name = text(span.get("name")) or next(filter(None, reversed(outer)), "")
    at = instant(value.get("timestamp"))
    if value.get("level") == "ERROR" and name:
        found = {"status": "error"} | terms.error_text(value.get("message"))
        return found | filled(start_time=at, stream=_streams(name))
    latency_ms = _milliseconds(span.get("total_time"))
    if latency_ms is None:
        return {}
    parts = ("queue_time", "validation_time", "inference_time", "time_per_token")
    return filled(
        status="ok" if value.get("message") == "Success" else None,
        start_time=None if at is None else at - latency_ms / 1000,
        latency_ms=latency_ms,
        stream=_streams(name),
        request_params=_parameters(span.get("parameters")),
        metadata=filled(**{f"{part}_ms": _milliseconds(span.get(part)) for part in parts}),
    )


def _streams(name: str) -> bool | None:
    return {"generate": False, "generate_stream": True}.get(name)


def _milliseconds(value: Any) -> float | None:
    found = _SPAN.fullmatch(value) if isinstance(value, str) and len(value) < 40 else None
    return duration(found[1], _UNITS_MS[found[2]]) if found else None


def _parameters(value: Any) -> dict[str, Any] | None:
    if not isinstance(value, str) or len(value) > _LONGEST:
        return None
    found: dict[str, Any] = {}
    for name, digits, word in _PARAMETER.findall(value):
        whole = count(digits) if digits.isdigit() else None
        given = whole if whole is not None else duration(digits)
        found[name] = word == "true" if word else given
    return found


def _task(value: dict[str, Any]) -> int | None:
    named = first(value, "id_task", "task_id") if "id_slot" in value or "slot_id" in value else None
    return count(named)


def _slotted(value: dict[str, Any]) -> Fields:
    at = instant(value.get("timestamp"))
    if value.get("function") == "launch_slot_with_task":
        return filled(start_time=at)
    latency_ms = duration(value.get("t_total"))
    usage = filled(
        input_tokens=count(value.get("n_prompt_tokens_processed")),
        output_tokens=count(value.get("n_decoded")),
    )
    found = filled(
        usage=usage or None,
        latency_ms=latency_ms,
        ttft_ms=duration(value.get("t_prompt_processing")),
    )
    if latency_ms is not None:
        found |= {"status": "ok", "state": "done"}
        if at is not None:
            found["_start_hint"] = at - latency_ms / 1000
    return found
