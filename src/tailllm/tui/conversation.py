"""A call as plain text: for the preview, the pager and selecting with the mouse."""

import json
from typing import Any

from tailllm.ink import block
from tailllm.ink import line as visible
from tailllm.records.call import Call, Message, MessagePart


def conversation(call: Call) -> str:
    """The whole call to read from top to bottom, every foreign character made visible."""
    parts = [title(call)]
    if call.system_instructions:
        parts.append(_said("system", call.system_instructions))
    parts += [_said(message.role, spoken(message)) for message in call.input_messages or ()]
    parts += [_said("reply", reply(call))]
    parts += [
        f"{verdict.outcome:9} {visible(verdict.name)}  {visible(verdict.explanation or '')}"
        for verdict in call.evaluations
    ]
    return "\n".join(parts) + "\n"


def title(call: Call) -> str:
    """What the call is, in one line."""
    facts = [
        call.key,
        call.response_model or call.request_model or "-",
        f"{call.prompt_name or '-'}@{call.prompt_version or '-'}",
        f"{call.latency_ms:.0f}ms" if call.latency_ms is not None else "-",
        call.start_time.isoformat() if call.start_time else "-",
    ]
    return visible("  ".join(facts))


def spoken(message: Message) -> str:
    """What a message says, tool calls and results included, as it was logged."""
    return "\n".join(_part(part) for part in message.parts)


def reply(call: Call) -> str:
    """What came back: text, tool calls, a refusal or the error."""
    said = [call.output_text or "", call.refusal or ""]
    said += [f"→ {tool.name}({_plain(tool.arguments)})" for tool in call.tool_calls]
    if call.error_message or call.error_type:
        said.append(f"{call.error_type or 'error'}: {call.error_message or ''}")
    return "\n".join(text for text in said if text)


def as_json(call: Call) -> str:
    """The call as JSON; escaped where a character could act on a terminal."""
    plain = call.model_dump(mode="python", exclude_none=True)
    text = json.dumps(plain, indent=2, ensure_ascii=False, default=str)
    return text if block(text) == text else json.dumps(plain, indent=2, default=str)


def _said(who: str, text: str) -> str:
    return f"\n── {visible(who)}\n{block(text)}"


def _part(part: MessagePart) -> str:
    if part.type in ("text", "reasoning", "refusal"):
        return part.content or ""
    if part.type == "tool_call":
        return f"→ {part.name}({_plain(part.arguments)})"
    if part.type == "tool_call_response":
        return f"← {_plain(part.response if part.response is not None else part.content)}"
    return f"[{part.type} {part.uri or part.mime_type or part.content or ''}]"


def _plain(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
