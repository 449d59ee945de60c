"""Compares calls with the EXPECTED.json of a sample folder, whatever the format.

A value that the file does not hold cannot be expected: `not_in_log` names some, and those
that came from the server (a status of 200, an error code) are looked for in the lines.
"""

import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

from tailllm.dialects.messages import last_user_text, system_text
from tailllm.dialects.terms import finish
from tailllm.records.call import Call

Expected = dict[str, Any]
_TIMED = r'(?i)latency|dur(ation)?(_m?s)?"|elapsed|took|"ms"|endTime|"(ts|at|dir)"'
"""How a log says how long a call took."""


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


def differences(expected: Expected, call: Call, raw: str) -> list[str]:
    """What the call has wrong, in words."""
    unlogged = set(expected.get("not_in_log", ()))
    if expected.get("usage_on_wire") is False and "input_tokens" in unlogged:
        unlogged.add("output_tokens")
    found = []
    for name, check in _CHECKS.items():
        if name not in expected or (expected[name] is None and name not in unlogged):
            continue
        wrong = check(expected, call, raw, name in unlogged)
        if wrong:
            found.append(f"{expected.get('scenario')}/{expected.get('step')}: {name}: {wrong}")
    return found


def _literal(raw: str, value: Any) -> bool:
    """Whether a line holds the value as a JSON token, perhaps inside a string."""
    written = re.escape(json.dumps(value, ensure_ascii=False).strip('"'))
    return re.search(rf"(?<![\w.-]){written}(?![\w.-])", raw) is not None


def _equal(name: str, get: Callable[[Call], Any]) -> Callable[..., str | None]:
    def check(expected: Expected, call: Call, raw: str, unlogged: bool) -> str | None:
        actual, value = get(call), expected[name]
        if unlogged:
            return None if actual is None else f"{actual!r} is not in the log"
        if actual == value or (actual is None and not _literal(raw, value)):
            return None
        if actual is None and value in (0, "", [], {}):
            return None
        return f"{actual!r} is not {value!r}"

    return check


def _tells_ends(raw: str) -> bool:
    """Without finish reasons, a cut stream looks like a short one."""
    return re.search(r"finish|stop_reason|exception", raw) is not None


def _status(expected: Expected, call: Call, raw: str, _: bool) -> str | None:
    wanted = {expected["status"]}
    dropped = "dropped" in (expected.get("error_kind") or "")
    if dropped and call.state == "partial":
        wanted.add("incomplete")
    if dropped and not _tells_ends(raw):
        wanted.add("ok")
    return None if call.status in wanted else f"{call.status} is not {expected['status']}"


def _stream(expected: Expected, call: Call, raw: str, _: bool) -> str | None:
    """No stream is the default, which nobody writes down.

    The hand-made records of ConverseStream have bodies that the server did not stream.
    """
    if call.stream and '"ConverseStream"' in raw:
        return None
    silent = call.stream is None and (not expected["stream"] or "stream" not in raw)
    return None if silent or call.stream == expected["stream"] else f"{call.stream}"


def _http_status(expected: Expected, call: Call, raw: str, _: bool) -> str | None:
    """Batches of spans hold the statuses of other requests too."""
    wanted = expected["http_status"]
    logged = re.search(rf'(status\w*|code)"?: ?"?{wanted}\b', raw)
    silent = call.http_status is None and not logged
    return None if silent or call.http_status == wanted else f"{call.http_status}, not {wanted}"


def _response_model(expected: Expected, call: Call, raw: str, unlogged: bool) -> str | None:
    """Of a failed call only the model it asked for is in the log, often with the same name."""
    same = expected["response_model"] == expected["request_model"]
    if call.response_model is None and call.status == "error" and same:
        return None
    return _equal("response_model", lambda one: one.response_model)(expected, call, raw, unlogged)


