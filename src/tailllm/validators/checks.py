"""Runs the validators of the config over calls."""

from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase
from typing import Any

from tailllm.config.kinds import ValidatorSpec
from tailllm.config.specs import Globs, PythonSpec, When
from tailllm.records.part import Fields
from tailllm.validators.answer import has_answer
from tailllm.validators.called import not_tool_call, tool_call
from tailllm.validators.children import Children
from tailllm.validators.finding import finds
from tailllm.validators.language import language
from tailllm.validators.limits import finish_reason, max_time, max_tokens
from tailllm.validators.literal import contains, equals, not_contains, starts_with
from tailllm.validators.shapes import fits_schema, is_json
from tailllm.validators.similar import not_similarity, similarity
from tailllm.validators.texts import length, not_empty, pattern, refusal
from tailllm.validators.tools import tool_arguments
from tailllm.validators.verdict import Judge, Verdict, errored

Canonical = Callable[[], dict[str, Any]]


class Checks:
    """The validators of a config, ready to run; one thread at a time.

    Raises:
        ConfigError: A pattern, a schema or a schema file cannot be used.
    """

    def __init__(self, specs: Sequence[ValidatorSpec], children: Children | None = None) -> None:
        self._children = Children() if children is None else children
        self._judges = [(spec, judge_of(spec)) for spec in specs]

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
                if isinstance(spec, PythonSpec) and has_answer(fields):
                    seen = canonical() if seen is None else seen
                    verdict = self._children.ask(spec, seen)
                else:
                    verdict = judge(fields) if judge else None
            except Exception as error:  # noqa: BLE001 -- a validator that raises is errored
                verdict = errored(f"{type(error).__name__}: {error}")
            if verdict is not None:
                verdicts.append(verdict.evaluation(spec.name))
        return verdicts

    def close(self) -> None:
        """End the processes of Python validators."""
        self._children.close()


def judge_of(spec: ValidatorSpec) -> Judge | None:
    """The judge of one spec; None for the kinds that need a process or a model to judge.

    Raises:
        ConfigError: A pattern, a schema or a schema file cannot be used.
    """
    build = BUILDERS.get(spec.kind)
    return None if build is None else build(spec)


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
    "equals": lambda spec: equals(spec, wanted=True),
    "not_equals": lambda spec: equals(spec, wanted=False),
    "contains": contains,
    "not_contains": not_contains,
    "starts_with": lambda spec: starts_with(spec, wanted=True),
    "not_starts_with": lambda spec: starts_with(spec, wanted=False),
    "regex": lambda spec: pattern(spec, wanted=True),
    "not_regex": lambda spec: pattern(spec, wanted=False),
    "similarity": similarity,
    "not_similarity": not_similarity,
    "jmespath": finds,
    "language": language,
    "tool_call": tool_call,
    "not_tool_call": not_tool_call,
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
