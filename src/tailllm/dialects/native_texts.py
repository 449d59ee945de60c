"""The texts of a plain native line that a list needs: looked at last, and only at their start."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import msgspec
from msgspec import Raw, UnsetType

from tailllm.dialects.canonical import PREVIEW
from tailllm.dialects.messages import content_text
from tailllm.dialects.native_shapes import Line, Message, Messages, Prompt
from tailllm.dialects.prompts import version_of
from tailllm.dialects.quick import names
from tailllm.dialects.values import text

SYSTEM = ("system", "developer")
Texts = tuple[str | None, str, str]
"""The prompt's version, and the starts of the last user text and of the answer."""


_ODD = (msgspec.DecodeError, ValueError, RecursionError)


class _UnsureError(Exception):
    """The general way must judge this line."""


def texts(calls: Sequence[Line | None], *, previews: bool) -> list[Texts | None]:
    """The texts of each call; None where the general way must judge it.

    Args:
        previews: Whether to look at what the user said.
    """
    if not previews and None not in calls:
        prompts: list[Any] = [call.prompt for call in calls if call is not None]
        versions = names([getattr(prompt, "version", None) for prompt in prompts])
        if None not in versions:
            return [(version, "", "") for version in versions]
    return [None if call is None else _texts(call, previews) for call in calls]


def sent(undecoded: Raw | UnsetType) -> Messages:
    """The messages of a request; None where there are none to be read."""
    try:
        return _messages(undecoded)
    except _ODD:
        return None


def _texts(call: Line, previews: bool) -> Texts | None:
    version = text(call.prompt.version) if call.prompt.__class__ is Prompt else None
    if version is not None and not previews:
        return version, "", ""
    undecoded = call.messages if call.request is None else call.request.messages
    try:
        messages = _messages(undecoded)
        version = version or _version(call, messages)
        if not previews:
            return version, "", ""
        return version, _last_user_text(messages), _reply(call)
    except (_UnsureError, *_ODD):
        return None


def _messages(undecoded: Raw | UnsetType) -> Messages:
    return None if isinstance(undecoded, UnsetType) else _decode_messages(undecoded)


def is_text(undecoded: Raw) -> bool:
    """Whether it is a string."""
    return memoryview(undecoded)[0] == _QUOTE


def says(undecoded: Raw | UnsetType) -> bool | None:
    """Whether an output is a text; None for what is neither a text nor nothing."""
    if isinstance(undecoded, UnsetType):
        return False
    return True if is_text(undecoded) else False if bytes(undecoded) == b"null" else None


def _reply(call: Line) -> str:
    undecoded = call.output
    if call.response is not None:
        choices = call.response.choices
        undecoded = choices[0].message.output if choices else msgspec.UNSET
    if isinstance(undecoded, UnsetType) or not says(undecoded):
        return ""
    return _start(undecoded) or ""


def _version(call: Line, messages: Messages) -> str | None:
    if call.request is None:
        return version_of(_system_text(call.system, messages), _given(call.tools))
    tools = _given(call.request.tools)
    if tools is not None and bytes(tools)[:1] != b"[":
        tools = None
    return version_of(_system_text(msgspec.UNSET, messages), tools)


def _given(tools: Raw | UnsetType) -> Raw | None:
    return None if isinstance(tools, UnsetType) else tools


def _system_text(system: Raw | UnsetType, messages: Messages) -> str | None:
    known = None if isinstance(system, UnsetType) else text(_value(bytes(system)))
    if known or not isinstance(messages, list):
        return known
    for message in messages:
        if message.role in SYSTEM:
            content = _content(message)
            return None if content is None else content_text(_value(bytes(content)))
    return None


def _last_user_text(messages: Messages) -> str:
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
    if message.parts is not msgspec.UNSET:
        raise _UnsureError
    return None if isinstance(message.content, UnsetType) else message.content


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


_QUOTE = ord('"')
_ENOUGH = 1 + 6 * PREVIEW
"""Bytes that hold a preview even if every character is escaped; the cut may fall badly, though."""
_LONG = 2 * _ENOUGH
_decode_any = msgspec.json.Decoder().decode
_decode_messages = msgspec.json.Decoder(Messages).decode
