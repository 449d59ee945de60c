"""Runs the validators of the config over calls."""

from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase
from typing import Any

from tailllm.config.specs import Globs, PythonSpec, ValidatorSpec, When
from tailllm.records.part import Fields
from tailllm.validators.answer import has_answer
from tailllm.validators.child import Child
from tailllm.validators.limits import finish_reason, max_time, max_tokens
from tailllm.validators.shapes import fits_schema, is_json
from tailllm.validators.texts import length, not_empty, pattern, refusal
from tailllm.validators.tools import tool_arguments
from tailllm.validators.verdict import Judge, Verdict, errored

Canonical = Callable[[], dict[str, Any]]


class Checks:
    """The validators of a config, ready to run; one thread at a time.

    Raises:
        ConfigError: A pattern, a schema or a schema file cannot be used.
    """

    def __init__(self, specs: Sequence[ValidatorSpec]) -> None:
        self._children: dict[str, Child] = {}
        self._judges: list[tuple[ValidatorSpec, Judge | None]] = [
            (spec, self._judge(spec)) for spec in specs
        ]

    def run(self, fields: Fields, canonical: Canonical) -> list[dict[str, Any]]:
        """The verdicts on one call, in the order of the config.

        Args:
            fields: What is known of the call, after folding.
            canonical: Gives the call as `tailllm calls` prints it; called at most once, and
                only when a Python validator wants to see it.

        Returns:
            Evaluations as in `Call.evaluations`. A validator that does not apply, or whose
            fields the log does not give, says nothing (see `answer.py` for the rule).
            `passed` None with label `errored` is a validator that could not decide.
        """
        verdicts: list[dict[str, Any]] = []
        seen: dict[str, Any] | None = None
        for spec, judge in self._judges:
            if not _applies(spec.when, fields):
                continue
            verdict: Verdict | None
            try:
                if judge is None and has_answer(fields):
                    seen = canonical() if seen is None else seen
                    verdict = _said(self._children[spec.name].ask(seen))
                else:
                    verdict = judge(fields) if judge else None
            except Exception as error:  # noqa: BLE001 -- a validator that raises is errored
                verdict = errored(f"{type(error).__name__}: {error}")
            if verdict is not None:
                verdicts.append(verdict.evaluation(spec.name))
        return verdicts

    def close(self) -> None:
        """End the processes of Python validators."""
        for child in self._children.values():
            child.close()

    def _judge(self, spec: ValidatorSpec) -> Judge | None:
        """The judge of one spec; None for the kind that runs in a process of its own."""
        if isinstance(spec, PythonSpec):
            self._children[spec.name] = Child(
                spec.call, folder=spec.folder, timeout_s=spec.timeout_ms / 1000
            )
            return None
        return BUILDERS[spec.kind](spec)


BUILDERS: dict[str, Callable[[Any], Judge]] = {
    "json": is_json,
    "json_schema": fits_schema,
    "must_match": lambda spec: pattern(spec, wanted=True),
    "must_not_match": lambda spec: pattern(spec, wanted=False),
    "length": length,
    "not_empty": not_empty,
    "refusal": refusal,
    "finish_reason": finish_reason,
    "tool_arguments": tool_arguments,
    "max_latency": lambda spec: max_time(spec, "latency_ms"),
    "max_ttft": lambda spec: max_time(spec, "ttft_ms"),
    "max_tokens": max_tokens,
}


def _applies(when: When | None, call: Fields) -> bool:
    if when is None:
        return True
    name, version = call.get("prompt_name"), call.get("prompt_version")
    prompts = (name, name and version and f"{name}@{version}")
    models = (call.get("response_model"), call.get("request_model"))
    return _among(when.prompt, prompts) and _among(when.model, models)


def _among(globs: Globs | None, values: Sequence[str | None]) -> bool:
    if globs is None:
        return True
    return any(fnmatchcase(value, glob) for value in values if value for glob in globs)


def _said(answer: dict[str, Any]) -> Verdict:
    passed = answer.get("passed")
    why = answer.get("why")
    if passed is not True and not why:
        why = "the function gave no reason"
    return Verdict(passed, why, answer.get("label"), answer.get("score"))
