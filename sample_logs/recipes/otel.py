"""The same traffic as a collector's file exporter writes it: OTLP JSON, spans in batches.

Around the calls stand what real traces hold too and no reader may count: the HTTP span below
each call, the agent's span above with the summed usage, tool runs, embeddings and metrics.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from recipes.sample import NOON, SEED, Sample, count
from tailllm.demo.dice import Dice
from tailllm.demo.scenes import INCIDENT
from tailllm.demo.traffic import Traffic
from tailllm.demo.wire import Line

Span = dict[str, Any]
ERROR = 2


def make() -> dict[str, Sample]:
    """The file."""
    told = list(Traffic(SEED + 2, start=NOON, begin_s=60, end_s=104, rate=1.7, play=INCIDENT))
    calls = [one.line for one in told]
    lines = list(_lines(calls))
    text = "".join(
        json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines
    )
    truth = count("spans, evaluations and metrics of one afternoon", "otel_genai", calls)
    truth["lines"] = len(lines)
    return {"otel.jsonl": Sample(text.encode(), truth)}


def _value(value: Any) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, float):
        return {"doubleValue": value}
    if isinstance(value, list):
        return {"arrayValue": {"values": [_value(one) for one in value]}}
    return {"stringValue": str(value)}


def _attributes(fields: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"key": key, "value": _value(value)} for key, value in fields.items() if value is not None
    ]


RESOURCE = {
    "attributes": _attributes(
        {
            "service.name": "brambleway-assist",
            "service.version": "2026.11.2",
            "host.name": "api-7f9",
        }
    )
}


def _export(kind: str, scope: str, items: list[Any]) -> dict[str, Any]:
    """One export request: kind is Spans, Logs or Metrics."""
    inner = {"Spans": "spans", "Logs": "logRecords", "Metrics": "metrics"}[kind]
    scoped = {"scope": {"name": scope, "version": "1.4.0"}, inner: items}
    return {f"resource{kind}": [{"resource": RESOURCE, f"scope{kind}": [scoped]}]}


def _nanos(line: Line) -> tuple[int, int]:
    """Start and end of the call, since the epoch."""
    milliseconds = round(datetime.fromisoformat(line["ts"]).timestamp() * 1000)
    return milliseconds * 10**6, milliseconds * 10**6 + round(line["ms"] * 1000) * 1000


def _parts(message: dict[str, Any]) -> dict[str, Any]:
    parts: list[dict[str, Any]] = []
    if message["role"] == "tool":
        answer = {"type": "tool_call_response", "id": message["tool_call_id"]}
        return {"role": "tool", "parts": [answer | {"response": message["content"]}]}
    if message.get("content"):
        parts.append({"type": "text", "content": message["content"]})
    for call in message.get("tool_calls", ()):
        function = call.get("function", call)
        arguments = json.loads(function["arguments"])
        parts.append(
            {
                "type": "tool_call",
                "id": call["id"],
                "name": function["name"],
                "arguments": arguments,
            }
        )
    return {"role": message["role"], "parts": parts}


def _content(line: Line) -> dict[str, Any]:
    """The messages as JSON texts; Anthropic keeps the system prompt apart."""
    messages = line["messages"]
    fields: dict[str, Any] = {}
    if line["provider"] == "anthropic":
        system = [{"type": "text", "content": messages[0]["content"]}]
        fields["gen_ai.system_instructions"] = json.dumps(system)
        messages = messages[1:]
    said = [_parts(message) for message in messages]
    fields["gen_ai.input.messages"] = json.dumps(said, ensure_ascii=False)
    if "tools" in line:
        fields["gen_ai.tool.definitions"] = json.dumps(line["tools"])
    if "output" in line:
        answer = {"role": "assistant", "content": line["output"]}
        answer |= {"tool_calls": line["tool_calls"]} if "tool_calls" in line else {}
        out = _parts(answer) | {"finish_reason": _finish(line)}
        fields["gen_ai.output.messages"] = json.dumps([out], ensure_ascii=False)
    return fields


def _finish(line: Line) -> str:
    return {"tool_calls": "tool_call"}.get(line["finish"], line["finish"])


def _call_span(line: Line, ids: dict[str, str]) -> Span:
    start, end = _nanos(line)
    usage = line.get("usage", {})
    error = line.get("error")
    fields = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": line["provider"],
        "gen_ai.request.model": line["model"],
        "gen_ai.request.temperature": line["params"]["temperature"],
        "gen_ai.request.max_tokens": line["params"]["max_tokens"],
        "gen_ai.request.stream": line["params"]["stream"] or None,
        "gen_ai.conversation.id": line["session"],
        "gen_ai.prompt.name": line["prompt"]["name"],
        "gen_ai.response.model": None if error else line["model"],
        "gen_ai.response.id": line.get("id"),
        "gen_ai.response.finish_reasons": None if error else [_finish(line)],
        "gen_ai.response.time_to_first_chunk": line["ttft_ms"] / 1000
        if "ttft_ms" in line
        else None,
        "gen_ai.usage.input_tokens": usage.get("input"),
        "gen_ai.usage.output_tokens": usage.get("output"),
        "gen_ai.usage.cache_read.input_tokens": usage.get("cached"),
        "error.type": f"openai.{error['type']}" if error else None,
        **_content(line),
    }
    status = {"code": ERROR, "message": error["message"]} if error else {}
    name = f"chat {line['model']}"
    return _span(ids, name, 3, (start, end), fields) | {"status": status}


def _span(
    ids: dict[str, str], name: str, kind: int, times: tuple[int, int], fields: dict[str, Any]
) -> Span:
    named = {"name": name, "kind": kind, "flags": 256}
    clock = {"startTimeUnixNano": str(times[0]), "endTimeUnixNano": str(times[1])}
    return ids | named | clock | {"attributes": _attributes(fields), "status": {}}


def _http_span(line: Line, call: Span, dice: Dice) -> Span:
    start, end = _nanos(line)
    ids = {"traceId": call["traceId"], "spanId": dice.hex(16), "parentSpanId": call["spanId"]}
    status = line["error"]["status"] if "error" in line else 200
    fields = {"http.request.method": "POST", "http.response.status_code": status}
    return _span(ids, "POST", 3, (start + 400_000, end - 400_000), fields)


def _tool_span(line: Line, call: Span, dice: Dice) -> Span:
    _, end = _nanos(line)
    ids = {"traceId": call["traceId"], "spanId": dice.hex(16), "parentSpanId": call["parentSpanId"]}
    tool = line["tool_calls"][0]
    fields = {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": tool["name"],
        "gen_ai.tool.call.id": tool["id"],
        "gen_ai.tool.call.arguments": tool["arguments"],
    }
    return _span(ids, f"execute_tool {tool['name']}", 1, (end + 10**6, end + 19 * 10**6), fields)


def _agent_span(calls: list[Line], trace: str, span: str) -> Span:
    """The framework's span around a conversation, with everything summed up once more."""
    times = (_nanos(calls[0])[0] - 10**6, _nanos(calls[-1])[1] + 10**6)
    fields = {
        "gen_ai.operation.name": "invoke_agent",
        "gen_ai.agent.name": "assist",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": calls[0]["model"],
        "gen_ai.conversation.id": calls[0]["session"],
        "user.id": calls[0]["user"],
        "gen_ai.usage.input_tokens": sum(c.get("usage", {}).get("input", 0) for c in calls),
        "gen_ai.usage.output_tokens": sum(c.get("usage", {}).get("output", 0) for c in calls),
    }
    return _span({"traceId": trace, "spanId": span}, "invoke_agent assist", 1, times, fields)


