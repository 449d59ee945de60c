"""The nearest cases of a message: TF-IDF over words and pieces, in plain Python.

Measured against labelled requests (`python -m bench.novelty DATA`), this separates requests
of an unknown kind as well as a full comparison does. It looks closely only at cases that
share the rarest words, so a message costs about the same whatever the size of the corpus.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable
from heapq import nlargest
from itertools import islice
from operator import mul
from typing import NamedTuple

from tailllm.novelty.features import Features, features
from tailllm.novelty.scores import TOP, Score, scored
from tailllm.novelty.weights import square

MOST_CASES = 10_000
"""Held at once; the oldest give way. About 10 KB each."""
LOOKS = 400
"""Cases met by way of shared words before it is enough."""
CLOSELY = 16
"""Cases compared in full."""


class _Case(NamedTuple):
    name: str
    words: frozenset[str]
    all: frozenset[str]


class NoveltyIndex:
    """The cases of a corpus by their wording; add at any time, ask at any time."""

    by = "words and pieces of words"
    near = 0.3

    def __init__(self, *, most: int = MOST_CASES) -> None:
        self._most = most
        self._cases: dict[int, _Case] = {}
        self._next = 0
        self._holders: defaultdict[str, list[int]] = defaultdict(list)
        self._frequency: Counter[str] = Counter()
        self._square: dict[str, float] = {}
        self._length: dict[int, float] = {}
        self._unseen = 1.0, 1.0
        self._is_settled = True

    def __len__(self) -> int:
        return len(self._cases)

    def add(self, name: str, text: str) -> None:
        """Hold a case; the oldest is let go when there are too many."""
        found = features(text)
        case = _Case(name, found.words, found.words | found.pieces)
        self._cases[self._next] = case
        for feature in case.all:
            self._holders[feature].append(self._next)
        self._frequency.update(case.all)
        self._next += 1
        self._is_settled = False
        if len(self._cases) > self._most:
            self._let_go(next(iter(self._cases)))

    def score(self, text: str) -> Score:
        """How unlike all cases a message is.

        Returns:
            Novelty 1.0 and no nearest while there is no case, or nothing in the message to compare.
        """
        return scored(self.likest(text))

    def likest(self, text: str) -> list[tuple[str, float]]:
        """The few cases a message is most like and their cosines, the likest first."""
        self._settle()
        asked = features(text)
        everything = asked.words | asked.pieces
        known = self._square.keys() & everything
        unseen = [len(one - known) for one in asked]
        squares = [*map(self._square.__getitem__, known), *map(mul, unseen, self._unseen)]
        length = math.sqrt(sum(squares))
        likes = [
            (self._likeness(everything, number) / length, number)
            for number in self._candidates(asked)
        ]
        return [(self._cases[number].name, likeness) for likeness, number in nlargest(TOP, likes)]

    def _likeness(self, asked: frozenset[str], number: int) -> float:
        common = asked & self._cases[number].all
        return sum(map(self._square.__getitem__, common)) / self._length[number]

    def _candidates(self, asked: Features) -> list[int]:
        """The cases worth a close look, by the weight of what they share."""
        shared: defaultdict[int, float] = defaultdict(float)
        self._meet(asked.words, shared)
        if len(shared) < CLOSELY:
            self._meet(asked.pieces, shared)
        return nlargest(CLOSELY, shared, key=shared.__getitem__)

    def _meet(self, asked: frozenset[str], shared: dict[int, float]) -> None:
        met = 0
        for feature in sorted(asked & self._square.keys(), key=_by(self._square), reverse=True):
            if met >= LOOKS and len(shared) >= CLOSELY:
                return
            holders = self._holders[feature]
            weight = self._square[feature]
            for number in islice(reversed(holders), LOOKS):
                shared[number] += weight
            met += len(holders)

    def _settle(self) -> None:
        """Weigh every feature anew: each case makes what it holds more common."""
        if self._is_settled:
            return
        total = len(self._cases)
        self._unseen = square("a", 0, total), square("#a", 0, total)
        self._square = {f: square(f, held, total) for f, held in self._frequency.items()}
        self._length = {
            number: math.sqrt(sum(map(self._square.__getitem__, case.all))) or 1.0
            for number, case in self._cases.items()
        }
        self._is_settled = True

    def _let_go(self, number: int) -> None:
        case = self._cases.pop(number)
        for feature in case.all:
            self._holders[feature].remove(number)
            self._frequency[feature] -= 1
            if not self._frequency[feature]:
                del self._frequency[feature], self._holders[feature]


def _by(squares: dict[str, float]) -> Callable[[str], float]:
    return squares.__getitem__
