"""Bodies of OpenAI's chat completions: a request, an answer, the chunks of a streamed answer.

Many providers and gateways speak this form, so several dialects read their bodies here.
Each function gives the fields of `records.call.Call` that its body tells, and no others.

Source:
    The API reference of chat completions; the wire samples in tests/dialects/samples.
"""

import re
from collections.abc import Iterable
from typing import Any

from tailllm.dialects import messages, terms
from tailllm.dialects.decode import decode_text
from tailllm.dialects.values import count, filled, mapping, objects, string, text
from tailllm.records.part import Fields

_NO_PARAMETERS = frozenset({"model", "messages", "input", "tools", "functions", "stream"})
_TEXTS = ("content", "refusal", "reasoning_content", "reasoning")
_SPOKEN = (*_TEXTS, "tool_calls", "function_call", "audio")
_OWN_MODEL = re.compile(r"(ft:)?(gpt-|chatgpt-|o\d)[^/@]*")
_FILTERS = ("prompt_filter_results", "content_filter_results")
"""What only Azure adds to an answer."""
_BARE_ERROR = frozenset({"error", "message", "code", "type", "status", "detail", "request_id"})
"""All that stands beside an error that is a mere text."""
CHUNK = "chat.completion.chunk"


def is_request(body: Any) -> bool:
    """Whether the body asks for a chat completion."""
    return isinstance(body, dict) and isinstance(body.get("messages"), list) and "model" in body


def is_answer(body: Any) -> bool:
    """Whether the body is a whole chat completion."""
    if not isinstance(body, dict) or not isinstance(body.get("choices"), list):
        return False
    return body.get("object") == "chat.completion" or all(
        "message" in choice for choice in objects(body["choices"]) or [{}]
    )


def is_chunk(body: Any) -> bool:
    """Whether the body is a piece of a streamed chat completion."""
    if not isinstance(body, dict):
        return False
    return body.get("object") == CHUNK or any(
        isinstance(choice.get("delta"), dict) for choice in objects(body.get("choices"))
    )


def is_error(body: Any) -> bool:
    """Whether the body is a provider's error; some servers write it without a wrapping."""
    if not isinstance(body, dict):
        return False
    if isinstance(body.get("error"), str):
        return bool(body["error"]) and body.keys() <= _BARE_ERROR
    return "message" in mapping(body.get("error")) or (
        body.get("object") == "error" and "message" in body
    )


def request(body: dict[str, Any]) -> Fields:
    """What a request body tells. Not asking for a stream is asking for none."""
    tools = body.get("tools") or body.get("functions")
    return filled(
        operation_name="chat",
        provider_name=maker(body.get("model")),
        request_model=text(body.get("model")),
        input_messages=body.get("messages"),
        tool_definitions=tools if isinstance(tools, list) else None,
        request_params={k: v for k, v in body.items() if k not in _NO_PARAMETERS},
        stream=body.get("stream") is True,
    )


def maker(model: Any, body: dict[str, Any] | None = None) -> str | None:
    """Who answers for a model of this name: others put their own name before it.

    Args:
        body: The answer, if there is one. Azure gives the verdicts of its filters with it.
    """
    if _OWN_MODEL.fullmatch(text(model) or "") is None:
        return None
    answer = mapping(body)
    filtered = (answer, *objects(answer.get("choices")))
    azure = any(name in place for place in filtered for name in _FILTERS)
    return "azure.ai.openai" if azure else "openai"


def answer(body: dict[str, Any]) -> Fields:
    """What a whole answer tells: a completion, or an error in its place."""
    if is_error(body):
        return {"status": "error"} | terms.error_body(body)
    choices = [
        mapping(choice.get("message")) | filled(finish_reason=choice.get("finish_reason"))
        for choice in sorted(objects(body.get("choices")), key=_index)
    ]
    return _head(body) | {"status": "ok"} | said(choices)


def chunks(bodies: Iterable[Any]) -> Fields:
    """What the chunks of one stream tell together, in the order they came.

    A stream without a finish reason was cut: its status is `incomplete`, unless a chunk
    carries the error.
    """
    found: Fields = {"stream": True, "status": "incomplete"}
    choices: dict[int, dict[str, Any]] = {}
    for body in bodies:
        if not isinstance(body, dict):
            continue
        if is_error(body):
            found |= {"status": "error"} | terms.error_body(body)
        found |= _head(body)
        for choice in objects(body.get("choices")):
            _grow(choices, choice)
    found |= said([_whole(choices[index]) for index in sorted(choices)])
    if found["status"] == "incomplete" and "finish_reason_raw" in found:
        found["status"] = "ok"
    return found