def _evaluations(line: Line, call: Span) -> list[dict[str, Any]]:
    records = []
    for check in line.get("checks", ()):
        end = _nanos(line)[1] + 2 * 10**6
        fields = {
            "gen_ai.evaluation.name": check["name"],
            "gen_ai.evaluation.score.label": "pass" if check["ok"] else "fail",
            "gen_ai.evaluation.score.value": 1.0 if check["ok"] else 0.0,
            "gen_ai.evaluation.explanation": check["why"],
            "gen_ai.response.id": line["id"],
        }
        records.append(
            {
                "timeUnixNano": str(end),
                "observedTimeUnixNano": str(end + 900),
                "severityNumber": 9,
                "eventName": "gen_ai.evaluation.result",
                "attributes": _attributes(fields),
                "traceId": call["traceId"],
                "spanId": call["spanId"],
            }
        )
    return records


def _metrics(calls: list[Line]) -> dict[str, Any]:
    end = str(_nanos(calls[-1])[1])
    seconds = [line["ms"] / 1000 for line in calls]
    point = {"timeUnixNano": end, "count": str(len(calls)), "sum": round(sum(seconds), 4)}
    histogram = {"aggregationTemporality": 1, "dataPoints": [point]}
    metric = {"name": "gen_ai.client.operation.duration", "unit": "s", "histogram": histogram}
    return _export("Metrics", "assist.metrics", [metric])


def _lines(calls: list[Line]) -> Iterator[dict[str, Any]]:
    dice = Dice(SEED, "otel")
    left: dict[str, list[Line]] = {}
    for line in calls:
        left.setdefault(line["session"], []).append(line)
    agents = {session: (dice.hex(32), dice.hex(16)) for session in left}
    done: dict[str, int] = dict.fromkeys(left, 0)
    while calls:
        size = dice.whole(2, 7)
        batch, calls = calls[:size], calls[size:]
        spans, records = [], []
        for line in batch:
            trace, agent = agents[line["session"]]
            ids = {"traceId": trace, "spanId": dice.hex(16), "parentSpanId": agent}
            call = _call_span(line, ids)
            spans += [_http_span(line, call, dice), call]
            spans += [_tool_span(line, call, dice)] if "tool_calls" in line else []
            records += _evaluations(line, call)
            done[line["session"]] += 1
            if done[line["session"]] == len(left[line["session"]]):
                spans.append(_agent_span(left[line["session"]], trace, agent))
        logs = [_export("Logs", "assist.validators", records)] if records else []
        traces = _export("Spans", "opentelemetry.instrumentation.genai", spans)
        # Verdicts sometimes reach the collector before the span they speak of.
        yield from [*logs, traces] if dice.chance(0.3) else [traces, *logs]
        if dice.chance(0.2):
            yield _metrics(batch)
