"""What a plain native line may hold, by type: what is left out here is not read.

Nothing is converted. A value of another kind ends the decoding, and the line is not plain.
"""

from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, Raw, UnsetType, field

from tailllm.dialects.values import LARGEST

Name = str | int | None
Text = Raw | UnsetType
"""Long, and a row needs the start at most: most of a line is never decoded at all."""
Amount = Annotated[float, Meta(ge=-LARGEST, le=LARGEST)] | None
Time = Annotated[float, Meta(ge=0, le=LARGEST)] | None
Tokens = Annotated[int, Meta(ge=0, le=LARGEST)] | None


class Plain(msgspec.Struct, gc=False):
    """An object whose other keys are of no concern."""


class Object(msgspec.Struct, gc=False, frozen=True):
    """Some object; only that it is there counts."""


class Message(Plain, gc=False):
    """One turn."""

    role: str | None = None
    content: Text = UNSET
    parts: Any = UNSET


Messages = str | list[Message] | None
"""What `messages` may hold; decoded when somebody asks for a text."""


class Prompt(msgspec.Struct, gc=False, frozen=True):
    """Which prompt, and which version; many calls have the same one."""

    name: Name = None
    version: Name = None


class Check(msgspec.Struct, gc=False, frozen=True):
    """A verdict in the log; many calls have the same ones."""

    name: Name = None
    ok: bool | None = None
    label: Name = None


class Usage(Plain, gc=False):
    """Tokens, flat."""

    input: Tokens = None
    output: Tokens = None
    cached: Tokens = None
    reasoning: Tokens = None


class Request(Plain, gc=False):
    """A raw request body."""

    model: Name = None
    messages: Text = UNSET
    tools: Raw | UnsetType = UNSET
    functions: UnsetType = UNSET
    max_tokens: Any = UNSET
    """Other providers' requests have it too: a sign to look closer."""


class Said(Plain, gc=False):
    """A message of the answer."""

    output: Text = field(default=UNSET, name="content")
    tool_calls: tuple[Object, ...] | None = None
    function_call: None = None
    parts: UnsetType = UNSET
    finish_reason: None = None


class Choice(Plain, gc=False):
    """One of the answers."""

    message: Said
    finish: str | None = field(default=None, name="finish_reason")


class Read(Plain, gc=False):
    """Where the input came from."""

    cached_tokens: Tokens = None


class Written(Plain, gc=False):
    """What the output was for."""

    reasoning_tokens: Tokens = None


class Billed(Plain, gc=False):
    """Tokens as OpenAI writes them, under the names that `Usage` has."""

    input: Tokens = field(default=None, name="prompt_tokens")
    output: Tokens = field(default=None, name="completion_tokens")
    prompt_tokens_details: Read | None = None
    completion_tokens_details: Written | None = None
    input_tokens: UnsetType = UNSET
    output_tokens: UnsetType = UNSET
    input_tokens_details: None = None
    output_tokens_details: None = None

    @property
    def cached(self) -> int | None:
        """Input that came from a cache."""
        known = self.prompt_tokens_details
        return None if known is None else known.cached_tokens

    @property
    def reasoning(self) -> int | None:
        """Output that nobody sees."""
        known = self.completion_tokens_details
        return None if known is None else known.reasoning_tokens


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
    ms: Time = None
    ttft_ms: Time = None
    id: Name = None
    model: Name = None
    request_model: Name = None
    provider: Name = None
    operation: Name = None
    prompt: Prompt | Name = None
    request: Request | None = None
    response: Response | None = None
    system: Text = UNSET
    messages: Text = UNSET
    tools: Raw | UnsetType = UNSET
    output: Text = UNSET
    tool_calls: tuple[Object, ...] | None = None
    refusal: Name = None
    finish: Name = None
    usage: Usage | None = None
    error: None = None
    cost: Amount = None
    session: Name = None
    conversation: Name = None
    user: Name = None
    host: Name = None
    route: Name = None
    trace_id: Name = None
    checks: tuple[Check, ...] | None = None
    cut: None = None


class Counted(Line, gc=False):
    """The same line, for who does not look at texts: an answer that is none ends the decoding."""

    output: str | UnsetType | None = UNSET  # type: ignore[assignment]
