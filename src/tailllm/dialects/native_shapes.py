"""What a plain native line may hold, by type: what is left out here is not read.

Nothing is converted. A value of another kind ends the decoding, and the line is not plain.
"""

from typing import Any

import msgspec
from msgspec import UNSET, Raw, UnsetType

Name = str | int | None
Text = Raw | UnsetType
"""Long, and a row needs the start at most: most of a line is never decoded at all."""


class Plain(msgspec.Struct, gc=False):
    """An object whose other keys are of no concern."""


class Object(Plain, gc=False):
    """Some object; only that it is there counts."""


class Message(Plain, gc=False):
    """One turn."""

    role: str | None = None
    content: Text = UNSET
    parts: Any = UNSET


class Prompt(Plain, gc=False):
    """Which prompt, and which version."""

    name: Name = None
    version: Name = None


class Check(Plain, gc=False):
    """A verdict in the log."""

    name: Name = None
    ok: bool | None = None
    label: Name = None


class Usage(Plain, gc=False):
    """Tokens, flat."""

    input: int | None = None
    output: int | None = None
    cached: int | None = None
    reasoning: int | None = None


class Request(Plain, gc=False):
    """A raw request body."""

    model: Name = None
    messages: str | list[Message] | None = None
    tools: Raw | UnsetType = UNSET
    functions: UnsetType = UNSET
    max_tokens: Any = UNSET
    """Other providers' requests have it too: a sign to look closer."""


class Said(Plain, gc=False):
    """A message of the answer."""

    content: Text = UNSET
    tool_calls: list[Object] | None = None
    function_call: None = None
    parts: UnsetType = UNSET
    finish_reason: None = None


class Choice(Plain, gc=False):
    """One of the answers."""

    message: Said
    finish_reason: str | None = None


class Read(Plain, gc=False):
    """Where the input came from."""

    cached_tokens: int | None = None


class Written(Plain, gc=False):
    """What the output was for."""

    reasoning_tokens: int | None = None


class Billed(Plain, gc=False):
    """Tokens as OpenAI writes them."""

    prompt_tokens: int | UnsetType = UNSET
    completion_tokens: int | UnsetType = UNSET
    prompt_tokens_details: Read | None = None
    completion_tokens_details: Written | None = None
    input_tokens: UnsetType = UNSET
    output_tokens: UnsetType = UNSET
    input_tokens_details: None = None
    output_tokens_details: None = None


class Response(Plain, gc=False):
    """A raw response body."""

    choices: list[Choice]
    id: Name = None
    model: Name = None
    usage: Billed | None = None
    error: None = None
    type: UnsetType = UNSET
    content: UnsetType = UNSET


class Line(Plain, gc=False):
    """The whole line."""

    tailllm: Any
    ts: str | int | float
    ms: float | None = None
    ttft_ms: float | None = None
    id: Name = None
    model: Name = None
    request_model: Name = None
    provider: Name = None
    operation: Name = None
    prompt: Prompt | Name = None
    request: Request | None = None
    response: Response | None = None
    system: Text = UNSET
    messages: str | list[Message] | None = None
    tools: Raw | UnsetType = UNSET
    output: Text = UNSET
    tool_calls: list[Object] | None = None
    refusal: Name = None
    finish: Name = None
    usage: Usage | None = None
    error: None = None
    cost: float | None = None
    session: Name = None
    conversation: Name = None
    user: Name = None
    trace_id: Name = None
    checks: list[Check] | None = None
    cut: None = None
