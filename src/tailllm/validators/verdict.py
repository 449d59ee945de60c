"""What a validator says about one call."""

from collections.abc import Callable
from typing import Any, NamedTuple

from tailllm.records.part import Fields

MAX_REASON = 300
"""Characters of a reason that are kept: an answer quoted in full helps nobody."""


class Verdict(NamedTuple):
    """Passed, failed with a reason, or could not decide (passed None) with a reason."""

    passed: bool | None
    why: str | None = None
    label: str | None = None
    score: float | None = None

    def evaluation(self, name: str) -> dict[str, Any]:
        """The verdict as one entry of `Call.evaluations`."""
        return {
            "name": name,
            "passed": self.passed,
            "label": "errored" if self.passed is None else _short(self.label),
            "score": self.score,
            "explanation": _short(self.why),
            "by": "tailllm",
        }


def _short(text: str | None) -> str | None:
    """Lone surrogates are spelled out: neither a record nor a file can hold one."""
    if text is None:
        return None
    text = text.encode("utf-8", "backslashreplace").decode("utf-8")
    return text if len(text) <= MAX_REASON else text[: MAX_REASON - 1] + "…"


PASSED = Verdict(True)


def failed(why: str) -> Verdict:
    """A verdict against the call; nobody may fail without a reason."""
    return Verdict(False, why)


def errored(why: str) -> Verdict:
    """The validator could not decide: never a pass."""
    return Verdict(None, why)


Judge = Callable[[Fields], Verdict | None]
"""None: the log does not give what this validator looks at, so there is no verdict."""
