"""Bodies of OpenAI's Responses API: a request, an answer, the events of a streamed answer.

Each function gives the fields of `records.call.Call` that its body tells, and no others.

Source:
    The API reference of responses; the wire samples in tests/dialects/samples.
"""

from collections.abc import Iterable
from typing import Any

from tailllm.dialects import messages, openai_body, terms
from tailllm.dialects.response_items import grow, message, sent
from tailllm.dialects.values import filled, mapping, objects, text
from tailllm.records.part import Fields

_NO_PARAMETERS = frozenset(
    {"model", "input", "instructions", "tools", "stream", "prompt", "conversation"}
)
_EMBEDDING_SIGNS = ("encoding_format", "dimensions")
_ENDED = frozenset({"completed", "incomplete", "failed", "cancelled"})
_FAILED = frozenset({"failed", "cancelled"})


def is_request(body: Any) -> bool:
    """Whether the body asks for a response; embeddings are asked for in nearly the same way."""
    if not isinstance(body, dict) or "model" not in body or "messages" in body:
        return False
    asked = body.get("input")
    if isinstance(asked, str):
        return not _embeds(body)
    return isinstance(asked, list) and all(isinstance(item, dict) for item in asked)


def is_answer(body: Any) -> bool:
    """Whether the body is a response object."""
    if not isinstance(body, dict):
        return False
    return body.get("object") == "response" and "output" in body


def is_event(body: Any) -> bool:
    """Whether the body is an event of a streamed response."""
    if not isinstance(body, dict) or not isinstance(body.get("type"), str):
        return False
    kind = body["type"]
    return bool(kind.startswith("response.")) or (kind == "error" and "sequence_number" in body)


def ended(body: dict[str, Any]) -> bool:
    """Whether a response object is the last of its stream."""
    return text(body.get("status")) in _ENDED


def request(body: dict[str, Any]) -> Fields:
    """What a request body tells. Not asking for a stream is asking for none."""
    prompt = mapping(body.get("prompt"))
    conversation = body.get("conversation")
    return _told(body) | filled(
        operation_name="chat",
        provider_name=openai_body.maker(body.get("model")),
        request_model=text(body.get("model")),
        input_messages=sent(body.get("input")),
        request_params={k: v for k, v in body.items() if k not in _NO_PARAMETERS},
        stream=body.get("stream") is True,
        prompt_name=text(prompt.get("id")),
        prompt_version=text(prompt.get("version")),
        conversation_id=text(mapping(conversation).get("id")) or text(conversation),
    )


def answer(body: dict[str, Any]) -> Fields:
    """What a whole answer tells: a response object, or an error in its place."""
    if openai_body.is_error(body) and not is_answer(body):
        return {"status": "error"} | terms.error_body(body)
    status = text(body.get("status"))
    found = _told(body) | _head(body) | said(objects(body.get("output")))
    found["status"] = "ok" if status in _ENDED or "output_messages" in found else "incomplete"
    if status in _FAILED:
        found |= {"status": "error"} | (
            terms.error_body(body) if body.get("error") else {"error_type": status}
        )
    word = text(mapping(body.get("incomplete_details")).get("reason")) or status
    return found | terms.finish(word if status in _ENDED else None)


def events(bodies: Iterable[Any]) -> Fields:
    """What the events of one stream tell together, in the order they came.

    The last event repeats the whole response. Without it the stream was cut, and the pieces
    before it are all there is: the status is `incomplete`, unless an event is the error.
    """
    found: Fields = {"stream": True, "status": "incomplete"}
    items: dict[int, dict[str, Any]] = {}
    for body in bodies:
        if not isinstance(body, dict):
            continue
        response = mapping(body.get("response"))
        if ended(response):
            return _closed(answer(response), items)
        if body.get("type") == "error" or openai_body.is_error(body):
            found |= {"status": "error"} | terms.error_body(body)
        elif response:
            found |= _told(response) | _head(response)
        else:
            grow(items, body)
    return found | said([items[index] for index in sorted(items)])


def said(items: list[dict[str, Any]]) -> Fields:
    """The output fields of an answer's items, which together are one message."""
    if not items:
        return {}
    whole = message(items)
    return filled(
        output_messages=[whole],
        output_text=messages.message_text(whole),
        tool_calls=messages.tool_calls(whole),
        refusal=messages.refusal(whole),
    )


def speaks(body: Any) -> bool:
    """Whether an event carries any of the answer."""
    return (text(mapping(body).get("type")) or "").endswith(".delta")


def ends(body: Any) -> bool:
    """Whether no event of the stream follows this one."""
    body = mapping(body)
    return body.get("type") == "error" or ended(mapping(body.get("response")))


def _closed(found: Fields, items: dict[int, dict[str, Any]]) -> Fields:
    """Some writers leave the output out of the last event: its pieces came before."""
    if "output_messages" not in found:
        found |= said([items[index] for index in sorted(items)])
    return found | {"stream": True, "state": "done"}


def _told(body: dict[str, Any]) -> Fields:
    """What request and answer both tell: an answer repeats its instructions and tools."""
    tools = body.get("tools")
    return filled(
        system_instructions=text(messages.content_text(body.get("instructions"))),
        tool_definitions=tools if isinstance(tools, list) and tools else None,
    )


def _head(body: dict[str, Any]) -> Fields:
    usage = body.get("usage")
    return filled(
        provider_name=openai_body.maker(body.get("model"), body),
        response_id=text(body.get("id")),
        response_model=text(body.get("model")),
        usage=openai_body.usage(usage) if usage else None,
    )


def _embeds(body: dict[str, Any]) -> bool:
    return any(sign in body for sign in _EMBEDDING_SIGNS) or "embed" in str(body["model"])
