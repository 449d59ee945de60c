"""Responses of Simon Willison's `llm`: `llm logs list --json`, as an array or line by line.

Calls that failed are never in this log, and the time of the first token is not either.
A row with tool results does not repeat the turn that asked for the tools: the row of that turn
gives it, joined by the ids of the tool calls. Turns before it are rows of their own, so such a
row may hold only a part of what was sent.
"""

from typing import Any

from tailllm.dialects import bodies, openai_body, terms
from tailllm.dialects.decode import decode_text
from tailllm.dialects.dialect import Dialect, line_key
from tailllm.dialects.values import (
    count,
    duration,
    filled,
    instant,
    mapping,
    objects,
    string,
    text,
)
from tailllm.records.line import Address
from tailllm.records.part import Fields, Part

_SIGNS = frozenset({"conversation_id", "duration_ms", "datetime_utc", "response_json"})


class SimonwLLM(Dialect):
    """Rows of the tool's `responses` table."""

    name = "simonw_llm"

    def claims(self, value: dict[str, Any]) -> bool:
        """Four columns that come together nowhere else."""
        return value.keys() >= _SIGNS

    def read(self, value: dict[str, Any], address: Address) -> list[Part] | str:
        """One row is one call."""
        own = text(value.get("id"))
        fields = _answer(value)
        fields |= _request(value, fields.get("response_model")) | _around(value)
        fields["format"] = self.name
        names = [f"resp:{fields['response_id']}"] if "response_id" in fields else []
        names += [f"{self.name}:{own}"] if own else []
        names = names or [line_key(address)]
        asked = _asked_for(value.get("tool_calls"))
        turn = [Part(asked, {"_pieces": [(0, _turn(fields))]}, address, "evaluation")]
        results = _asked_for(value.get("tool_results"))
        if not results:
            return [Part(tuple(names), fields, address), *(turn if asked else [])]
        fields |= {"_pieces": [(1, fields.pop("input_messages"))], "_join": _turns, "state": "done"}
        return [Part((*names, *results), fields, address, "piece"), *(turn if asked else [])]


def _request(value: dict[str, Any], answered: str | None) -> Fields:
    tools = [_tool(tool) for tool in objects(value.get("tools"))]
    schema = _opened(value.get("schema_json"))
    params = mapping(_opened(value.get("options_json"))) | filled(schema=schema)
    sent = [_result(result) for result in objects(value.get("tool_results"))]
    asked = _asked(value)
    return filled(
        operation_name="chat",
        request_model=_model(value, answered),
        system_instructions=text(value.get("system")),
        input_messages=[*sent, *([asked] if asked else [])],
        tool_definitions=tools or None,
        request_params=params,
    )


def _asked_for(calls: Any) -> tuple[str, ...]:
    """The names by which a turn's tool calls are known to the row with their results."""
    ids = [text(call.get("tool_call_id")) for call in objects(calls)]
    return tuple(f"asked:simonw_llm:{own}" for own in ids if own)


def _turn(fields: Fields) -> list[Any]:
    return [*fields.get("input_messages", ()), *fields.get("output_messages", ())[:1]]


def _turns(pieces: list[list[Any]], _: Fields) -> Fields:
    """The turn that asked for the tools, if its row is there, and the results."""
    sent = [message for piece in pieces for message in piece]
    asked = any(mapping(message).get("role") == "user" for message in sent)
    return {"input_messages": sent, "content": "full" if asked else "partial"}


def _model(value: dict[str, Any], answered: str | None) -> str | None:
    """The model asked for; `model` may be an alias that only the tool knows."""
    alias = text(value.get("model"))
    known = alias is not None and (answered is None or answered.startswith(alias))
    return text(value.get("resolved_model")) or (alias if known else None)


def _asked(value: dict[str, Any]) -> dict[str, Any] | None:
    fragments = [*_fragments(value.get("prompt_fragments")), text(value.get("prompt")) or ""]
    said = "\n".join(fragment for fragment in fragments if fragment)
    files = [_file(file) for file in objects(value.get("attachments"))]
    if not said and not files:
        return None
    return {"role": "user", "content": [{"type": "text", "text": said}, *files]}


def _fragments(found: Any) -> list[str]:
    return [text(one.get("content")) or text(one.get("hash")) or "" for one in objects(found)]


def _file(file: dict[str, Any]) -> dict[str, Any]:
    """An attachment by kind and place: its bytes are in the tool's database."""
    kind, path = text(file.get("type")), text(file.get("path"))
    return {
        "type": "uri",
        "uri": text(file.get("url")) or (f"file://{path}" if path else None),
        "mime_type": kind,
        "modality": kind.partition("/")[0] if kind else None,
    }


def _result(result: dict[str, Any]) -> dict[str, Any]:
    answer = {
        "type": "tool_call_response",
        "id": result.get("tool_call_id"),
        "response": result.get("output"),
    }
    return {"role": "tool", "parts": [answer], "name": text(result.get("name"))}


def _tool(tool: dict[str, Any]) -> dict[str, Any]:
    schema = _opened(tool.get("input_schema"))
    return filled(name=tool.get("name"), description=tool.get("description"), parameters=schema)


def _answer(value: dict[str, Any]) -> Fields:
    """The tool's own columns; the provider's object beside them knows more of it."""
    body = mapping(_opened(value.get("response_json")))
    found = bodies.answer(body) if bodies.form_of(None, body) else _summary(body)
    if openai_body.is_answer(body):
        # Of a streamed chat completion the tool keeps a summary, never the object.
        found["stream"] = False
    said = string(value.get("response"))
    calls = [_call(call) for call in objects(value.get("tool_calls"))]
    if "output_messages" not in found:
        message = filled(role="assistant", content=said, tool_calls=calls or None)
        message |= filled(reasoning_content=text(value.get("reasoning")))
        found |= openai_body.said([message])
    usage = openai_body.usage(mapping(_opened(value.get("token_details"))))
    usage |= mapping(found.get("usage")) | filled(
        input_tokens=count(value.get("input_tokens")),
        output_tokens=count(value.get("output_tokens")),
    )
    return found | {"status": "ok", "usage": usage}


def _summary(body: dict[str, Any]) -> Fields:
    """Of a streamed answer the tool keeps the chunks' sum, under names of its own."""
    streamed = "content" in body and "choices" not in body
    return filled(
        provider_name=openai_body.maker(body.get("model")),
        response_id=text(body.get("id")),
        response_model=text(body.get("model")),
        stream=True if streamed else None,
        usage=openai_body.usage(body["usage"]) if body.get("usage") else None,
    ) | terms.finish(body.get("finish_reason") or body.get("stop_reason"))


def _call(call: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": call.get("tool_call_id"),
        "name": call.get("name"),
        "arguments": call.get("arguments"),
    }


def _around(value: dict[str, Any]) -> Fields:
    return filled(
        start_time=instant(value.get("datetime_utc")),
        latency_ms=duration(value.get("duration_ms")),
        conversation_id=text(value.get("conversation_id")),
        metadata=filled(
            model_alias=text(value.get("model")),
            conversation_name=text(value.get("conversation_name")),
        ),
    )


def _opened(value: Any) -> Any:
    """A column that is JSON, or the text of it."""
    return decode_text(value) if isinstance(value, str) else value
