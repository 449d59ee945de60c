"""Bodies of Anthropic's Messages API: a request, an answer, the events of a streamed answer.

Each function gives the fields of `records.call.Call` that its body tells, and no others.

Units:
    Anthropic's `input_tokens` leaves caches out. Ours is the total: cache reads and writes
    are added, and the wire's number stays in the metadata as `provider_raw_input_tokens`.

Source:
    The API reference of Messages and of its streaming events; the wire samples in
    tests/dialects/samples.
"""

from collections.abc import Iterable
from typing import Any

from tailllm.dialects import messages, terms
from tailllm.dialects.anthropic_stream import Stream
from tailllm.dialects.values import count, filled, first, mapping, objects, text
from tailllm.records.part import Fields

_NO_PARAMETERS = frozenset({"model", "messages", "system", "tools", "stream"})
_ONLY_HERE = ("system", "anthropic_version", "thinking", "stop_sequences")
_NEVER_HERE = ("response_format", "stream_options", "functions", "n")
_MAKERS = (
    ("msg_bdrk_", "aws.bedrock"),
    ("msg_vrtx_", "gcp.vertex_ai"),
    ("msg_", "anthropic"),
)
_EVENTS = frozenset(
    {
        "message_start",
        "content_block_start",
        "content_block_delta",
        "content_block_stop",
        "message_delta",
        "message_stop",
        "ping",
    }
)


def is_request(body: Any) -> bool:
    """Whether the body asks for a message.

    Chat completions look alike: `max_tokens` is needed here, the system text stands apart,
    and tools have an `input_schema`. Where nothing of that decides, the model's name does.
    """
    if not isinstance(body, dict) or not isinstance(body.get("messages"), list):
        return False
    if "max_tokens" not in body or any(name in body for name in _NEVER_HERE):
        return False
    tools = objects(body.get("tools"))
    if tools:
        return "function" not in tools[0]
    if mapping(next(iter(body["messages"]), None)).get("role") in ("system", "developer"):
        return False
    named = any(name in body for name in _ONLY_HERE)
    return named or "claude" in (text(body.get("model")) or "")


def is_answer(body: Any) -> bool:
    """Whether the body is a whole message, or an error in Anthropic's wrapping."""
    if not isinstance(body, dict):
        return False
    if body.get("type") == "message":
        return body.get("role") == "assistant" and isinstance(body.get("content"), list)
    return body.get("type") == "error" and is_error(body)


def is_event(body: Any) -> bool:
    """Whether the body is a piece of a streamed message; an error in it looks like any error."""
    return isinstance(body, dict) and text(body.get("type")) in _EVENTS


def is_error(body: Any) -> bool:
    """Whether the body is a provider's error."""
    return isinstance(body, dict) and "message" in mapping(body.get("error"))


def request(body: dict[str, Any]) -> Fields:
    """What a request body tells. Not asking for a stream is asking for none."""
    tools, model = body.get("tools"), text(body.get("model"))
    # Bedrock and Vertex AI name the model elsewhere, or in other words.
    own = model is not None and model.startswith("claude-") and "@" not in model
    return filled(
        operation_name="chat",
        provider_name="anthropic" if own else None,
        request_model=model,
        system_instructions=messages.content_text(body.get("system")),
        input_messages=body.get("messages"),
        tool_definitions=tools if isinstance(tools, list) else None,
        request_params={k: v for k, v in body.items() if k not in _NO_PARAMETERS},
        stream=body.get("stream") is True,
        user_id=text(mapping(body.get("metadata")).get("user_id")),
    )


def answer(body: dict[str, Any]) -> Fields:
    """What a whole answer tells: a message, or an error in its place."""
    if is_error(body):
        return {"status": "error"} | terms.error_body(body)
    found = head(body) | {"status": "ok"} | used(body.get("usage"))
    return found | said(body.get("content"), body.get("stop_reason"))


def events(bodies: Iterable[Any]) -> Fields:
    """What the events of one stream tell together, in the order they came.

    A stream without a stop reason was cut: its status is `incomplete`, unless an event
    carries the error. `message_start` holds a placeholder for the output tokens, so a cut
    stream has none.
    """
    stream = Stream()
    for body in bodies:
        if isinstance(body, dict):
            stream.add(body)
    found: Fields = {"stream": True, "status": "ok" if stream.stop_reason else "incomplete"}
    found |= head(stream.message) | used(stream.usage)
    if stream.started:
        found |= said(stream.content(), stream.stop_reason)
    if stream.error is not None:
        found |= {"status": "error"} | terms.error_body(stream.error)
    return found


def said(content: Any, stop_reason: Any = None) -> Fields:
    """The output fields of an answer's blocks. No blocks at all is an empty answer."""
    blocks = content if isinstance(content, list) else []
    message: dict[str, Any] = {"role": "assistant", "content": blocks}
    if text(stop_reason):
        message["finish_reason"] = stop_reason
    words = messages.content_text(blocks)
    calls = messages.tool_calls(message)
    if words is None and not calls and text(stop_reason):
        words = ""
    return filled(
        output_messages=[message],
        output_text=words,
        tool_calls=calls or None,
        refusal=words if words and stop_reason == "refusal" else None,
    ) | terms.finish(stop_reason)


def used(usage: Any) -> Fields:
    """The token fields, caches included, and the wire's own number."""
    usage = mapping(usage)
    raw = count(usage.get("input_tokens"))
    read = count(usage.get("cache_read_input_tokens"))
    written = count(usage.get("cache_creation_input_tokens"))
    details = mapping(usage.get("output_tokens_details"))
    tokens = filled(
        input_tokens=None if raw is None else raw + (read or 0) + (written or 0),
        output_tokens=count(usage.get("output_tokens")),
        cache_read_input_tokens=read,
        cache_creation_input_tokens=written,
        reasoning_output_tokens=count(first(details, "thinking_tokens", "reasoning_tokens")),
    )
    found: Fields = {"usage": tokens} if tokens else {}
    if raw is not None:
        found["metadata"] = {"provider_raw_input_tokens": raw}
    return found


def speaks(body: Any) -> bool:
    """Whether an event carries any of the answer."""
    return isinstance(body, dict) and body.get("type") == "content_block_delta"


def ends(body: Any) -> bool:
    """Whether no event of the stream follows this one."""
    return isinstance(body, dict) and body.get("type") in ("message_stop", "error")


def head(body: dict[str, Any]) -> Fields:
    """Which answer it is, and who gave it."""
    answer_id, model = text(body.get("id")), text(body.get("model"))
    return filled(
        response_id=answer_id, response_model=model, provider_name=_provider(answer_id, model)
    )


def _provider(answer_id: str | None, model: str | None) -> str | None:
    """Who answered, by the prefix of the id: others who speak this form make other ids."""
    if answer_id is None or model is None or "claude" not in model:
        return None
    return next((name for prefix, name in _MAKERS if answer_id.startswith(prefix)), None)
