"""What became of a case: the rule that tells a break from bad luck.

A case that answers well 19 times of 20 is no broken case when it fails once. So a change is
called `broke` or `mended` only against a stable baseline, and only when most of the
repetitions say the same. With 200 such cases and nothing changed, one run in fourteen names
one wrongly; comparing two single runs names ten in every run.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple


class Verdict(StrEnum):
    """What became of a case, worst first: the order of every report."""

    BROKE = "broke"
    NOT_EVALUATED = "not evaluated"
    MENDED = "mended"
    FLAKY = "flaky"
    NEW = "new"
    STILL_FAILING = "still failing"
    PASSED = "passed"


class Tally(NamedTuple):
    """Passes among the samples that could be graded."""

    k: int
    n: int

    @property
    def passes(self) -> bool:
        """Every sample passed."""
        return self.n > 0 and self.k == self.n

    @property
    def fails(self) -> bool:
        """Every sample failed."""
        return self.n > 0 and self.k == 0

    @property
    def word(self) -> str:
        """pass | fail | flaky."""
        return "pass" if self.passes else "fail" if self.fails else "flaky"


Grades = Sequence[bool | None]
"""One for each sample: passed, failed, or None for not evaluated."""


class Decision(NamedTuple):
    """The verdict, and how often the case passed."""

    verdict: Verdict
    tally: Tally
    why: str | None = None
    """Words for a verdict that needs some."""


def tally(grades: Grades) -> Tally:
    """What was graded; the rest does not count."""
    graded = [grade for grade in grades if grade is not None]
    return Tally(sum(graded), len(graded))


def is_flip(base: Tally | None, first: Grades) -> bool:
    """Whether the samples say something else than the baseline, so that they are repeated.

    A new case that fails is repeated too: its first baseline should know whether it always does.
    """
    if None in first or not first:
        return False
    now = tally(first)
    if base is None:
        return not now.passes
    return (base.passes and not now.passes) or (base.fails and not now.fails)


def decide(base: Tally | None, first: Grades, more: Grades | None) -> Decision:
    """The verdict on a case.

    Args:
        base: Of the baseline; None for a case that has none.
        first: The samples that are always taken.
        more: The repetitions, when `is_flip`. None: nobody could repeat, as in a replay of
            answers that were recorded once; then the first samples alone decide.
    """
    if not first or None in first:
        return Decision(Verdict.NOT_EVALUATED, tally(first))
    if base is not None and not is_flip(base, first):
        return Decision(_same(base), tally(first))
    if more and None in more:
        why = "it changed, and could not be asked again to confirm it"
        return Decision(Verdict.NOT_EVALUATED, tally([*first, *more]), why)
    everything = tally([*first, *(more or ())])
    if base is None:
        return Decision(Verdict.NEW, everything)
    return _changed(base, tally(first), more, everything)


def _same(base: Tally) -> Verdict:
    if base.passes:
        return Verdict.PASSED
    return Verdict.STILL_FAILING if base.fails else Verdict.FLAKY


def _changed(base: Tally, first: Tally, more: Grades | None, everything: Tally) -> Decision:
    """Confirmed when most first samples and most repetitions say so; else it is flaky."""
    now_passes = base.fails
    verdict = Verdict.MENDED if now_passes else Verdict.BROKE
    if more is None:
        confirmed = _most(first, now_passes)
        return Decision(
            verdict if confirmed else Verdict.FLAKY, everything, "not repeated: --live does"
        )
    again = tally(more)
    confirmed = _most(first, now_passes) and _most(again, now_passes)
    return Decision(verdict if confirmed else Verdict.FLAKY, everything)


def _most(counted: Tally, passes: bool) -> bool:
    agreeing = counted.k if passes else counted.n - counted.k
    return 2 * agreeing > counted.n
