"""Bodies of Bedrock's Converse API: a request, an answer.

Blocks have no `type`: their one key says what they are. They are turned into blocks that
`messages` reads.

Source:
    The API reference of Converse in the AWS documentation.
"""

from collections.abc import Callable
from typing import Any

from tailllm.dialects import anthropic_body, messages
from tailllm.dialects.values import duration, filled, first, mapping, objects, string, text
from tailllm.records.part import Fields

_PARAMETERS = {
    "maxTokens": "max_tokens",
    "temperature": "temperature",
    "topP": "top_p",
    "topK": "top_k",
    "stopSequences": "stop_sequences",
}
_MEDIA = {"image": "image", "video": "video", "audio": "audio", "document": "application"}


def is_request(body: Any) -> bool:
    """Whether the body is in Converse's form; the content of its messages is blocks."""
    if not isinstance(body, dict) or not isinstance(body.get("messages"), list):
        return False
    if "inferenceConfig" in body or "toolConfig" in body:
        return True
    found = [block for message in objects(body["messages"]) for block in _blocks(message)]
    return bool(found) and all("type" not in block for block in found)


def is_answer(body: Any) -> bool:
    """Whether the body is an answer in Converse's form."""
    return isinstance(body, dict) and isinstance(mapping(body.get("output")).get("message"), dict)


def request(body: dict[str, Any]) -> Fields:
    """What a request body tells."""
    tools = mapping(body.get("toolConfig"))
    config = mapping(body.get("inferenceConfig"))
    params = {_PARAMETERS.get(name, name): value for name, value in config.items()}
    params |= filled(tool_choice=tools.get("toolChoice"))
    params |= mapping(body.get("additionalModelRequestFields"))
    system = [block.get("text") for block in objects(body.get("system"))]
    return filled(
        operation_name="chat",
        system_instructions="".join(filter(None, map(string, system))) or None,
        input_messages=[_message(message) for message in objects(body.get("messages"))],
        tool_definitions=[_tool(tool) for tool in objects(tools.get("tools"))] or None,
        request_params=params,
    )


def answer(body: dict[str, Any]) -> Fields:
    """What an answer's body tells."""
    message = _message(mapping(mapping(body.get("output")).get("message")))
    found = anthropic_body.said(message["content"], body.get("stopReason"))
    metrics = mapping(body.get("metrics"))
    latency_ms = duration(metrics.get("latencyMs"))
    return {"status": "ok"} | found | used(body.get("usage")) | filled(latency_ms=latency_ms)


def used(usage: Any) -> Fields:
    """The token fields of a usage, or of the counts of a log's line."""
    usage = mapping(usage)
    return anthropic_body.used(
        {
            "input_tokens": first(usage, "inputTokens", "inputTokenCount"),
            "output_tokens": first(usage, "outputTokens", "outputTokenCount"),
            "cache_read_input_tokens": first(
                usage, "cacheReadInputTokens", "cacheReadInputTokenCount"
            ),
            "cache_creation_input_tokens": first(
                usage, "cacheWriteInputTokens", "cacheWriteInputTokenCount"
            ),
        }
    )


def _message(message: dict[str, Any]) -> dict[str, Any]:
    found = [_block(name, block[name]) for block in _blocks(message) for name in list(block)[:1]]
    return {"role": text(message.get("role")) or "unknown", "content": found}


def _blocks(message: dict[str, Any]) -> list[dict[str, Any]]:
    return objects(message.get("content"))


def _block(name: str, value: Any) -> dict[str, Any]:
    reader = _READERS.get(name)
    if reader:
        return reader(value)
    if name in _MEDIA:
        return _medium(name, mapping(value))
    return {"type": name, "response": value}


def _text(value: Any) -> dict[str, Any]:
    return {"type": "text", "text": string(value) or ""}


def _guarded(value: Any) -> dict[str, Any]:
    return _text(mapping(mapping(value).get("text")).get("text"))


def _tool_use(value: Any) -> dict[str, Any]:
    asked = mapping(value)
    names = {"id": asked.get("toolUseId"), "name": asked.get("name"), "input": asked.get("input")}
    return {"type": "tool_use"} | names


def _tool_result(value: Any) -> dict[str, Any]:
    result = mapping(value)
    content = objects(result.get("content"))
    given: Any = [_block(name, block[name]) for block in content for name in list(block)[:1]]
    if len(content) == 1 and "json" in content[0]:
        given = content[0]["json"]
    elif messages.content_text(given) is None and given:
        given = list(messages.parts({"content": given}))
    return {"type": "tool_result", "tool_use_id": result.get("toolUseId"), "response": given}


def _thought(value: Any) -> dict[str, Any]:
    said = mapping(mapping(value).get("reasoningText"))
    return {"type": "thinking", "thinking": string(said.get("text"))}


def _medium(name: str, value: dict[str, Any]) -> dict[str, Any]:
    """A picture or a file: its kind and place, never its bytes."""
    source = mapping(value.get("source"))
    uri = text(mapping(source.get("s3Location")).get("uri"))
    kind = text(value.get("format"))
    found = {"modality": name, "mime_type": f"{_MEDIA[name]}/{kind}" if kind else None}
    if uri:
        return found | {"type": "uri", "uri": uri}
    return found | {"type": "blob", "content": string(source.get("bytes"))}


def _tool(tool: dict[str, Any]) -> dict[str, Any]:
    spec = mapping(tool.get("toolSpec"))
    if not spec:
        return tool
    schema = mapping(spec.get("inputSchema")).get("json")
    return {"name": spec.get("name"), "description": spec.get("description")} | {
        "input_schema": schema
    }


_READERS: dict[str, Callable[[Any], dict[str, Any]]] = {
    "text": _text,
    "guardContent": _guarded,
    "toolUse": _tool_use,
    "toolResult": _tool_result,
    "reasoningContent": _thought,
}
