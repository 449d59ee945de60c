"""One case of the corpus: what to ask, what must hold of the answer, and where it came from.

A case is one TOML file in `cases/`; the whole table is in docs/corpus.md.
"""

import hashlib
import json
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

TAG = b"tailllm case 1\n"
"""Hashed in front, so that this hash never equals a hash of the same bytes with another meaning."""
ID = r"^[a-z0-9][a-z0-9_-]{0,99}$"
"""Ids become file names: nothing from a log may lead out of the folder."""

Status = Literal["active", "quarantined", "draft", "retired"]
Severity = Literal["low", "medium", "high"]


class Piece(BaseModel):
    """A table of a case file: fixed once read, closed to unknown keys."""

    # What checks a piece alone is made when somebody does that; a case checks all of them.
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class ToolUse(Piece):
    """A function the model asked for."""

    id: str | None = None
    name: str
    arguments: str = "{}"
    """JSON text, exactly as it was on the wire."""


class CaseMessage(Piece):
    """One turn as the target gets it."""

    role: str
    """system | user | assistant | tool"""
    content: str = ""
    name: str | None = None
    tool_call_id: str | None = None
    """Of a tool's answer: the call it answers."""
    tool_calls: tuple[ToolUse, ...] = ()


class Tool(Piece):
    """A function offered to the model."""

    name: str
    description: str | None = None
    parameters: dict[str, Any] | str = Field(default_factory=dict)
    """JSON Schema of the arguments: a table, or JSON text where it holds `null`."""

    @property
    def json_schema(self) -> dict[str, Any]:
        """The parameters as a table."""
        if isinstance(self.parameters, str):
            found: dict[str, Any] = json.loads(self.parameters)
            return found
        return self.parameters


class Provenance(Piece):
    """Where the case comes from. Never part of the id."""

    kind: str
    """mark | slack | github | file | rotation | synthetic"""
    call: str | None = None
    """Key of the logged call."""
    log: str | None = None
    """Path of its log when it was kept."""
    seen_at: datetime | None = None
    reported_by: str | None = None
    permalink: str | None = None
    """Where the reporter waits for an answer."""
    marked_by: str | None = None
    accepted_by: str | None = None
    item: str | None = None
    """Id of the mark or report it was accepted from."""
    redacted: tuple[str, ...] = ()
    """Rules that found secrets; tags stand in their place."""
    why: str | None = None
    """What was weird, in the reporter's words."""


class Observed(Piece):
    """What production answered: for the diff, not an expectation."""

    model: str | None = None
    prompt_name: str | None = None
    prompt_version: str | None = None
    finish_reason: str | None = None
    latency_ms: float | None = None
    failed: tuple[str, ...] = ()
    """Validators that failed on it."""
    content: str = ""
    tool_calls: tuple[ToolUse, ...] = ()
    system: str | None = None
    """The system text production sent; for targets that repeat the request as logged."""


class Expect(BaseModel):
    """One check of the answer: its type, and what that type needs beside it.

    Two types are written by triage alone: `validator` (`name`: the validator of
    `tailllm.toml` with this name must pass) and `not_observed` (the answer, blanks folded,
    is not what `[observed]` holds).
    """

    model_config = ConfigDict(frozen=True, extra="allow", defer_build=True)

    type: str

    @property
    def parameters(self) -> dict[str, Any]:
        """Everything but the type."""
        return dict(self.model_extra or {})


class Run(Piece):
    """How to run this one."""

    samples: Annotated[int, Field(ge=1, le=100)] = 1
    max_latency_ms: Annotated[float, Field(gt=0)] | None = None
    parameters: dict[str, Any] = Field(default_factory=dict)
    """Sampling parameters as logged (`temperature`, `max_tokens`, …)."""


class Case(Piece):
    """One row of the corpus."""

    schema_: Literal[1] = Field(default=1, alias="schema")
    id: str = Field(pattern=ID)
    """A slug of the title and the first six hex digits of the content id."""
    title: str = ""
    target: str
    """Which prompt or function of the product answers, by its name in `tailllm.toml`."""
    tags: tuple[str, ...] = ()
    status: Status = "active"
    severity: Severity = "medium"
    source: Provenance | None = None
    messages: Annotated[tuple[CaseMessage, ...], Field(min_length=1)]
    tools: tuple[Tool, ...] = ()
    context: dict[str, Any] = Field(default_factory=dict)
    """Variables the prompt is filled with."""
    expect: tuple[Expect, ...] = ()
    run: Run = Run()
    observed: Observed | None = None

    model_config = ConfigDict(
        frozen=True, extra="forbid", validate_by_name=True, validate_by_alias=True
    )

    @property
    def has_provenance(self) -> bool:
        """Whether it comes from something a person saw, and is not made up."""
        return self.source is not None and self.source.kind != "synthetic"

    @property
    def content_id(self) -> str:
        """64 hex digits of what the model is asked; provenance and checks never change it."""
        return content_id(self.messages, self.tools, self.context)


_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), default=str).encode


def content_id(
    messages: tuple[CaseMessage, ...],
    tools: tuple[Tool, ...] = (),
    context: dict[str, Any] | None = None,
) -> str:
    """The hash by which two people find out that they kept the same case.

    Fields at their default do not count, so a later version that knows more fields
    gives old cases the same id.
    """
    asked = {
        "messages": [_set(message) for message in messages],
        "tools": [_set(tool) | {"parameters": tool.json_schema} for tool in tools],
        "context": context or {},
    }
    return hashlib.sha256(TAG + _canonical(asked).encode("ascii")).hexdigest()


def _set(piece: Piece) -> dict[str, Any]:
    return piece.model_dump(exclude_defaults=True)