def _finish(expected: Expected, call: Call, raw: str, _: bool) -> str | None:
    """Some writers leave it out, and some call a refusal a filter's work."""
    if call.finish_reason is None and not _tells_ends(raw):
        return None
    if expected.get("refusal") and call.finish_reason == "content_filter":
        return None
    tools = bool(expected.get("tool_calls")) and call.finish_reason == "tool_call"
    if tools and _TOOLS_ENDED_IT.search(raw):
        return None
    wanted = finish(expected["finish_reason"])["finish_reason"]
    return None if call.finish_reason == wanted else f"{call.finish_reason} is not {wanted}"


_TOOLS_ENDED_IT = re.compile(r"finish_reason[^}]{0,80}tool_call")
"""The Responses API says `completed`; some writers say what that came to."""


def _error_type(expected: Expected, call: Call, raw: str, _: bool) -> str | None:
    if call.error_type == expected["error_type"] or not _literal(raw, expected["error_type"]):
        named = re.search(r"exception.type|error.type|error_type|'code'", raw)
        return "none" if named and not call.error_type else None
    return f"{call.error_type} is not {expected['error_type']}"


def _response_text(expected: Expected, call: Call, _: str, unlogged: bool) -> str | None:
    wanted = expected["response_text"]
    if unlogged:
        return None if call.output_text is None else "there, and not in the log"
    if (call.output_text or "") == wanted:
        return None
    refused = expected.get("refusal")
    if wanted == "" and refused and call.output_text == refused:
        return None
    return f"{call.output_text!r} is not {wanted!r}"


def _refusal(expected: Expected, call: Call, raw: str, unlogged: bool) -> str | None:
    said = call.refusal or call.output_text
    if unlogged:
        return f"{said!r} is not in the log" if said else None
    silent = said is None and not _literal(raw, expected["refusal"])
    return (
        None
        if silent or said == expected["refusal"]
        else f"{said!r} is not {expected['refusal']!r}"
    )


def _arguments(value: Any) -> Any:
    try:
        return json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return value


def _tool_calls(expected: Expected, call: Call, _: str, __: bool) -> str | None:
    unlogged = expected.get("not_in_log", ())
    if "tool_call_names" in unlogged or call.content == "truncated":
        return None
    wanted = [(asked["name"], _arguments(asked["arguments"])) for asked in expected["tool_calls"]]
    actual = [(asked.name, _arguments(asked.arguments)) for asked in call.tool_calls]
    return None if wanted == actual else f"{actual!r} is not {wanted!r}"


def _others(expected: Expected, call: Call, *_: Any) -> str | None:
    actual = [message.text for message in (call.output_messages or ())[1:]]
    return None if actual == expected["other_choices"] else f"{actual!r}"


def _params(expected: Expected, call: Call, raw: str, _: bool) -> str | None:
    actual = call.request_params or {}
    wanted = expected["request_params"]
    for name in _LIMITS:
        if name in wanted and name not in actual:
            actual = actual | {name: actual.get("max_tokens")}
    missing = [
        name
        for name, value in wanted.items()
        if actual.get(name) != value and (name in actual or _literal(raw, value))
    ]
    return f"{missing} of {actual}" if missing else None


_LIMITS = ("max_output_tokens", "max_completion_tokens")


def _sent(call: Call) -> bool:
    return call.content == "full" and call.input_messages is not None


def _inputs(expected: Expected, call: Call, *_: Any) -> str | None:
    if not _sent(call):
        return None
    sent = call.input_messages or ()
    apart = call.system_instructions is not None
    inside = expected["api"] != "chat" and any(m.role == "system" for m in sent[:1])
    results = [sum(part.type == "tool_call_response" for part in m.parts) for m in sent]
    actual = {len(sent) + apart, sum(count or 1 for count in results) + apart}
    wanted = expected["n_input_messages_on_wire"]
    right = actual & {wanted, wanted + (apart or inside)}
    return None if right else f"{actual} are not {wanted}"


