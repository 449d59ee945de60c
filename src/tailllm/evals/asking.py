"""What goes to a target for a case, and the name under which its answers are recorded."""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from tailllm.config.targets import HttpTarget, ModelTarget, PythonTarget, TargetSpec
from tailllm.corpus.case import Case, CaseMessage
from tailllm.evals import wires
from tailllm.evals.prompts import MissingError, Source, fill

TAG = b"tailllm answer 1\n"
"""Hashed in front, so that this hash never equals a hash of the same bytes with another meaning."""
_WHOLE = re.compile(r"\{\{\s*(messages|tools|context)\s*\}\}")


class UnaskableError(ValueError):
    """The case cannot be put to its target; the text says why."""


class Request(NamedTuple):
    """One question to one target."""

    target: str
    kind: str
    body: dict[str, Any]
    """What is sent: a provider's body, or the dict that functions and programs get."""
    system: str | None
    """The text the model sees first."""
    prompt: str
    """Short hash of the prompt version."""
    text: bytes
    """The body as JSON: what is sent, byte for byte."""

    def key(self, sample: int) -> str:
        """The name of the answer: equal requests have equal names, on every host."""
        head = f"{self.kind}\n{sample}\n{self.prompt if self.kind in _CODE else ''}\n"
        return hashlib.sha256(TAG + head.encode() + self.text).hexdigest()[:32]


_CODE = frozenset({"python", "command", "http"})
"""Kinds that put the prompt together themselves: a change of their files is another question."""


_as_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str).encode


def ask(name: str, target: TargetSpec, source: Source, case: Case) -> Request:
    """The request of a case.

    Raises:
        UnaskableError: The prompt lacks a variable, or nobody names the model.
    """
    system, messages = _system(source, case)
    body = _body(target, system, messages, case)
    text = _as_json(body)
    version = source.version(system)
    sent = text.encode("utf-8", "backslashreplace")
    return Request(name, target.kind, body, system, version, sent)


def _system(source: Source, case: Case) -> tuple[str | None, list[CaseMessage]]:
    """The system text and the other messages; a template takes the place of what was logged."""
    logged = [message.content for message in case.messages if message.role in wires.SYSTEM]
    rest = [message for message in case.messages if message.role not in wires.SYSTEM]
    if source.template is not None:
        try:
            return fill(source.template, case.context), rest
        except MissingError as error:
            raise UnaskableError(str(error)) from None
    if logged:
        return "\n\n".join(logged), rest
    return (case.observed.system if case.observed else None), rest


def _body(
    target: TargetSpec, system: str | None, messages: list[CaseMessage], case: Case
) -> dict[str, Any]:
    if isinstance(target, ModelTarget):
        wire = wires.openai if target.kind == "openai" else wires.anthropic
        parameters = {**case.run.parameters, **target.parameters}
        return {"model": _model(target, case)} | wire(system, messages, case.tools, parameters)
    plain = _plain(system, messages, case)
    return _filled(target.body, plain) if isinstance(target, HttpTarget) else plain


def _model(target: ModelTarget, case: Case) -> str:
    model = target.model or (case.observed.model if case.observed else None)
    if model is None:
        msg = "neither the target nor the log names a model"
        raise UnaskableError(msg)
    return model


def _plain(system: str | None, messages: list[CaseMessage], case: Case) -> dict[str, Any]:
    said = [message.content for message in messages if message.role == "user"]
    return {
        "messages": wires.turns(messages),
        "tools": [tool.model_dump(exclude_none=True) for tool in case.tools],
        "context": case.context,
        "prompt": system,
        "parameters": case.run.parameters,
        "input": said[-1] if said else "",
    }


def _filled(template: Any, plain: Mapping[str, Any]) -> Any:
    """The template with its places filled; tables and lists are walked."""
    if isinstance(template, dict):
        return {name: _filled(value, plain) for name, value in template.items()}
    if isinstance(template, list | tuple):
        return [_filled(value, plain) for value in template]
    if not isinstance(template, str):
        return template
    whole = _WHOLE.fullmatch(template.strip())
    if whole:
        return plain[whole[1]]
    given = plain["context"] | {"input": plain["input"], "prompt": plain["prompt"] or ""}
    try:
        return fill(template, given)
    except MissingError as error:
        raise UnaskableError(str(error)) from None


def is_code(target: TargetSpec) -> bool:
    """Whether asking runs something on this machine."""
    return isinstance(target, PythonTarget) or target.kind == "command"
