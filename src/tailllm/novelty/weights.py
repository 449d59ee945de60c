"""What a feature counts: rare ones much, and pieces of words half as much as words."""

import math
from collections import Counter
from collections.abc import Iterable

from tailllm.novelty.features import features

_PIECE_WEIGHT = 0.5


def square(feature: str, frequency: int, of: int) -> float:
    """The square of a feature's weight, TF-IDF, where so many of so many texts hold it."""
    weight = 1.0 + math.log((of + 1) / (frequency + 1))
    scaled = weight * _PIECE_WEIGHT if feature.startswith("#") else weight
    return scaled * scaled


class Likeness:
    """Cosines between messages, weighted by what is rare in a sample of them."""

    def __init__(self, sample: Iterable[str]) -> None:
        self._frequency: Counter[str] = Counter()
        self._of = 0
        for text in sample:
            self._frequency.update(everything(text))
            self._of += 1
        self._square = _Squares(self._frequency, self._of)

    def between(self, one: frozenset[str], other: frozenset[str]) -> float:
        """From 0, nothing in common, to 1, the same words; of nothing at all it is 0."""
        return self._sum(one & other) / (self._length(one) * self._length(other) or 1.0)

    def _length(self, held: frozenset[str]) -> float:
        return math.sqrt(self._sum(held))

    def _sum(self, held: Iterable[str]) -> float:
        return math.fsum(map(self._square.__getitem__, held))


class _Squares(dict[str, float]):
    """Worked out once for each feature somebody asks for."""

    def __init__(self, frequency: Counter[str], of: int) -> None:
        super().__init__()
        self._frequency, self._of = frequency, of

    def __missing__(self, feature: str) -> float:
        found = self[feature] = square(feature, self._frequency[feature], self._of)
        return found


def everything(text: str) -> frozenset[str]:
    """The words of a message and their pieces."""
    found = features(text)
    return found.words | found.pieces
