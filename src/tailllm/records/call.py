"""One model call: what the model saw, what it said, what that cost.

Names follow the OpenTelemetry GenAI conventions, dots as underscores.
None means "the log does not say": it is shown as `-`, left out of statistics, never 0.
"""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, NonNegativeInt


class Record(BaseModel):
    """A fact about the past: immutable, and closed to unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(Record):
    """Where the bytes of one part of the call lie."""

    file: str
    """Path as it was when the line was read."""
    offset: NonNegativeInt
    length: NonNegativeInt
    """Bytes, newline not counted."""


class MessagePart(Record):
    """One piece of a message, in the form of the OpenTelemetry GenAI message schema."""

    type: str
    """text | tool_call | tool_call_response | reasoning | refusal | blob | uri | file | …"""
    content: str | None = None
    id: str | None = None
    name: str | None = None
    arguments: Any = None
    """As on the wire: usually a JSON string (possibly broken) or an object."""
    response: Any = None
    modality: str | None = None
    mime_type: str | None = None
    uri: str | None = None
    size: NonNegativeInt | None = None
    """Characters of inline data that is not shown."""


class Message(Record):
    """One turn as sent."""

    role: str
    parts: tuple[MessagePart, ...] = ()
    name: str | None = None
    finish_reason: str | None = None

    @property
    def text(self) -> str:
        """The text parts, joined as they came."""
        return "".join(part.content or "" for part in self.parts if part.type == "text")


class ToolCall(Record):
    """A function the model asked for."""

    id: str | None = None
    name: str | None = None
    arguments: Any = None
    """As on the wire: a JSON string, possibly broken, or an object."""


class Usage(Record):
    """Tokens as the provider billed them. We never count for ourselves."""

    input_tokens: NonNegativeInt | None = None
    """Total, caches included."""
    output_tokens: NonNegativeInt | None = None
    cache_read_input_tokens: NonNegativeInt | None = None
    cache_creation_input_tokens: NonNegativeInt | None = None
    reasoning_output_tokens: NonNegativeInt | None = None
    estimated: bool = False
    """The log's writer guessed these numbers."""


class Evaluation(Record):
    """A validator's verdict on the call."""

    name: str
    passed: bool | None = None
    label: str | None = None
    score: float | None = None
    explanation: str | None = None
    by: Literal["log", "tailllm"] = "log"

    @property
    def outcome(self) -> Literal["passed", "failed", "errored", "unjudged"]:
        """`errored` is a validator that could not decide; a bare score is unjudged."""
        if self.passed is not None:
            return "passed" if self.passed else "failed"
        return "errored" if self.label == "errored" else "unjudged"


FinishReason = Literal["stop", "length", "tool_call", "content_filter", "error"]


class Call(Record):
    """One request to a model and all that came back."""

    key: str
    """span:<trace>:<span> | resp:<id> | <format>:<own id> | line:<file id>:<offset>"""
    format: str
    state: Literal["partial", "done"] = "done"
    status: Literal["ok", "error", "incomplete", "unknown"] = "unknown"
    source: tuple[Source, ...] = ()
    start_time: datetime | None = None
    """UTC."""
    latency_ms: float | None = None
    """Request to last token."""
    ttft_ms: float | None = None
    """Request to first token."""
    stream: bool | None = None
    operation_name: str | None = None
    provider_name: str | None = None
    request_model: str | None = None
    response_model: str | None = None
    response_id: str | None = None
    prompt_name: str | None = None
    prompt_version: str | None = None
    """As logged; else `h:` and a hash of system instructions and tools."""
    system_instructions: str | None = None
    """Only where the wire keeps it apart from the messages."""
    input_messages: tuple[Message, ...] | None = None
    tool_definitions: tuple[Any, ...] | None = None
    request_params: dict[str, Any] | None = None
    output_messages: tuple[Message, ...] | None = None
    output_text: str | None = None
    tool_calls: tuple[ToolCall, ...] = ()
    refusal: str | None = None
    finish_reason: FinishReason | None = None
    finish_reason_raw: str | None = None
    usage: Usage = Usage()
    cost: float | None = None
    """As logged, in the log's currency (US dollars by convention)."""
    error_type: str | None = None
    error_message: str | None = None
    http_status: int | None = None
    trace_id: str | None = None
    span_id: str | None = None
    conversation_id: str | None = None
    session_id: str | None = None
    user_id: str | None = None
    host: str | None = None
    """The machine that made the call; never the provider's endpoint."""
    route: str | None = None
    """What the service calls the endpoint or feature that needed the call."""
    tags: tuple[str, ...] = ()
    metadata: dict[str, Any] | None = None
    evaluations: tuple[Evaluation, ...] = ()
    content: Literal["full", "partial", "truncated", "reference", "absent"] = "full"
    warnings: tuple[str, ...] = ()
