"""An answer meets the checks of its case: passed, failed or not evaluated.

Not evaluated is never zero and never a pass: it is said, counted, and ends the run with
exit code 3.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from tailllm.config.specs import PythonSpec
from tailllm.evals.checks import Check
from tailllm.records.part import Fields
from tailllm.validators.children import Children
from tailllm.validators.verdict import PASSED, Verdict, errored, failed

TEXTUAL = frozenset(
    {"json", "json_schema", "pydantic", "jmespath", "equals", "contains", "starts_with", "regex"}
    | {"must_match", "similarity", "language", "length"}
)
"""Kinds that want text. A case that asks for text and gets only tool calls has failed."""
TEXTLESS = frozenset(
    {"not_equals", "not_contains", "not_starts_with", "not_regex", "must_not_match"}
    | {"not_similarity"}
)
"""Kinds that forbid text. Where there is none, nothing forbidden is said."""


class Outcome(NamedTuple):
    """What one check says about one answer."""

    check: str
    passed: bool | None
    why: str | None = None
    """Expected and got, in words; for every outcome but a pass."""
    score: float | None = None


class Graded(NamedTuple):
    """What all checks say."""

    passed: bool | None
    outcomes: tuple[Outcome, ...] = ()
    why: str | None = None
    """Why nothing could be evaluated."""


def grade(
    checks: Sequence[Check],
    fields: Fields,
    *,
    children: Children,
    judged: Mapping[str, Verdict],
) -> Graded:
    """Hold an answer against checks.

    Args:
        judged: What the judge said, by the text of the rubric.

    Returns:
        Failed when any check failed; passed only when every check passed.
    """
    outcomes = tuple(_outcome(check, fields, children, judged) for check in checks)
    said = {outcome.passed for outcome in outcomes}
    passed = False if False in said else None if None in said else True
    why = None
    if passed is None:
        open_ones = [outcome for outcome in outcomes if outcome.passed is None]
        why = f"{open_ones[0].check}: {open_ones[0].why}"
    return Graded(passed, outcomes, why)


def _outcome(
    check: Check, fields: Fields, children: Children, judged: Mapping[str, Verdict]
) -> Outcome:
    try:
        verdict = _verdict(check, fields, children, judged)
    except Exception as error:  # noqa: BLE001 -- a validator that raises has not evaluated
        verdict = errored(f"{type(error).__name__}: {error}")
    if verdict is None:
        verdict = errored("the answer does not give what this check looks at")
    why = None if verdict.passed else verdict.why
    return Outcome(check.name, verdict.passed, why, verdict.score)


def _verdict(
    check: Check, fields: Fields, children: Children, judged: Mapping[str, Verdict]
) -> Verdict | None:
    if check.rubric is not None:
        return judged.get(check.rubric.text)
    kind = check.spec.kind if check.spec else ""
    if not fields.get("output_text") and fields.get("tool_calls"):
        if kind in TEXTUAL:
            return failed("the answer has no text, it only calls tools")
        if kind in TEXTLESS:
            return PASSED
    if isinstance(check.spec, PythonSpec):
        return children.ask(check.spec, canonical(fields))
    return check.judge(fields) if check.judge else None


def canonical(fields: Fields) -> dict[str, Any]:
    """The call as `tailllm calls` prints it: what functions of the team get."""
    from tailllm.dialects.assembly import Folded
    from tailllm.dialects.canonical import call

    folded = Folded(0, fields, ("eval",), "eval", (), new=True, absorbed=())
    return call(folded, path=str).model_dump(mode="json")
