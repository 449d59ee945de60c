"""What `[targets.NAME]` and `[eval]` may say: what is under test, and how patiently."""

from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, ValidationInfo, field_validator, model_validator

from tailllm.config.graders import CODE
from tailllm.config.specs import Globs, Section, beside_the_file, one_or_many

ENV = r"^[A-Za-z_][A-Za-z0-9_]*$"
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
MILLION = 1_000_000
STRAIGHT = "give a plain URL: https (http only on this machine), no password, query or fragment"


def straight(url: str) -> str:
    """A URL that requests may go to, without a slash at its end.

    Raises:
        ValueError: It is not https (http on this machine), or holds more than a place.
    """
    try:
        parts = urlsplit(url)
        local = parts.hostname in LOOPBACK
        _ = parts.port
    except ValueError as error:
        raise ValueError(STRAIGHT) from error
    right = parts.scheme == "https" or (parts.scheme == "http" and local)
    if not right or not parts.hostname or "@" in parts.netloc or parts.query or parts.fragment:
        raise ValueError(STRAIGHT)
    return url.rstrip("/")


class Target(Section):
    """What every target has, whatever its kind."""

    prompt: str | None = None
    """A prompt file put in place of the logged system prompt; `{{name}}` takes a case's context.
    Without it, the request goes out as logged."""
    timeout_s: float = Field(default=60, gt=0, le=600)
    """Seconds one answer may take, from the first byte sent to the last one received."""
    files: Globs = ()
    """More files (globs) whose change makes recorded answers stale, such as the code asked."""
    input_price: float | None = Field(default=None, ge=0)
    """US dollars for a million input tokens; with `output_price`, costs are known."""
    output_price: float | None = Field(default=None, ge=0)
    """US dollars for a million output tokens."""

    _lists = field_validator("files", mode="before")(one_or_many)

    @field_validator("prompt")
    @classmethod
    def _prompt_beside(cls, value: str | None, info: ValidationInfo) -> str | None:
        return None if value is None else beside_the_file(value, info)

    @field_validator("files")
    @classmethod
    def _files_beside(cls, value: Globs, info: ValidationInfo) -> Globs:
        return tuple(beside_the_file(glob, info) for glob in value)

    def cost(self, input_tokens: int | None, output_tokens: int | None) -> float | None:
        """US dollars of one answer; None when a price or a number is not known."""
        prices, tokens = (self.input_price, self.output_price), (input_tokens, output_tokens)
        if None in prices or None in tokens:
            return None
        pairs = zip(prices, tokens, strict=True)
        return sum((price or 0) * (count or 0) for price, count in pairs) / MILLION


class Endpoint(Target):
    """A target behind HTTP. Nothing is ever sent anywhere but to the `url` written here."""

    url: str
    """Where requests go. No redirect is followed, and no proxy of the environment is used."""
    key: str | None = Field(default=None, pattern=ENV)
    """Name of the environment variable with the key; the key itself never stands in a file."""
    ca_file: str | None = None
    """Certificates to trust instead of the usual ones. Checking cannot be turned off."""
    proxy: str | None = None
    """A proxy, if requests must take one."""
    headers: dict[str, str] = Field(default_factory=dict)
    """More headers, none of them secret."""
    prod_data_ok: bool = False
    """Whether text of production may go there. Without it a live run sends this target only
    cases that somebody made up; this machine itself needs no leave."""

    _ca_beside = field_validator("ca_file")(
        lambda value, info: None if value is None else beside_the_file(value, info)
    )

    _straight = field_validator("url")(straight)

    @property
    def host(self) -> str:
        """Where it is, with the port."""
        return urlsplit(self.url).netloc

    @property
    def may_see_production(self) -> bool:
        """Whether text of production may be sent."""
        local = urlsplit(self.url).hostname in LOOPBACK and self.proxy is None
        return self.prod_data_ok or local


