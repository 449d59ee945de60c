"""Chat Completions bodies in a service's structured log, with its other lines around them."""

import json
from collections.abc import Iterator
from typing import Any

from recipes.sample import NOON, SEED, Sample, count
from tailllm.demo.dice import Dice
from tailllm.demo.scenes import INCIDENT
from tailllm.demo.traffic import Traffic
from tailllm.demo.wire import Line, Told, stamp

LARGE, SMALL = "gpt-4o-2024-11-20", "gpt-4o-mini-2024-07-18"


def make() -> dict[str, Sample]:
    """The file."""
    play = Traffic(SEED + 3, start=NOON, begin_s=70, end_s=112, rate=1.5, play=INCIDENT)
    told = [_openai(one) for one in play]
    dice = Dice(SEED, "openai")
    lines: list[dict[str, Any]] = []
    others = 0
    for one in told:
        around = list(_around(one, dice))
        others += len(around)
        lines += [*around, _pair(one.line, dice)]
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    truth = count(
        "requests and answers in one line, an application's other lines around them",
        "openai_chat",
        [one.line for one in told],
    )
    return {"openai_chat.jsonl": Sample(text.encode(), truth | {"other": others})}


def _openai(one: Told) -> Told:
    """The same call as if OpenAI had answered it."""
    line = dict(one.line, provider="openai")
    line["model"] = LARGE if "sonnet" in line["model"] else SMALL
    if "id" in line:
        line["id"] = "chatcmpl-" + line["id"].split("_")[-1].split("-")[-1]
    return Told(one.at, line)


def _around(one: Told, dice: Dice) -> Iterator[dict[str, Any]]:
    """Lines that are none of our business, some with words that look as if they were."""
    base = {"ts": stamp(one.at - 0.001), "level": "info"}
    if dice.chance(0.25):
        yield base | {"event": "http.request", "path": "/api/chat", "status": 200, "ms": 12.5}
    if dice.chance(0.12):
        yield base | {"event": "cache.warm", "model": "embeddings-cache", "tokens": 512}
    if dice.chance(0.08):
        yield base | {"event": "queue.depth", "messages": 17, "usage": {"disk": 0.4}}


def _pair(line: Line, dice: Dice) -> dict[str, Any]:
    error = line.get("error")
    pair = {
        "ts": line["ts"],
        "level": "error" if error else "info",
        "event": "openai.chat",
        "request_id": "req_" + dice.hex(24),
        "session_id": line["session"],
        "user_id": line["user"],
        "prompt_name": line["prompt"]["name"],
        "prompt_version": line["prompt"]["version"],
        "attempt": 1,
        "request": _request(line),
        "latency_ms": line["ms"],
    }
    if error:
        return pair | _failure(error)
    pair["status"] = 200
    if "ttft_ms" in line:
        pair["ttft_ms"] = line["ttft_ms"]
    pair["response"] = _chunks(line) if line["params"]["stream"] else _answer(line)
    checks = line.get("checks", ())
    return pair | {
        "validators": [
            {"name": check["name"], "passed": check["ok"], "detail": check["why"]}
            for check in checks
        ]
    }


def _request(line: Line) -> dict[str, Any]:
    params = dict(line["params"])
    if params["stream"]:
        params["stream_options"] = {"include_usage": True}
    tools = {"tools": line["tools"]} if "tools" in line else {}
    return {"model": line["model"], "messages": line["messages"], **params, **tools}


def _failure(error: dict[str, Any]) -> dict[str, Any]:
    if error["status"] is None:
        return {"status": None, "response": None, "error": error}
    body = {"message": error["message"], "type": "requests", "param": None}
    code = {"code": "rate_limit_exceeded"}
    return {"status": error["status"], "response": {"error": body | code}}


def _usage(line: Line) -> dict[str, Any]:
    usage = line["usage"]
    return {
        "prompt_tokens": usage["input"],
        "completion_tokens": usage["output"],
        "total_tokens": usage["input"] + usage["output"],
        "prompt_tokens_details": {"cached_tokens": usage["cached"]},
    }


def _calls(line: Line) -> list[dict[str, Any]]:
    return [
        {
            "id": call["id"],
            "type": "function",
            "function": {"name": call["name"], "arguments": call["arguments"]},
        }
        for call in line.get("tool_calls", ())
    ]


def _answer(line: Line) -> dict[str, Any]:
    message = {"role": "assistant", "content": line["output"], "refusal": None}
    choice = {"index": 0, "message": message, "finish_reason": line["finish"]}
    head = {"id": line["id"], "object": "chat.completion", "model": line["model"]}
    return head | {"choices": [choice], "usage": _usage(line)}


def _chunks(line: Line) -> list[dict[str, Any]]:
    """The stream as it came: a role, pieces of text or of a tool call, an end, the usage."""
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}]
    text = line["output"]
    deltas += [{"content": text[at : at + 40]} for at in range(0, len(text), 40)]
    for index, call in enumerate(_calls(line)):
        name, arguments = call["function"]["name"], call["function"]["arguments"]
        first = {"name": name, "arguments": ""}
        deltas.append({"tool_calls": [{**call, "index": index, "function": first}]})
        pieces = (arguments[:9], arguments[9:])
        deltas += [
            {"tool_calls": [{"index": index, "function": {"arguments": piece}}]} for piece in pieces
        ]
    head = {"id": line["id"], "object": "chat.completion.chunk", "model": line["model"]}
    chunks = [
        head | {"choices": [{"index": 0, "delta": delta, "finish_reason": None}]}
        for delta in deltas
    ]
    end = {"index": 0, "delta": {}, "finish_reason": line["finish"]}
    return [*chunks, head | {"choices": [end]}, head | {"choices": [], "usage": _usage(line)}]
