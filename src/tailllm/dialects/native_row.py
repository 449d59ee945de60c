"""The row of a plain native line straight from its bytes: eight in ten lines are plain.

A typed decoder checks every value on its way in, so what is not plainly what it should be
ends the attempt, and the general way (`native`, `assembly`, `canonical`) decides. Where both
give a row they give the same one; tests/dialects/test_native_row.py holds them to it.
"""

from functools import lru_cache
from typing import Any, NamedTuple

import msgspec
from msgspec import UNSET, Raw, UnsetType

from tailllm.dialects import terms
from tailllm.dialects.canonical import PREVIEW
from tailllm.dialects.dialect import line_key
from tailllm.dialects.messages import content_text
from tailllm.dialects.native_shapes import (
    Billed,
    Check,
    Line,
    Message,
    Name,
    Prompt,
    Response,
    Text,
)
from tailllm.dialects.prompts import version_of
from tailllm.dialects.values import count, duration, instant, number, text
from tailllm.records.line import Address
from tailllm.records.row import Row


class _UnsureError(Exception):
    """The general way must judge this line."""


class _Sent(NamedTuple):
    model: str | None
    messages: str | list[Message] | None
    system: Text
    tools: Raw | None
    operation: str | None


class _Answer(NamedTuple):
    id: str | None
    model: str | None
    output: str | None
    tool_calls: int
    finish: str | None
    tokens: tuple[int | None, int | None, int | None, int | None]
    is_ok: bool


def row(line: bytes, address: Address, arrived: float) -> Row | None:
    """The row of one line, or None when the general way must be taken.

    Args:
        arrived: Seconds since the epoch at which the line was read.

    Raises:
        Nothing.
    """
    try:
        call = _decode(line)
        return _row(call, _sent(call), _answer(call), address, arrived)
    except (_UnsureError, msgspec.DecodeError, ValueError, RecursionError):
        return None


def _row(call: Line, sent: _Sent, answer: _Answer, address: Address, arrived: float) -> Row:
    at = instant(call.ts)
    if at is None or not _says_anything(call):
        raise _UnsureError
    name, version = _prompt(call.prompt)
    input_tokens, output_tokens, cached, reasoning = answer.tokens
    return Row(
        key=f"resp:{answer.id}" if answer.id else line_key(address),
        format="native",
        status="ok" if answer.is_ok else "unknown",
        state="done",
        at=at,
        arrived=arrived,
        latency_ms=duration(call.ms),
        ttft_ms=duration(call.ttft_ms),
        operation_name=text(call.operation) or sent.operation,
        provider_name=text(call.provider),
        model=answer.model or sent.model,
        prompt_name=name,
        prompt_version=version or _version(sent),
        finish_reason=answer.finish and terms.finish(answer.finish).get("finish_reason"),
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        cache_read_input_tokens=cached,
        reasoning_output_tokens=reasoning,
        cost=number(call.cost),
        error_type=None,
        http_status=200 if answer.is_ok or answer.id else None,
        trace_id=text(call.trace_id),
        conversation_id=text(call.conversation) or text(call.session),
        user_id=text(call.user),
        tool_calls=answer.tool_calls,
        verdicts=tuple([(text(c.name) or "check", _outcome(c)) for c in call.checks or ()]),
        preview=_last_user_text(sent.messages),
        reply=answer.output or "",
        source=(address,),
    )


def _says_anything(call: Line) -> bool:
    known = call.messages or call.request or call.response
    return bool(known) or call.output is not UNSET


def _sent(call: Line) -> _Sent:
    body = call.request
    if body is None:
        model, tools = text(call.model) or text(call.request_model), _given(call.tools)
        return _Sent(model, call.messages, call.system, tools, "chat")
    tools = _given(body.tools)
    if body.max_tokens is not UNSET and (
        tools is not None or not _opens_with_system(body.messages)
    ):
        raise _UnsureError
    if tools is not None and bytes(tools)[:1] != b"[":
        tools = None
    return _Sent(text(body.model), body.messages, UNSET, tools, "chat")


def _opens_with_system(messages: str | list[Message] | None) -> bool:
    """As chat completions may, and Anthropic's requests may not."""
    return isinstance(messages, list) and any(m.role in _SYSTEM for m in messages[:1])