class ModelTarget(Endpoint):
    """A model's API."""

    model: str | None = Field(default=None, min_length=1)
    """The model to ask; without it, the one in the log."""
    parameters: dict[str, Any] = Field(default_factory=dict)
    """Sampling parameters; they win over those in the log."""


class OpenAITarget(ModelTarget):
    """An endpoint that speaks OpenAI's chat completions; most gateways and servers do."""

    kind: Literal["openai"]
    url: str = "https://api.openai.com/v1"
    """Up to and without `/chat/completions`."""


class AnthropicTarget(ModelTarget):
    """An endpoint that speaks Anthropic's messages."""

    kind: Literal["anthropic"]
    url: str = "https://api.anthropic.com/v1"
    """Up to and without `/messages`."""


class HttpTarget(Endpoint):
    """Your own HTTP endpoint: the case goes in by a template, the answer is found by a path.

    In texts of `body`, `{{input}}` is the last user message, `{{prompt}}` the filled prompt
    and `{{name}}` a variable of the case. A text that is only `{{messages}}`, `{{tools}}` or
    `{{context}}` becomes that list or table.
    """

    kind: Literal["http"]
    body: dict[str, Any]
    """The JSON to post, as a TOML table."""
    answer: str | None = Field(default=None, min_length=1)
    """JMESPath of the answer in the response; without it, the whole response."""

    @field_validator("answer")
    @classmethod
    def _compiles(cls, path: str | None) -> str | None:
        from tailllm.config.graders import JmespathSpec

        if path is not None:
            JmespathSpec(name="answer", kind="jmespath", path=path)
        return path


class PythonTarget(Target):
    """A function of your own, plain or async, in a process of its own.

    It gets one dict (`messages`, `tools`, `context`, `prompt`, `parameters`, `input`) and
    returns text, or a dict with `output_text` and `tool_calls`, or a provider's response.
    """

    kind: Literal["python"]
    call: str = Field(pattern=CODE)
    """`module:function`; the module is looked for in `folder` first."""
    folder: str = Field(default=".", validate_default=True)
    """Working folder of the function; relative to the config file."""

    _beside = field_validator("folder")(beside_the_file)


class CommandTarget(Target):
    """A program: the case as JSON on its standard input, the answer on its standard output."""

    kind: Literal["command"]
    argv: Globs = Field(min_length=1)
    """The program and its arguments; no shell reads them."""
    folder: str = Field(default=".", validate_default=True)
    """Working folder of the program; relative to the config file."""

    _beside = field_validator("folder")(beside_the_file)
    _words = field_validator("argv", mode="before")(one_or_many)


TargetSpec = Annotated[
    OpenAITarget | AnthropicTarget | HttpTarget | PythonTarget | CommandTarget,
    Field(discriminator="kind"),
]

TARGETS: dict[str, type[Target]] = {
    "openai": OpenAITarget,
    "anthropic": AnthropicTarget,
    "http": HttpTarget,
    "python": PythonTarget,
    "command": CommandTarget,
}


class EvalSettings(Section):
    """How `tailllm eval` runs."""

    target: str | None = None
    """The target of cases whose own is not among the targets."""
    judge: str | None = None
    """The target that judges rubrics: an `openai` or `anthropic` one."""
    confirm: int = Field(default=3, ge=1, le=25)
    """How often a case that changed is asked again before it is called broken or mended."""
    jobs: int | None = Field(default=None, ge=1, le=1024)
    """Requests at once. Without it, as many as the endpoint takes, at most 64."""
    patience_s: float = Field(default=6, gt=0, le=600)
    """Seconds without any answer after which an endpoint that fails counts as down."""
    throttled_s: float = Field(default=60, gt=0, le=3600)
    """Seconds without any answer after which one that says "too many requests" does."""

    @model_validator(mode="after")
    def _patience_grows(self) -> Self:
        if self.throttled_s < self.patience_s:
            msg = "throttled_s is under patience_s"
            raise ValueError(msg)
        return self