def speaks(body: Any) -> bool:
    """Whether a chunk carries any of the answer; the first one often only names the role."""
    if not isinstance(body, dict):
        return False
    deltas = [mapping(choice.get("delta")) for choice in objects(body.get("choices"))]
    return any(delta.get(name) for delta in deltas for name in _SPOKEN)


def ends(_: Any) -> bool:
    """Whether no chunk follows this one. None says so: usage follows the finish reason."""
    return False


def events(sse: str) -> list[Any]:
    """The bodies in the raw text of a server-sent event stream."""
    data = (line[5:].strip() for line in sse.split("\n") if line.startswith("data:"))
    return [decode_text(line) for line in data if line and line != "[DONE]"]


def said(choices: list[dict[str, Any]]) -> Fields:
    """The output fields of the answer's messages; the first choice is the answer."""
    if not choices:
        return {}
    best = choices[0]
    found: Fields = {"output_messages": choices, "output_text": messages.message_text(best)}
    if best.get("tool_calls") or best.get("function_call"):
        found["tool_calls"] = messages.tool_calls(best)
    if best.get("refusal"):
        found["refusal"] = messages.refusal(best)
    finish_reason = best.get("finish_reason")
    return found | terms.finish(finish_reason) if finish_reason else found


def usage(body: Any) -> dict[str, Any]:
    """Tokens under their canonical names."""
    body = mapping(body)
    read = mapping(body.get("prompt_tokens_details") or body.get("input_tokens_details"))
    written = mapping(body.get("completion_tokens_details") or body.get("output_tokens_details"))
    return filled(
        input_tokens=count(body.get("prompt_tokens", body.get("input_tokens"))),
        output_tokens=count(body.get("completion_tokens", body.get("output_tokens"))),
        cache_read_input_tokens=count(read.get("cached_tokens")),
        reasoning_output_tokens=count(written.get("reasoning_tokens")),
    )


def _head(body: dict[str, Any]) -> Fields:
    found = filled(
        provider_name=maker(body.get("model"), body),
        response_id=text(body.get("id")),
        response_model=text(body.get("model")),
    )
    if body.get("usage"):
        found["usage"] = usage(body["usage"])
    return found


def _index(choice: dict[str, Any]) -> int:
    return count(choice.get("index")) or 0


def _grow(choices: dict[int, dict[str, Any]], choice: dict[str, Any]) -> None:
    """Add one chunk's choice to what its stream said so far."""
    so_far = choices.setdefault(_index(choice), {"texts": {}, "tools": []})
    delta = mapping(choice.get("delta")) or mapping(choice.get("message"))
    if text(delta.get("role")):
        so_far["role"] = delta["role"]
    for name in _TEXTS:
        if isinstance(delta.get(name), str):
            so_far["texts"].setdefault(name, []).append(delta[name])
    for asked in objects(delta.get("tool_calls")):
        _grow_tool(so_far["tools"], count(asked.get("index")), asked)
    if mapping(delta.get("function_call")):
        _grow_tool(so_far["tools"], 0, {"function": delta["function_call"]})
    if choice.get("finish_reason"):
        so_far["finish_reason"] = choice["finish_reason"]


def _grow_tool(tools: list[dict[str, Any]], index: int | None, asked: dict[str, Any]) -> None:
    """Add to the tool call of this index; without one, to the last.

    Servers that number nothing, or everything 0, give each tool call whole: a new id is a
    new tool call.
    """
    function, own = mapping(asked.get("function")), text(asked.get("id"))
    same = [tool for tool in tools if index is None or tool["index"] == index]
    tool = same[-1] if same else None
    if tool is None or (own and tool["id"] not in (own, None)):
        tool = {"index": index, "id": None, "name": None, "arguments": []}
        tools.append(tool)
    tool["id"] = own or tool["id"]
    tool["name"] = text(function.get("name")) or tool["name"]
    tool["arguments"].append(string(function.get("arguments")) or "")


def _whole(choice: dict[str, Any]) -> dict[str, Any]:
    message = {"role": choice.get("role") or "assistant"}
    message |= {name: "".join(pieces) for name, pieces in choice["texts"].items()}
    if not message.get("refusal"):
        message.pop("refusal", None)
    if choice["tools"]:
        message["tool_calls"] = [
            {"id": tool["id"], "name": tool["name"], "arguments": "".join(tool["arguments"])}
            for tool in sorted(choice["tools"], key=_index)
        ]
    if "finish_reason" in choice:
        message["finish_reason"] = choice["finish_reason"]
    return message
