"""What `[dialects.NAME]` may say: where a house format keeps the fields of a call."""

from typing import Any

from pydantic import field_validator

from tailllm.config.paths import compiled
from tailllm.config.specs import Section


class DialectSpec(Section):
    """A format of your own: which lines are calls, and where each field lies in them.

    Every value is a JMESPath (jmespath.org): `usage.in`, `"odd-key".x`, `msgs[0].text`,
    ``kind == 'llm'``. A path that finds nothing says nothing: the field stays empty, never 0.
    House formats are tried before the built-in ones, in the order of the file.
    `tailllm dialects PATH` prints a start for a log it does not know.
    """

    match: str
    """Lines for which this is true, or finds something, are calls: ``event == 'llm_call'``."""
    time: str | None = None
    """When the call started: ISO 8601, or seconds, milli-, micro- or nanoseconds since 1970."""
    end_time: str | None = None
    """When it ended, where the start is not logged."""
    latency_ms: str | None = None
    """Milliseconds to the last token."""
    latency_s: str | None = None
    """The same in seconds."""
    ttft_ms: str | None = None
    """Milliseconds to the first token."""
    ttft_s: str | None = None
    """The same in seconds."""
    request: str | None = None
    """A raw request body in OpenAI's chat form; then messages, tools and params are in it."""
    response: str | None = None
    """A raw answer body in OpenAI's chat form, or the list of its chunks."""
    model: str | None = None
    """The model that answered; of a call that failed, the one that was asked."""
    request_model: str | None = None
    """The model that was asked for, where both are logged."""
    provider: str | None = None
    """`openai`, `anthropic`, …"""
    operation: str | None = None
    """`chat` unless said."""
    id: str | None = None
    """The provider's id of the answer."""
    call_id: str | None = None
    """Your own id of the call; lines with the same one are one call."""
    system: str | None = None
    """The instructions, where they are not among the messages."""
    messages: str | None = None
    """What was sent: a list of messages, or a text."""
    tools: str | None = None
    """The tools that were offered."""
    params: str | None = None
    """An object with temperature and the like."""
    stream: str | None = None
    """Whether the answer was streamed."""
    output: str | None = None
    """What came back: a text, or a message with role and content."""
    tool_calls: str | None = None
    """A list of tool calls."""
    refusal: str | None = None
    """The text of a refusal."""
    finish: str | None = None
    """Why the model stopped, in the provider's word."""
    input_tokens: str | None = None
    """Tokens in, those from a cache included."""
    output_tokens: str | None = None
    """Tokens out."""
    cached_tokens: str | None = None
    """Tokens in that came from a cache."""
    cache_write_tokens: str | None = None
    """Tokens in that were written to a cache."""
    reasoning_tokens: str | None = None
    """Tokens out that were reasoning."""
    cost: str | None = None
    """What the call cost."""
    error: str | None = None
    """The error: a text, or an object with message and type. Finding it makes the call an error."""
    error_type: str | None = None
    """The error's kind, where it lies elsewhere."""
    http_status: str | None = None
    """The status of the answer; from 400 on, the call is an error."""
    prompt_name: str | None = None
    """Which prompt of yours it was."""
    prompt_version: str | None = None
    """Which version of it."""
    session: str | None = None
    """Session id."""
    conversation: str | None = None
    """Conversation id."""
    user: str | None = None
    """User id."""
    host: str | None = None
    """The machine that made the call, not the provider's."""
    route: str | None = None
    """What the service calls the endpoint or feature that needed the call."""
    trace_id: str | None = None
    """Trace in which the call lies."""
    span_id: str | None = None
    """The call's own span."""
    checks: str | None = None
    """A list of verdicts of your own validators: name, and passed, ok, result or label."""
    tags: str | None = None
    """A list of tags."""
    metadata: str | None = None
    """An object with whatever else is worth reading."""

    @field_validator("*", mode="after")
    @classmethod
    def _is_a_path(cls, value: Any) -> Any:
        if value is not None:
            compiled(value)
        return value
