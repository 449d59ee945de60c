"""The checks of a case: validators, written in the case or named in the config."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from tailllm.config.graders import RubricSpec
from tailllm.config.kinds import ValidatorSpec, spec
from tailllm.config.model import Config
from tailllm.corpus.case import Case, Expect, Observed
from tailllm.errors import ConfigError
from tailllm.evals.answers import shown
from tailllm.evals.prompts import short_hash
from tailllm.records.part import Fields
from tailllm.validators.checks import judge_of
from tailllm.validators.verdict import PASSED, Judge, Verdict, failed

NOT_OBSERVED = "not_observed"
BY_NAME = "validator"
REVISION = 1
"""Goes up when a kind of check changes its meaning: old baselines stop being comparable."""


class UngradableError(ValueError):
    """A check cannot be understood; the text says which and why."""


class Check(NamedTuple):
    """One thing that must hold of an answer."""

    name: str
    """As the report names it: the type, or the name the case gives."""
    spec: ValidatorSpec | None
    judge: Judge | None
    """None where a process (`python`, `pydantic`) or a model (`rubric`) decides."""

    @property
    def rubric(self) -> RubricSpec | None:
        """The rubric, if a model judges."""
        return self.spec if isinstance(self.spec, RubricSpec) else None


_as_json = json.JSONEncoder(sort_keys=True, default=str).encode


class Checks:
    """Makes the checks of cases; equal ones are made once.

    Args:
        folder: The corpus: files and modules that checks name are looked for there.
    """

    def __init__(self, config: Config, folder: Path) -> None:
        self._named = {validator.name: validator for validator in config.validators}
        self._folder = folder
        self._made: dict[str, Check] = {}

    def of(self, case: Case) -> list[Check]:
        """The checks of a case, in its order.

        Raises:
            UngradableError: One of them is unknown, or says something we cannot obey.
        """
        found = [self._one(expect, case) for expect in case.expect]
        if case.run.max_latency_ms is not None:
            limit = Expect(type="max_latency", ms=float(case.run.max_latency_ms))
            found.append(self._one(limit, case))
        if not found:
            msg = "the case has no checks"
            raise UngradableError(msg)
        return found

    def version(self, case: Case) -> str:
        """The short hash of what is checked, with the validators that are named."""
        parts: list[Any] = [REVISION, case.run.max_latency_ms]
        for expect in case.expect:
            named = self._named.get(str(expect.parameters.get("name")))
            by_name = expect.type == BY_NAME and named is not None
            said = named.model_dump(mode="json") if by_name and named else expect.model_dump()
            parts.append(said)
            if expect.type == NOT_OBSERVED and case.observed:
                parts.append(case.observed.content)
        return short_hash(parts)

    def _one(self, expect: Expect, case: Case) -> Check:
        if expect.type == NOT_OBSERVED:
            return Check(NOT_OBSERVED, None, _not_observed(case.observed))
        text = _as_json([expect.type, expect.parameters])
        if text not in self._made:
            self._made[text] = self._make(expect.type, expect.parameters)
        return self._made[text]

    def _make(self, kind: str, parameters: Mapping[str, Any]) -> Check:
        try:
            made = (
                self._by_name(parameters)
                if kind == BY_NAME
                else spec(kind, parameters, folder=self._folder)
            )
            return Check(made.name, made, judge_of(made))
        except (ValueError, ConfigError) as error:
            what = error.what if isinstance(error, ConfigError) else str(error)
            raise UngradableError(what) from None

    def _by_name(self, parameters: Mapping[str, Any]) -> ValidatorSpec:
        name = str(parameters.get("name"))
        if name not in self._named:
            known = ", ".join(self._named) or "none"
            msg = f"there is no validator {name!r} in tailllm.toml; there: {known}"
            raise ValueError(msg)
        return self._named[name]


def _not_observed(observed: Observed | None) -> Judge:
    """The bad answer that production gave must not come back."""
    said = {} if observed is None else observed.model_dump(include={"tool_calls"})
    feared = "" if observed is None else _folded(shown(said | {"output_text": observed.content}))

    def judge(call: Fields) -> Verdict | None:
        if not feared:
            return None
        if _folded(shown(call)) == feared:
            return failed("the answer that was marked has come back")
        return PASSED

    return judge


def _folded(text: str) -> str:
    return " ".join(text.split())
