"""Recording without HTTP: a function that takes what you have."""

import dataclasses
import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tailllm.record import body
from tailllm.record.draft import error_fields, finished, timestamp
from tailllm.record.facts import current, prompt_ref
from tailllm.record.verdicts import Verdicts
from tailllm.record.writer import Journal, journal

CAP_CHARACTERS = 1 << 20
"""Of one body; a longer one is cut, and the record says so."""


class PlainDraft:
    """A call as the caller told it, already in JSON: objects could change meanwhile."""

    def __init__(self, about: str, bodies: Mapping[str, str]) -> None:
        self._about = about
        self._bodies = {name: text[:CAP_CHARACTERS] for name, text in bodies.items()}
        self._cut = {
            name: {"bytes": len(text), "kept": CAP_CHARACTERS}
            for name, text in bodies.items()
            if len(text) > CAP_CHARACTERS
        }
        self.size = 500 + len(about) + sum(map(len, self._bodies.values()))

    def line(self, *, redacted: bool, verdicts: Verdicts | None) -> bytes:
        """The native line, newline included."""
        about = json.loads(self._about) | ({"cut": self._cut} if self._cut else {})
        bodies = {
            name: body.embed(
                text.encode("utf-8", "replace"),
                redacted=redacted,
                as_text=name == "output" or name in self._cut,
            )
            for name, text in self._bodies.items()
        }
        return finished(about, bodies, redacted=redacted, verdicts=verdicts)


def call(
    where: str | Path | Journal,
    *,
    started: float | None = None,
    ms: float | None = None,
    ttft_ms: float | None = None,
    request: Any = None,
    response: Any = None,
    messages: Sequence[Any] | None = None,
    output: str | None = None,
    model: str | None = None,
    usage: Mapping[str, Any] | None = None,
    error: BaseException | Mapping[str, Any] | str | None = None,
    prompt: str | Mapping[str, Any] | None = None,
    **fields: Any,
) -> None:
    """Record one call to a model, by its bodies or by the flat fields of the native line.

    Args:
        where: The file, or a `Journal`.
        started: Seconds since the epoch; without it, `ms` before now.
        request: As sent: a dict, a pydantic or dataclass object, or JSON text.
        response: As received: the same, or an event stream's text, or its chunks.
        error: What went wrong: an exception, its text, or `{type, message, status}`.
        fields: Any other field of the line: `checks`, `finish`, `tool_calls`, `cost`, `user`,
            `tags`, …; they go before those of the context.

    Raises:
        Nothing. What cannot be written is counted as lost.
    """
    try:
        log = journal(where)
    except Exception:  # noqa: BLE001 -- no call may fail because it is recorded
        return
    try:
        about = _around(started, ms, prompt, error) | fields
        about |= {"ms": ms, "ttft_ms": ttft_ms, "model": model}
        bodies = {
            "messages": messages,
            "output": output,
            "usage": usage,
            "request": request,
            "response": response,
        }
        log.put(_draft(about, bodies))
    except Exception as trouble:  # noqa: BLE001 -- no call may fail because it is recorded
        log.lose(f"{type(trouble).__name__} while it was told")


def _around(started: float | None, ms: float | None, prompt: Any, error: Any) -> dict[str, Any]:
    begun = time.time() - (ms or 0) / 1000 if started is None else started
    named = {} if prompt is None else {"prompt": prompt_ref(prompt)}
    told = error_fields(error) if isinstance(error, BaseException) else error
    return {"tailllm": 1, "ts": timestamp(begun), "error": told, **current(), **named}


def _draft(about: Mapping[str, Any], bodies: Mapping[str, Any]) -> PlainDraft:
    return PlainDraft(
        _dumped({name: value for name, value in about.items() if value is not None}),
        {name: _text(value) for name, value in bodies.items() if value is not None},
    )


def _text(value: Any) -> str:
    """The JSON of a body; a string is a body's own text."""
    return value if isinstance(value, str) else _dumped(value)


def _dumped(value: Any) -> str:
    return json.dumps(value, default=_plain, ensure_ascii=False, allow_nan=False)


def _plain(value: Any) -> Any:
    """What JSON can hold of an object."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset | tuple):
        return list(value)
    dump = getattr(value, "model_dump", None)
    if callable(dump):
        return dump(mode="json")
    return str(value)
