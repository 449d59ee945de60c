"""What others use to say that inputs changed, for comparison: written down here from their docs."""

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence

from tailllm.novelty.features import features
from tailllm.novelty.index import NoveltyIndex

BINS = 10


def psi(reference: Sequence[str], current: Sequence[str], corpus: NoveltyIndex) -> float:
    """Population stability index of novelty, over tenths of the reference; > 0.1 is an alarm."""
    before, after = ([corpus.score(t).novelty for t in side] for side in (reference, current))
    ordered = sorted(before)
    edges = [ordered[len(ordered) * n // BINS] for n in range(1, BINS)]
    shares = []
    for side in (before, after):
        held = Counter(bisect_right(edges, value) for value in side)
        shares.append([max(held[n], 0.5) / len(side) for n in range(BINS)])
    return sum((b - a) * math.log(b / a) for a, b in zip(*shares, strict=True))


def told_apart(reference: Sequence[str], current: Sequence[str]) -> float:
    """AUROC of a classifier of words, learnt on every second message and tried on the others.

    As Evidently's text drift does with another classifier; over 0.55 is its alarm where the
    reference is large.
    """
    learnt = [
        Counter(w for t in side[::2] for w in features(t).words) for side in (reference, current)
    ]
    totals = [one.total() + len(learnt[0] | learnt[1]) for one in learnt]

    def score(text: str) -> float:
        return sum(
            math.log((learnt[1][w] + 1) / totals[1]) - math.log((learnt[0][w] + 1) / totals[0])
            for w in features(text).words
        )

    below, above = ([score(text) for text in side[1::2]] for side in (reference, current))
    ordered = sorted(below)
    return sum(bisect_right(ordered, value) for value in above) / (len(below) * len(above))
