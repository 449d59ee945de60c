"""Turns what pydantic found wrong into one sentence: file, key, what, and what to do."""

from collections.abc import Container, Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from tailllm.config.channels import CHANNELS, SyncSettings, Words
from tailllm.config.dialects import DialectSpec
from tailllm.config.kinds import KINDS
from tailllm.config.model import Config, Display, Thresholds
from tailllm.config.specs import When
from tailllm.config.targets import TARGETS, EvalSettings
from tailllm.errors import ConfigError

Steps = tuple[int | str, ...]
TAGS: dict[str, dict[str, type[Any]]] = {
    "validators": dict(KINDS),
    "targets": dict(TARGETS),
    "channels": dict(CHANNELS),
}
"""Tables that come in kinds, which pydantic puts into its key paths."""


def explain(file: Path, document: dict[str, Any], error: ValidationError) -> ConfigError:
    """The first thing wrong, and how many more there are."""
    found = error.errors(include_url=False)
    first = found[0]
    steps = _steps(first)
    what, fix = _sentences(first, steps, document)
    more = f" ({len(found) - 1} more)" if len(found) > 1 else ""
    where = spell(steps)
    return ConfigError(f"{file}: {where + ': ' if where else ''}{what}{more}", fix=fix)


def spell(steps: Steps) -> str:
    """A key path as a person writes it: `validators[2].pattern`, counted from 1."""
    text = ""
    for step in steps:
        text += f"[{step + 1}]" if isinstance(step, int) else f".{step}"
    return text.removeprefix(".")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A fix for an unknown word: the nearest known one, and all of them."""
    words = sorted(known)
    near = get_close_matches(word.lower(), words, n=1, cutoff=0.5)
    hint = f'Did you mean "{near[0]}"? ' if near else ""
    return f"{hint}Known: {', '.join(words)}."


def _steps(found: ErrorDetails) -> Steps:
    """The key path without the union tag that pydantic puts after the index."""
    loc = found["loc"]
    tags: Container[str | int] = TAGS.get(str(loc[0]) if loc else "", ())
    return (*loc[:2], *loc[3:]) if len(loc) > 2 and loc[2] in tags else loc


def _sentences(found: ErrorDetails, steps: Steps, document: dict[str, Any]) -> tuple[str, str]:
    kind = found["type"]
    if kind == "extra_forbidden":
        return "unknown key", did_you_mean(str(steps[-1]), _known(steps[:-1], document))
    if kind == "union_tag_not_found":
        return "kind is missing", f"Add kind = one of: {', '.join(TAGS[str(steps[0])])}."
    if kind == "union_tag_invalid":
        given = str(found["ctx"]["tag"])
        return f"unknown kind {given!r}", did_you_mean(given, TAGS[str(steps[0])])
    if kind == "missing":
        return "is missing", f"Add {steps[-1]} = … to this table."
    message = found["msg"].removeprefix("Value error, ")
    value = "" if kind == "value_error" else f", not {_short(found['input'])}"
    message = message[:1].lower() + message[1:]
    return message + value, "Correct it; docs/configuration.md explains every key."


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"


def _known(table: Steps, document: dict[str, Any]) -> list[str]:
    tables: dict[str, type[BaseModel]] = {
        "thresholds": Thresholds,
        "display": Display,
        "eval": EvalSettings,
        "sync": Words if table[-1:] == ("words",) else SyncSettings,
    }
    model = tables.get(str(table[0]) if table else "", Config)
    if len(table) > 1 and table[0] == "dialects":
        model = DialectSpec
    if len(table) > 1 and table[0] in TAGS:
        given = document[str(table[0])][table[1]]
        model = When if table[-1] == "when" else TAGS[str(table[0])][given["kind"]]
    return [field.alias or name for name, field in model.model_fields.items()]
