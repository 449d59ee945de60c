"""Validators that compare an answer with what somebody expected: most are used in cases.

Like all validators they also run on live calls, where `when` says which.
"""

from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from tailllm.config.specs import (
    Globs,
    Pattern,
    PythonSpec,
    Validator,
    beside_the_file,
    one_or_many,
)

Texts = tuple[str, ...]
CODE = r"^[A-Za-z_][\w.]*:[A-Za-z_][\w.]*$"


class Literally(Validator):
    """What the kinds that compare text have in common."""

    ignore_case: bool = False
    """Whether upper and lower case are the same."""


class EqualsSpec(Literally):
    """The answer is this text; blanks around either do not count."""

    kind: Literal["equals"]
    value: str
    """The text."""


class NotEqualsSpec(Literally):
    """The answer is not this text; blanks around either do not count."""

    kind: Literal["not_equals"]
    value: str
    """The text that must not come back."""


class ContainsSpec(Literally):
    """The answer contains a text, any of several, or all of several."""

    kind: Literal["contains"]
    value: str | None = Field(default=None, min_length=1)
    """One text. Give one of `value`, `any` and `all`, or several: each must hold."""
    any: Texts = ()
    """At least one of these."""
    all: Texts = ()
    """Each of these."""

    _lists = field_validator("any", "all", mode="before")(one_or_many)

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.value is None and not self.any and not self.all:
            msg = "give value, any or all"
            raise ValueError(msg)
        return self


class NotContainsSpec(Literally):
    """The answer contains none of these texts."""

    kind: Literal["not_contains"]
    value: Texts = Field(min_length=1)
    """A text, or a list of them."""

    _lists = field_validator("value", mode="before")(one_or_many)


class StartsWithSpec(Literally):
    """The answer starts with a text, or with one of several; blanks before it do not count."""

    kind: Literal["starts_with"]
    value: Texts = Field(min_length=1)
    """A text, or a list of them."""

    _lists = field_validator("value", mode="before")(one_or_many)


class NotStartsWithSpec(Literally):
    """The answer starts with none of these texts; blanks before it do not count."""

    kind: Literal["not_starts_with"]
    value: Texts = Field(min_length=1)
    """A text, or a list of them."""

    _lists = field_validator("value", mode="before")(one_or_many)


class RegexSpec(Pattern):
    """The answer matches a regular expression: `must_match` under its other name."""

    kind: Literal["regex"]


class NotRegexSpec(Pattern):
    """The answer does not match a regular expression: `must_not_match` under its other name."""

    kind: Literal["not_regex"]


class SimilaritySpec(Validator):
    """The answer is written much like a text: cosine of three-letter pieces, without a model.

    Case and runs of blanks do not count. It sees wording, not meaning: "I can refund this"
    and "I cannot refund this" are very similar.
    """

    kind: Literal["similarity"]
    value: str = Field(min_length=1)
    """The text."""
    min: float = Field(default=0.8, ge=0, le=1)
    """From where on it is similar: 0 nothing shared, 1 the same pieces."""


class NotSimilaritySpec(Validator):
    """The answer is not written much like a text, measured as by `similarity`."""

    kind: Literal["not_similarity"]
    value: str = Field(min_length=1)
    """The text that must not come back."""
    max: float = Field(default=0.8, ge=0, le=1)
    """Up to where it is different enough."""


class JmespathSpec(Validator):
    """The answer is JSON, and a JMESPath expression finds in it what was expected."""

    kind: Literal["jmespath"]
    path: str = Field(min_length=1)
    """The expression: `"intent"`, `"items[?qty > `1`].sku"`."""
    value: Any = None
    """What it must find, compared as JSON. Without it: anything but null, false and empty."""
    fences: bool = False
    """As in `json`."""

    @field_validator("path")
    @classmethod
    def _compiles(cls, path: str) -> str:
        import jmespath
        from jmespath.exceptions import JMESPathError

        try:
            jmespath.compile(path)
        except JMESPathError as error:
            msg = f"not a JMESPath expression: {str(error).splitlines()[0]}"
            raise ValueError(msg) from None
        return path


class LanguageSpec(Validator):
    """The answer is in a language, as far as its script and commonest words tell.

    Known: ar, cs, da, de, el, en, es, fi, fr, he, hi, hu, id, it, ja, ko, nl, no, pl, pt,
    ro, ru, sv, th, tr, uk, vi, zh. A text with too few known words is *errored*, not guessed.
    """

    kind: Literal["language"]
    value: Globs = Field(min_length=1)
    """A language code, or a list of allowed ones."""

    _lists = field_validator("value", mode="before")(one_or_many)

    @field_validator("value")
    @classmethod
    def _known(cls, codes: Texts) -> Texts:
        from tailllm.config.languages import LANGUAGES

        unknown = sorted(set(codes) - set(LANGUAGES))
        if unknown:
            msg = f"no language {unknown[0]!r}; known: {', '.join(LANGUAGES)}"
            raise ValueError(msg)
        return codes


class ToolCallSpec(Validator):
    """The answer calls a tool, with these arguments among its own, or several tools in order."""

    kind: Literal["tool_call"]
    tool: str | None = Field(default=None, min_length=1)
    """The name of a tool that must be called."""
    arguments: dict[str, Any] = Field(default_factory=dict)
    """What its arguments must hold: a subset, also inside of tables; lists are compared whole."""
    order: Texts = ()
    """Names of tools that must be called in this order; others may come between."""

    _lists = field_validator("order", mode="before")(one_or_many)

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.tool is None and (self.arguments or not self.order):
            msg = "give tool, or order"
            raise ValueError(msg)
        return self


class NotToolCallSpec(Validator):
    """The answer calls no tool, or not the one named."""

    kind: Literal["not_tool_call"]
    tool: str | None = Field(default=None, min_length=1)
    """The tool that must not be called; without it, none may be."""
    arguments: dict[str, Any] = Field(default_factory=dict)
    """Only a call whose arguments hold these is forbidden."""


class PydanticSpec(PythonSpec):
    """The answer is JSON that a pydantic model of your own accepts.

    The model runs where `python` functions run: in a process of its own, without keys.
    """

    kind: Literal["pydantic"]  # type: ignore[assignment]
    call: str = Field(pattern=CODE, alias="model")
    """`module:Model`; the module is looked for in `folder` first."""
    folder: str = Field(default=".", validate_default=True)
    """Working folder of the model; relative to the config file."""
    fences: bool = False
    """As in `json`."""

    _beside_it = field_validator("folder")(beside_the_file)


class RubricSpec(Validator):
    """A model judges the answer by a sentence of yours; only `tailllm eval` asks one.

    The judge is the target of `[eval] judge`. It answers several times, and says yes or no
    with a reason; the share of the majority is shown as agreement.
    """

    kind: Literal["rubric"]
    text: str = Field(min_length=1)
    """What a good answer does, in words."""
    samples: int = Field(default=3, ge=1, le=25)
    """How often the judge is asked; an even split is *errored*, not passed."""
    agreement: float = Field(default=0.6, ge=0.5, le=1)
    """Share of the samples that must agree, or the verdict is *errored*."""
