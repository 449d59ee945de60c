"""This period of a log against the one before it: inputs, answers and provider apart."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tailllm.drift.answers import answers, provider
from tailllm.drift.inputs import Inputs, Step, inputs
from tailllm.novelty.scores import Index
from tailllm.records.row import Row
from tailllm.store.changes import Difference
from tailllm.store.span import Span
from tailllm.store.store import Store
from tailllm.store.where.nodes import Condition


class Periods(NamedTuple):
    """The period asked about, and the one before it."""

    start: float
    """When the period asked about begins, in seconds since the epoch; it has no end."""
    reference_s: float
    """The length of the one before it."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What differs."""

    inputs: Inputs
    answers: list[Difference]
    provider: list[Difference]
    after: list[Row]
    """The messages of the period asked about: findings name examples by their places."""

    @property
    def anything(self) -> bool:
        """Whether anything does."""
        return bool(self.inputs.findings or self.answers or self.provider)


def compare(
    rows: Sequence[Row],
    store: Store,
    periods: Periods,
    *,
    within: Callable[[Span], Condition],
    corpus: Index,
    step: Step | None = None,
) -> Moved:
    """Compare the two.

    Args:
        rows: The calls asked about, of both periods and perhaps more.
        store: Has them in its ledger.
        periods: Which.
        within: What chooses the calls of a stretch of time in the ledger.
        corpus: Its cases, by their wording.
        step: Is told how many messages of how many have been looked at.
    """
    start, reference_s = periods
    told = [row for row in rows if row.preview]
    after = [row for row in told if row.at >= start]
    before = [row for row in told if start - reference_s <= row.at < start]
    moved = inputs(
        [row.preview for row in before], [row.preview for row in after], corpus, step=step
    )
    spans = Span(start - reference_s, start - 1e-6), Span(start, None)
    found = store.changed(*map(within, spans))
    return Moved(moved, answers(found), provider(found), after)