def _tools(expected: Expected, call: Call, raw: str, _: bool) -> str | None:
    if call.content != "full":
        return None
    tools = [tool.get("function", tool) for tool in call.tool_definitions or ()]
    names = [tool.get("name") for tool in tools]
    if not names and not re.search(r'"(tools|functions|parameters)"|tool\.definitions', raw):
        return None
    return None if names == expected["tools_offered"] else f"{names}"


def _hash(text: str | None) -> str | None:
    return None if text is None else hashlib.sha256(text.encode()).hexdigest()


def _dicts(call: Call) -> list[dict[str, Any]] | None:
    return (
        None
        if call.input_messages is None
        else [m.model_dump(mode="json") for m in call.input_messages]
    )


def _system(expected: Expected, call: Call, *_: Any) -> str | None:
    if "user_text" in expected.get("not_in_log", ()) and call.input_messages is None:
        return None
    if call.content == "absent" or (call.content == "partial" and not call.input_messages):
        return None
    actual = _hash(system_text(_dicts(call), call.system_instructions))
    if actual is None and call.content == "partial":
        return None
    return None if actual == expected["system_sha256"] else "another text"


def _user(expected: Expected, call: Call, *_: Any) -> str | None:
    if call.content == "partial":
        return None
    actual = _hash(last_user_text(_dicts(call)))
    if "user_text" in expected.get("not_in_log", ()) or call.content == "absent":
        return None if actual is None else "there, and not in the log"
    return None if actual == expected["last_user_text_sha256"] else "another text"


def _latency(expected: Expected, call: Call, raw: str, _: bool) -> str | None:
    if call.latency_ms is None:
        return "none" if re.search(_TIMED, raw) else None
    least = expected["latency_min_s"] * 1000
    return None if call.latency_ms >= least else f"{call.latency_ms} is under {least}"


def _exactly(name: str) -> Callable[..., str | None]:
    def check(expected: Expected, call: Call, *_: Any) -> str | None:
        actual = getattr(call, name.replace("_s", "_ms"))
        wanted = expected[name] * 1000
        right = actual is not None and abs(actual - wanted) < 0.1
        return None if right else f"{actual} is not {wanted}"

    return check


def _ttft(expected: Expected, call: Call, raw: str, _: bool) -> str | None:
    if call.ttft_ms is None:
        return "none" if re.search(r"ttft|first_token|first_chunk|time_to_first", raw) else None
    least = expected["ttft_min_s"] * 1000
    return None if call.ttft_ms >= least else f"{call.ttft_ms} is under {least}"


_CHECKS: dict[str, Callable[..., str | None]] = {
    "status": _status,
    "operation": _equal("operation", lambda call: call.operation_name),
    "provider": _equal("provider", lambda call: call.provider_name),
    "request_model": _equal("request_model", lambda call: call.request_model),
    "response_model": _response_model,
    "response_id": _equal("response_id", lambda call: call.response_id),
    "stream": _stream,
    "http_status": _http_status,
    "error_type": _error_type,
    "error_message": _equal("error_message", lambda call: call.error_message),
    "input_tokens": _equal("input_tokens", lambda call: call.usage.input_tokens),
    "output_tokens": _equal("output_tokens", lambda call: call.usage.output_tokens),
    "cached_input_tokens": _equal(
        "cached_input_tokens", lambda call: call.usage.cache_read_input_tokens
    ),
    "reasoning_tokens": _equal("reasoning_tokens", lambda call: call.usage.reasoning_output_tokens),
    "finish_reason": _finish,
    "response_text": _response_text,
    "partial_text": _equal("partial_text", lambda call: call.output_text),
    "refusal": _refusal,
    "tool_calls": _tool_calls,
    "other_choices": _others,
    "request_params": _params,
    "n_input_messages_on_wire": _inputs,
    "tools_offered": _tools,
    "system_sha256": _system,
    "last_user_text_sha256": _user,
    "latency_min_s": _latency,
    "ttft_min_s": _ttft,
    "latency_s": _exactly("latency_s"),
    "ttft_s": _exactly("ttft_s"),
}