def _given(tools: Raw | UnsetType) -> Raw | None:
    return None if isinstance(tools, UnsetType) else tools


def _answer(call: Line) -> _Answer:
    body = call.response
    if body is not None:
        return _body(body)
    asked = len(call.tool_calls or ())
    output = _said(call.output)
    finish = text(call.finish)
    is_ok = not (output is None and not asked and finish is None and not text(call.refusal))
    used = call.usage
    tokens = (
        _NO_TOKENS
        if used is None
        else (_count(used.input), _count(used.output), _count(used.cached), _count(used.reasoning))
    )
    return _Answer(text(call.id), None, output, asked if is_ok else 0, finish, tokens, is_ok)


def _body(body: Response) -> _Answer:
    tokens = _NO_TOKENS if body.usage is None else _billed(body.usage)
    if not body.choices:
        raise _UnsureError
    best = body.choices[0]
    return _Answer(
        text(body.id),
        text(body.model),
        _said(best.message.content),
        len(best.message.tool_calls or ()),
        best.finish_reason or None,
        tokens,
        True,
    )


def _billed(used: Billed) -> tuple[int | None, int | None, int | None, int | None]:
    read, written = used.prompt_tokens_details, used.completion_tokens_details
    return (
        _count(used.prompt_tokens),
        _count(used.completion_tokens),
        None if read is None else _count(read.cached_tokens),
        None if written is None else _count(written.reasoning_tokens),
    )


def _count(tokens: int | UnsetType | None) -> int | None:
    return None if tokens is UNSET or tokens is None else count(tokens)


def _prompt(prompt: Prompt | Name) -> tuple[str | None, str | None]:
    if isinstance(prompt, Prompt):
        return text(prompt.name), text(prompt.version)
    return text(prompt), None


def _version(sent: _Sent) -> str | None:
    return version_of(_system_text(sent), sent.tools)


def _system_text(sent: _Sent) -> str | None:
    known = None if isinstance(sent.system, UnsetType) else text(_value(bytes(sent.system)))
    if known or not isinstance(sent.messages, list):
        return known
    for message in sent.messages:
        if message.role in _SYSTEM:
            content = _content(message)
            return None if content is None else content_text(_value(bytes(content)))
    return None


def _last_user_text(messages: str | list[Message] | None) -> str:
    if not isinstance(messages, list):
        return (messages or "")[:PREVIEW]
    for message in reversed(messages):
        if message.role == "user":
            content = _content(message)
            found = None if content is None else _start(content)
            if found is not None:
                return found
    return ""


def _content(message: Message) -> Raw | None:
    if message.parts is not UNSET:
        raise _UnsureError
    return None if isinstance(message.content, UnsetType) else message.content


def _said(output: Text) -> str | None:
    """The start of an output, which must be a string."""
    if isinstance(output, UnsetType):
        return None
    start = bytes(memoryview(output)[:4])
    if start[:1] != b'"' and start != b"null":
        raise _UnsureError
    return _start(output)


def _start(content: Raw) -> str | None:
    """The start of a text, without decoding the rest."""
    if len(content) > _LONG:
        try:
            found = _decode_any(bytes(memoryview(content)[:_ENOUGH]) + b'"')
        except (msgspec.DecodeError, ValueError):
            found = None
        if isinstance(found, str) and len(found) >= PREVIEW:
            return found[:PREVIEW]
    found = content_text(_decode_any(content))
    return None if found is None else found[:PREVIEW]


@lru_cache(maxsize=64)
def _value(undecoded: bytes) -> Any:
    """A system text is the same in very many lines."""
    return _decode_any(undecoded)


def _outcome(check: Check) -> str:
    if check.ok is not None:
        return "passed" if check.ok else "failed"
    return "errored" if check.label == "errored" else "unjudged"


_SYSTEM = ("system", "developer")
_ENOUGH = 1 + 6 * PREVIEW
"""Bytes that hold a preview even if every character is escaped; the cut may fall badly, though."""
_LONG = 2 * _ENOUGH
_decode_any = msgspec.json.Decoder().decode
_NO_TOKENS = (None, None, None, None)
_decode = msgspec.json.Decoder(Line).decode
