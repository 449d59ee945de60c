"""Compares calls with the EXPECTED.json of a sample folder, whatever the format.

EXPECTED.json tells what the server sent and saw. A value under `not_in_log` must be None.
Every other must be equal after the documented mapping, with two exceptions, listed call by
call or counted in untold.json: what a format has no place for (then None), and what its
writer told in other words than the server.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from tailllm.dialects.messages import last_user_text, system_text
from tailllm.dialects.terms import finish
from tailllm.records.call import Call

Expected = dict[str, Any]
NOTHING: tuple[Any, ...] = (None, [], {}, ())


class Difference(NamedTuple):
    """One value that is not what the server says."""

    where: str
    """Scenario/step."""
    field: str
    actual: Any
    wanted: Any


def pair(expected: list[Expected], calls: list[Call]) -> list[tuple[Expected, Call]]:
    """Each expectation with its call: by response id, the others by time."""
    by_id = {call.response_id: call for call in calls if call.response_id}
    pairs, late = [], []
    for one in expected:
        call = by_id.pop(one.get("response_id"), None)
        if call is None:
            late.append(one)
        else:
            pairs.append((one, call))
    taken = {id(call) for _, call in pairs}
    rest = [call for call in calls if id(call) not in taken]
    # A log without times lists its calls in the order of the expectations.
    if all(one.get("start_unix_s") for one in late):
        rest.sort(key=lambda call: call.start_time.timestamp() if call.start_time else 0)
        late.sort(key=lambda one: one["start_unix_s"])
    return [*pairs, *zip(late, rest, strict=True)]


def differences(expected: Expected, call: Call) -> Iterator[Difference]:
    """What the call has otherwise than EXPECTED.json, Nones too."""
    unlogged = _unlogged(expected)
    where = f"{expected.get('scenario')}/{expected.get('step')}"
    for name, read in _ACTUAL.items():
        if name in unlogged:
            wanted, actual = None, read(call)
            right = actual in NOTHING
        elif expected.get(name) is None:
            continue
        else:
            actual, wanted = read(call), _WANTED.get(name, _same)(expected[name])
            right = _RIGHT.get(name, _equal)(wanted, actual)
            if name == "request_params":
                actual = {k: v for k, v in actual.items() if v != wanted.get(k, v)}
        if not right:
            yield Difference(where, name, actual, wanted)


def _unlogged(expected: Expected) -> set[str]:
    found = {_NAMES.get(name, name) for name in expected.get("not_in_log", ())}
    if expected.get("usage_on_wire") is False:
        # Numbers of which the server told none.
        found |= {"input_tokens", "output_tokens", "cached_input_tokens", "reasoning_tokens"}
    if "response_text" in found:
        found |= {"response_text_sha256", "partial_text"}
    return found


_NAMES = {
    "user_text": "last_user_text_sha256",
    "tool_call_names": "tool_calls",
    "tool_call_arguments": "tool_calls",
}


def _same(value: Any) -> Any:
    return value


def _equal(wanted: Any, actual: Any) -> bool:
    return bool(wanted == actual)


def _at_least(seconds: float, milliseconds: float | None) -> bool:
    return milliseconds is not None and milliseconds >= seconds * 1000


def _exactly(seconds: float, milliseconds: float | None) -> bool:
    return milliseconds is not None and abs(milliseconds - seconds * 1000) < 0.1


def _among(wanted: dict[str, Any], actual: dict[str, Any]) -> bool:
    """Writers log parameters that nobody set, too, and one has two names."""
    limit = actual.get("max_tokens")
    known = dict.fromkeys(("max_output_tokens", "max_completion_tokens"), limit) | actual
    return wanted.items() <= known.items()


def _counted(wanted: int, actual: list[int] | None) -> bool:
    """Instructions are apart on some wires, and several tool results in one message on others."""
    return actual is not None and (wanted in actual or wanted + 1 in actual)


def _arguments(value: Any) -> Any:
    try:
        return json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return value


def _asked(calls: list[dict[str, Any]]) -> list[tuple[str, Any]]:
    return [(asked["name"], _arguments(asked["arguments"])) for asked in calls]


def _hash(text: str | None) -> str | None:
    return None if text is None else hashlib.sha256(text.encode()).hexdigest()


def _dicts(call: Call) -> list[dict[str, Any]] | None:
    sent = call.input_messages
    return None if sent is None else [message.model_dump(mode="json") for message in sent]


def _sent(call: Call) -> list[int] | None:
    sent = call.input_messages
    if sent is None:
        return None
    apart = call.system_instructions is not None
    results = [sum(part.type == "tool_call_response" for part in m.parts) for m in sent]
    return [len(sent) + apart, sum(count or 1 for count in results) + apart]


def _tools(call: Call) -> list[Any]:
    return [tool.get("function", tool).get("name") for tool in call.tool_definitions or ()]


def _wire_tokens(call: Call) -> Any:
    return (call.metadata or {}).get("provider_raw_input_tokens")


_WANTED: dict[str, Callable[[Any], Any]] = {
    "finish_reason": lambda word: finish(word)["finish_reason"],
    "tool_calls": _asked,
}
_RIGHT: dict[str, Callable[[Any, Any], bool]] = {
    "latency_min_s": _at_least,
    "ttft_min_s": _at_least,
    "latency_s": _exactly,
    "ttft_s": _exactly,
    "request_params": _among,
    "n_input_messages_on_wire": _counted,
}
_ACTUAL: dict[str, Callable[[Call], Any]] = {
    "status": lambda call: call.status,
    "operation": lambda call: call.operation_name,
    "provider": lambda call: call.provider_name,
    "request_model": lambda call: call.request_model,
    "response_model": lambda call: call.response_model,
    "response_id": lambda call: call.response_id,
    "stream": lambda call: call.stream,
    "http_status": lambda call: call.http_status,
    "error_type": lambda call: call.error_type,
    "error_message": lambda call: call.error_message,
    "input_tokens": lambda call: call.usage.input_tokens,
    "provider_raw_input_tokens": _wire_tokens,
    "output_tokens": lambda call: call.usage.output_tokens,
    "cached_input_tokens": lambda call: call.usage.cache_read_input_tokens,
    "reasoning_tokens": lambda call: call.usage.reasoning_output_tokens,
    "finish_reason": lambda call: call.finish_reason,
    "response_text": lambda call: call.output_text,
    "response_text_sha256": lambda call: _hash(call.output_text),
    "partial_text": lambda call: call.output_text,
    "refusal": lambda call: call.refusal,
    "tool_calls": lambda call: _asked([asked.model_dump() for asked in call.tool_calls]),
    "other_choices": lambda call: [message.text for message in (call.output_messages or ())[1:]],
    "request_params": lambda call: call.request_params or {},
    "n_input_messages_on_wire": _sent,
    "tools_offered": _tools,
    "system_sha256": lambda call: _hash(system_text(_dicts(call), call.system_instructions)),
    "last_user_text_sha256": lambda call: _hash(last_user_text(_dicts(call))),
    "latency_min_s": lambda call: call.latency_ms,
    "ttft_min_s": lambda call: call.ttft_ms,
    "latency_s": lambda call: call.latency_ms,
    "ttft_s": lambda call: call.ttft_ms,
}
