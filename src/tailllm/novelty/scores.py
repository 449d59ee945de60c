"""How new a message is, from how alike it is to the nearest cases; the same for every way."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from tailllm.errors import UsageError

TOP = 3
"""Cases that count: one odd case makes little familiar."""


class Score(NamedTuple):
    """How new a message is, and what it is most like."""

    novelty: float
    """0: a case says just this. 1: no case is like it in anything."""
    nearest: str | None
    likeness: float
    """Cosine with the nearest, 0 to 1."""


class Index(Protocol):
    """The cases of a corpus, ready to be compared with."""

    by: str
    """What is compared; stands wherever a number is shown."""
    near: float
    """From this likeness on a case is near; a message with none is one the corpus is blind for."""

    def __len__(self) -> int: ...

    def add(self, name: str, text: str) -> None:
        """Hold a case."""

    def score(self, text: str) -> Score:
        """How unlike all cases a message is."""

    def likest(self, text: str) -> list[tuple[str, float]]:
        """The few cases a message is most like and their cosines, the likest first."""


def scored(best: Sequence[tuple[str, float]]) -> Score:
    """A score from the likest cases; wholly new where there is none."""
    if not best:
        return Score(1.0, None, 0.0)
    nearest, likeness = best[0][0], min(1.0, max(0.0, best[0][1]))
    mean = sum(max(0.0, one) for _, one in best[:TOP]) / TOP
    # One case that says just this is enough; the farther it is, the more the others count.
    close = likeness * likeness
    novelty = 1.0 - close * likeness - (1.0 - close) * mean
    return Score(max(0.0, novelty), nearest, likeness)


def empty_index(*, semantic: bool = False) -> Index:
    """An index without cases.

    Args:
        semantic: Compare by meaning; loads a model of 32 MB that lies in its package.

    Raises:
        UsageError: The package is not installed.
    """
    if not semantic:
        from tailllm.novelty.index import NoveltyIndex

        return NoveltyIndex()
    try:
        from tailllm.novelty.semantic import SemanticIndex
    except ImportError:
        raise UsageError(
            "comparing by meaning needs a package that is not installed",
            fix="Run `pip install 'tailllm[semantic]'`, or leave --semantic out.",
        ) from None
    return SemanticIndex()
