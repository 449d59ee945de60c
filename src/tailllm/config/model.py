"""What `tailllm.toml` may say; the docstrings are the manual (docs/configuration.md)."""

import re
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, PrivateAttr, ValidationInfo, field_validator, model_validator

from tailllm.config.channels import NAME, ChannelSpec, SyncSettings
from tailllm.config.dialects import DialectSpec
from tailllm.config.kinds import ValidatorSpec
from tailllm.config.redaction import RedactSpec
from tailllm.config.specs import Section, beside_the_file
from tailllm.config.targets import EvalSettings, TargetSpec


class Thresholds(Section):
    """From where on a number is worth a look."""

    slow_ms: float | None = Field(default=None, gt=0)
    """Calls over so many milliseconds are slow. Without it: over the p95 of their model."""
    max_p50_ms: float | None = Field(default=None, gt=0)
    """`tailllm check` and alerts: the median latency may be so much."""
    max_p95_ms: float | None = Field(default=None, gt=0)
    """The 95th percentile of the latency."""
    max_p99_ms: float | None = Field(default=None, gt=0)
    """The 99th percentile of the latency."""
    max_ttft_p95_ms: float | None = Field(default=None, gt=0)
    """The 95th percentile of the time to the first token."""
    max_fail: float | None = Field(default=None, ge=0, le=1)
    """Share of calls that fail a validator, 0 to 1."""
    max_errors: float | None = Field(default=None, ge=0, le=1)
    """Share of calls that end in an error."""
    max_bad: float | None = Field(default=None, ge=0, le=1)
    """Share of calls that do either."""


class Display(Section):
    """How the screens look."""

    theme: Literal["auto", "dark", "light", "ansi"] = "auto"
    """auto asks the terminal; ansi uses the terminal's own 16 colours."""
    ascii: bool = False
    """Draw `x ^ m ! ?` and plain bars where the font lacks the better glyphs."""
    mouse: bool | None = None
    """Whether the mouse is caught. Without it: not over SSH, so that text can be selected."""
    bell: bool = False
    """Ring when a limit of `[thresholds]` is passed."""
    title: bool = False
    """Say in the terminal's title which limits are passed."""
    low_bandwidth: bool | None = None
    """Paint once a second, for slow lines. Without it: over SSH only."""


class Config(Section):
    """Everything a person can set; an empty file is a good one."""

    corpus: str | None = Field(default=None, min_length=1)
    """Folder for marks and cases; relative to this file. `--corpus` and `$TAILLLM_CORPUS` win."""
    by: str | None = Field(default=None, min_length=1)
    """Who marks, written into every mark. Without it: the login name."""
    thresholds: Thresholds = Thresholds.model_construct()
    display: Display = Display.model_construct()
    keys: dict[str, str] = Field(default_factory=dict)
    """Other keys for commands, by the command's id: `"call.mark" = "x"`. Help lists the ids."""
    filters: dict[str, str] = Field(default_factory=dict)
    """Filters by name, for `saved:NAME` after `/` and `--where`: `mine = "user:u_2283"`."""
    prompts: dict[str, str] = Field(default_factory=dict)
    """Files of prompts in a git work tree, by the prompt's name; `tailllm prompts` then names
    the commit that made each version. Relative to this file."""
    validators: tuple[ValidatorSpec, ...] = ()
    """Checks that run on every answer; see Validators."""
    redact: tuple[RedactSpec, ...] = ()
    """Secrets of your own, beside the built-in ones; see `[[redact]]`."""
    dialects: dict[str, DialectSpec] = Field(default_factory=dict)
    """Log formats of your own, by name; see `[dialects.NAME]`."""
    targets: dict[str, TargetSpec] = Field(default_factory=dict)
    """What `tailllm eval` asks, by name; see `[targets.NAME]`."""
    eval: EvalSettings = EvalSettings.model_construct()
    channels: dict[str, ChannelSpec] = Field(default_factory=dict)
    """Where people drop what was strange, by name; see `[channels.NAME]`."""
    sync: SyncSettings = SyncSettings.model_construct()

    _file: Path | None = PrivateAttr(default=None)

    _beside = field_validator("corpus")(
        lambda value, info: None if value is None else beside_the_file(value, info)
    )

    @property
    def file(self) -> Path | None:
        """The file this was read from; None when there is none."""
        return self._file

    @field_validator("prompts")
    @classmethod
    def _files(cls, prompts: dict[str, str], info: ValidationInfo) -> dict[str, str]:
        return {name: beside_the_file(path, info) for name, path in prompts.items()}

    @field_validator("filters")
    @classmethod
    def _readable(cls, filters: dict[str, str]) -> dict[str, str]:
        for name in filters:
            if not re.fullmatch(r"[\w-]+", name):
                msg = f"a filter is called {name!r}: use letters, digits, - and _"
                raise ValueError(msg)
        return filters

    @field_validator("channels")
    @classmethod
    def _named(cls, channels: dict[str, ChannelSpec]) -> dict[str, ChannelSpec]:
        for name in channels:
            if not NAME.fullmatch(name):
                msg = f"a channel is called {name!r}: use letters, digits, - and _"
                raise ValueError(msg)
        return channels

    @field_validator("validators", "redact", mode="before")
    @classmethod
    def _as_tuple(cls, value: object) -> object:
        return tuple(value) if isinstance(value, list) else value

    @model_validator(mode="after")
    def _remember_file(self, info: ValidationInfo) -> Self:
        self._file = (info.context or {}).get("file")
        return self

    @model_validator(mode="after")
    def _targets_are_there(self) -> Self:
        for name in (self.eval.target, self.eval.judge):
            if name is not None and name not in self.targets:
                msg = f"[eval] names {name!r}, and there is no [targets.{name}]"
                raise ValueError(msg)
        judge = self.targets.get(self.eval.judge or "")
        if judge is not None and judge.kind not in {"openai", "anthropic"}:
            msg = f"[eval] judge must be a model; {self.eval.judge!r} is of kind {judge.kind}"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _one_name_each(self) -> Self:
        names = [spec.name for spec in self.validators]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            msg = f"two validators are called {twice[0]!r}: their verdicts could not be told apart"
            raise ValueError(msg)
        return self
