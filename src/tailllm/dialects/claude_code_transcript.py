"""Claude Code's session transcripts: one line a turn, one line a block of an answer.

All lines of one answer repeat its `message.id` and its usage; they are one call. A side
chain may replay a message under another request id. The input is the chain of parents.
"""

import re
from collections import OrderedDict
from typing import Any

from tailllm.dialects import anthropic_body, messages, terms
from tailllm.dialects.conversation import Conversation, sent
from tailllm.dialects.decode import decode_text
from tailllm.dialects.dialect import Dialect
from tailllm.dialects.values import (
    count,
    filled,
    http_status,
    instant,
    mapping,
    objects,
    string,
    text,
)
from tailllm.records.line import Address
from tailllm.records.part import Fields, Part

_SYNTHETIC = "<synthetic>"
_ANSWERS = 20_000
"""Message ids remembered of one file, to know a replay."""
_API_ERROR = re.compile(r"API Error:?\s*\(?(\d{3})?\b\s*", re.ASCII)
_KEPT = ("requestId", "cwd", "gitBranch", "version", "agentId", "isSidechain")
_NO_TURNS = {"summary": "leafUuid", "file-history-snapshot": "messageId"}

_Thread = tuple[str | None, bool]
_Take = tuple[_Thread, str | None]
"""Which telling of an answer a line is of."""


class ClaudeCodeTranscript(Dialect):
    """`~/.claude/projects/*/*.jsonl`."""

    name = "claude_code_transcript"
    ordered = True

    def __init__(self) -> None:
        self._conversation = Conversation()
        self._takes: OrderedDict[str, _Take] = OrderedDict()

    def claims(self, value: dict[str, Any]) -> bool:
        """A turn names its session and itself; two kinds of lines are no turns."""
        if "sessionId" in value and "uuid" in value:
            return text(value.get("type")) is not None
        return _NO_TURNS.get(text(value.get("type")) or "", "") in value

    def read(self, value: dict[str, Any], address: Address) -> list[Part] | str:
        """One line is a block of an answer, or what an answer was given to."""
        uuid, parent = text(value.get("uuid")), text(value.get("parentUuid"))
        message = mapping(value.get("message"))
        answers = value.get("type") == "assistant"
        made_up = message.get("model") == _SYNTHETIC or value.get("isApiErrorMessage") is True
        said = None if answers and made_up else value.get("message")
        parts = self._answer(value, message, made_up, address) if answers else None
        self._conversation.add(uuid, parent, _thread(value), said, address)
        return parts or "a turn of the conversation, no answer of a model"

    def _answer(
        self, value: dict[str, Any], message: dict[str, Any], made_up: bool, address: Address
    ) -> list[Part] | None:
        own = f"{self.name}:{text(value.get('uuid'))}"
        fields = _around(value) | {"format": self.name}
        if made_up:
            if value.get("isApiErrorMessage") is not True:
                return None
            return self._led_to(value, Part((own,), fields | _failure(value), address, "piece"))
        message_id = text(message.get("id"))
        key = f"resp:{message_id}" if message_id else own
        take, known = _take(value), self._takes.get(key)
        if known not in (None, take):
            return [Part((key,), {}, address, "evaluation")]
        piece = (text(value.get("uuid")), message)
        fields |= anthropic_body.head(message) | {
            "request_model": text(message.get("model")),
            "status": "ok",
            "_pieces": [(address.offset, (take, *piece))],
            "_join": _join,
        }
        part = Part((key,), fields, address, "piece")
        if known:
            return [part]
        self._takes[key] = take
        if len(self._takes) > _ANSWERS:
            self._takes.popitem(last=False)
        return self._led_to(value, part)

    def _led_to(self, value: dict[str, Any], part: Part) -> list[Part]:
        """The part with the lines before it: they are the call's input, and read again with it.

        They are parts that make no call, or a turn would count as one.
        """
        turns = self._conversation.before(text(value.get("parentUuid")), _thread(value))
        if turns:
            part.fields["input_messages"] = sent(turns)
        return [part, *(Part(part.keys, {}, turn.address, "evaluation") for turn in turns)]


def _around(value: dict[str, Any]) -> Fields:
    """What a line says beside its message. It is written when the block is complete."""
    return filled(
        operation_name="chat",
        start_time=instant(value.get("timestamp")),
        session_id=text(value.get("sessionId")),
        metadata={name: value[name] for name in _KEPT if value.get(name)},
        state="done",
        content="partial",
    )


def _thread(value: dict[str, Any]) -> _Thread:
    return text(value.get("sessionId")), value.get("isSidechain") is True


def _take(value: dict[str, Any]) -> _Take:
    return _thread(value), text(value.get("requestId"))


def _failure(value: dict[str, Any]) -> Fields:
    """An error that the client wrote down as an answer: `API Error: 429 {…}`."""
    said = messages.message_text(value.get("message")) or ""
    found = filled(status="error", error_type=text(value.get("error")), error_message=said or None)
    match = _API_ERROR.match(said)
    if match is None:
        return found
    rest = said[match.end() :]
    body = decode_text(rest) if rest.startswith("{") else None
    if isinstance(body, dict):
        found |= terms.error_body(body)
    return found | filled(http_status=http_status(match[1]))


def _join(pieces: list[tuple[_Take, str | None, dict[str, Any]]], _: Fields) -> Fields:
    """One answer of its blocks, each counted once, and the fullest usage."""
    lines = {
        uuid or str(place): m
        for place, (take, uuid, m) in enumerate(pieces)
        if take == pieces[0][0]
    }
    blocks = [b for m in lines.values() for b in _content(m)]
    stopped = [m["stop_reason"] for m in lines.values() if text(m.get("stop_reason"))]
    usages = [mapping(m.get("usage")) for m in lines.values()]
    found = anthropic_body.used(
        max(usages, key=lambda usage: count(usage.get("output_tokens")) or 0)
    )
    if not stopped and "usage" in found:
        # Written while the answer ran: the output tokens are those of its first event.
        found["usage"]["estimated"] = True
    return found | anthropic_body.said(blocks, stopped[-1] if stopped else None)


def _content(message: dict[str, Any]) -> list[dict[str, Any]]:
    content = string(message.get("content"))
    return (
        objects(message.get("content")) if content is None else [{"type": "text", "text": content}]
    )
