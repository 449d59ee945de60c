"""What `[[validators]]` may say: one class for each `kind`, its docstrings are the manual."""

from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

FinishReason = Literal["stop", "length", "tool_call", "content_filter", "error"]
Globs = tuple[str, ...]


class Section(BaseModel):
    """A table of the config file: fixed once read, closed to unknown keys."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        populate_by_name=True,
        strict=True,
        # Most hosts have no config file: what checks one is made when there is one to check.
        defer_build=True,
    )


def beside_the_file(value: str, info: ValidationInfo) -> str:
    """A path of the config, made absolute from the folder of the config file."""
    folder = (info.context or {}).get("folder")
    path = Path(value).expanduser()
    return str(path if folder is None else Path(folder) / path)


def require_a_limit(*values: int | None) -> None:
    """Refuse a validator that limits nothing."""
    if all(value is None for value in values):
        msg = "give at least one limit"
        raise ValueError(msg)


def one_or_many(value: object) -> object:
    """A text alone is a list of one."""
    if isinstance(value, str):
        return (value,)
    return tuple(value) if isinstance(value, list) else value


class When(Section):
    """Limits a validator to some calls; a call must pass every limit that is given.

    A limit is one glob (`*`, `?`, `[a-z]`; upper and lower case differ) or a list of them.
    A call that does not say the field never passes its limit.
    """

    prompt: Globs | None = None
    """Prompt name, or `name@version`: `"billing"`, `"billing@v1*"`, `["billing", "route"]`."""
    model: Globs | None = None
    """The model that answered, or the one that was asked: `"gpt-4o*"`."""

    _lists = field_validator("prompt", "model", mode="before")(one_or_many)


class Validator(Section):
    """What every validator has, whatever its kind."""

    name: str = Field(min_length=1, max_length=60)
    """The name of its verdicts on every screen; two validators may not share one."""
    when: When | None = None
    """Which calls it judges; without it, all."""


class JsonSpec(Validator):
    """The answer parses as JSON."""

    kind: Literal["json"]
    fences: bool = False
    """Also accept an answer that is one fenced block, and judge what is inside the fences."""


class JsonSchemaSpec(Validator):
    """The answer is JSON that a JSON Schema accepts; `$ref` may only point inside the schema."""

    kind: Literal["json_schema"]
    inline: dict[str, Any] | bool | None = Field(default=None, alias="schema")
    """The schema itself, as a TOML table. Either this or `schema_file`."""
    schema_file: str | None = None
    """A JSON file with the schema; relative to the config file."""
    fences: bool = False
    """As in `json`."""

    _beside = field_validator("schema_file")(
        lambda value, info: None if value is None else beside_the_file(value, info)
    )

    @model_validator(mode="after")
    def _one_schema(self) -> Self:
        if (self.inline is None) == (self.schema_file is None):
            msg = "give either schema or schema_file"
            raise ValueError(msg)
        return self


class Pattern(Validator):
    """A regular expression searched anywhere in the answer (syntax of the `regex` package)."""

    pattern: str = Field(min_length=1)
    """The expression. In TOML, single quotes need no doubled backslashes: `'\\d{4}'`."""
    ignore_case: bool = False
    """Whether upper and lower case are the same."""
    timeout_ms: float = Field(default=100, gt=0, le=10_000)
    """Milliseconds one search may take; over that the verdict is *errored*."""


class MustMatchSpec(Pattern):
    """The answer matches a regular expression."""

    kind: Literal["must_match"]


class MustNotMatchSpec(Pattern):
    """The answer does not match a regular expression."""

    kind: Literal["must_not_match"]


class LengthSpec(Validator):
    """The answer has a length within limits."""

    kind: Literal["length"]
    min: int | None = Field(default=None, ge=0)
    """At least so many characters (code points, not bytes)."""
    max: int | None = Field(default=None, ge=0)
    """At most so many characters."""

    @model_validator(mode="after")
    def _some_limit(self) -> Self:
        require_a_limit(self.min, self.max)
        if self.min is not None and self.max is not None and self.min > self.max:
            msg = "min is above max"
            raise ValueError(msg)
        return self


class NotEmptySpec(Validator):
    """The answer has text that is more than blanks, or a tool call, or a refusal."""

    kind: Literal["not_empty"]


class RefusalSpec(Validator):
    """The model did not refuse: neither on the wire, nor in the first words of the answer.

    Phrases are compared without regard to case and kind of apostrophe, in the first
    200 characters only. The built-in list is English and small: it finds the plain
    refusals, not the polite ones.
    """

    kind: Literal["refusal"]
    phrases: tuple[str, ...] = ()
    """More phrases, beside the built-in ones."""
    wanted: bool = False
    """Turned round: the model had to refuse."""

    _lists = field_validator("phrases", mode="before")(one_or_many)


class FinishReasonSpec(Validator):
    """The answer ended for an allowed reason."""

    kind: Literal["finish_reason"]
    allowed: tuple[FinishReason, ...] = ("stop", "tool_call")
    """Any of stop, length, tool_call, content_filter, error: the words after mapping."""

    _lists = field_validator("allowed", mode="before")(one_or_many)


class ToolArgumentsSpec(Validator):
    """Every tool call names a tool that was offered, with arguments its own schema accepts."""

    kind: Literal["tool_arguments"]


class MaxLatencySpec(Validator):
    """The call took no longer than a limit, request to last token."""

    kind: Literal["max_latency"]
    ms: float = Field(gt=0)
    """Milliseconds."""


class MaxTtftSpec(Validator):
    """The first token came no later than a limit."""

    kind: Literal["max_ttft"]
    ms: float = Field(gt=0)
    """Milliseconds from the request."""


class MaxTokensSpec(Validator):
    """The call used no more tokens than a limit, as billed by the provider."""

    kind: Literal["max_tokens"]
    input: int | None = Field(default=None, ge=0)
    """Input tokens, caches included."""
    output: int | None = Field(default=None, ge=0)
    """Output tokens."""

    @model_validator(mode="after")
    def _some_limit(self) -> Self:
        require_a_limit(self.input, self.output)
        return self


class PythonSpec(Validator):
    """A function of your own says yes or no.

    It gets the call as a dict (the object `tailllm calls` prints) and returns True or
    False, or `(False, "why")`, or a dict with `passed` and any of `explanation`, `label`
    and `score`; `passed` None means it could not decide. It runs in a process of its own
    with a small environment (PATH, HOME, language, PYTHONPATH: no keys). A call that takes
    too long is ended by killing that process; after three such ends the validator is
    disabled until tailllm starts again, and each verdict says so.
    """

    kind: Literal["python"]
    call: str = Field(pattern=r"^[A-Za-z_][\w.]*:[A-Za-z_][\w.]*$")
    """`module:function`; the module is looked for in `folder` first."""
    folder: str = Field(default=".", validate_default=True)
    """Working folder of the function; relative to the config file."""
    timeout_ms: float = Field(default=1_000, gt=0, le=60_000)
    """Milliseconds one call may take; over that the verdict is *errored*."""

    _beside = field_validator("folder")(beside_the_file)
