"""How new the calls in memory are to the corpus: known for those that were scored, absent else."""

from collections import deque
from collections.abc import Sequence

from tailllm.novelty.scores import Score
from tailllm.records.row import Row

LATEST = 4_096
"""Calls scored last that are known by number: more than are scored between two frames."""


class Novelties:
    """Scores by the key of the call. One thread writes, any thread asks.

    Args:
        most: Scores kept; the oldest give way.
    """

    by = "words and pieces of words"
    """What the scores were made with; stands wherever one is shown."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._scores: dict[str, Score] = {}
        self.cases = 0
        """Cases the calls are compared with; without any there is nothing to show."""
        self.scored = 0
        """How often a call was scored."""
        self._latest: deque[int] = deque(maxlen=LATEST)
        self.wanted = False
        """Whether somebody waits for all scores."""

    def __len__(self) -> int:
        return len(self._scores)

    def of(self, row: Row) -> Score | None:
        """How new a call is, and to which case it is nearest; None until it was scored."""
        return self._scores.get(row.key)

    def novelty(self, row: Row) -> float | None:
        """0 to 1; None until the call was scored."""
        found = self._scores.get(row.key)
        return None if found is None else found.novelty

    def put(self, scored: Sequence[tuple[int, Row, Score]]) -> None:
        """Remember scores of calls under these numbers."""
        self._scores.update((row.key, score) for _, row, score in scored)
        self._latest.extend(seq for seq, _, _ in scored)
        self.scored += len(scored)
        while len(self._scores) > self._most:
            del self._scores[next(iter(self._scores))]

    def since(self, count: int) -> list[int] | None:
        """The calls scored after the first `count`; None when they are too many to name."""
        missed = self.scored - count
        latest = list(self._latest)
        return None if missed > len(latest) else latest[len(latest) - missed :]

    def forget(self, cases: int) -> None:
        """The corpus is another one now, of so many cases: no score holds any more."""
        self.cases = cases
        self._scores.clear()

    def told(self, held: int) -> str:
        """How many of the calls held are scored: `812 of 5,000 scored`."""
        return f"{min(len(self), held):,} of {held:,} scored"

    def as_json(self, row: Row) -> dict[str, object]:
        """What a line of JSON says; null where the call was not scored."""
        found = self.of(row)
        return {
            "novelty": None if found is None else round(found.novelty, 4),
            "nearest_case": None if found is None else found.nearest,
            "novelty_by": self.by,
        }
