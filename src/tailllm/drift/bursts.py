"""Terms that more people use than before: what an alarm can name and a person can act on.

A term is a word or two neighbours: `gas`, `gas bill`.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from tailllm.novelty.features import terms
from tailllm.store.significance import fisher

FEWEST = 7
"""Messages of both periods together that hold a term, before it is compared."""
GROWTH = 1.5
"""How much larger the share must be to matter, whatever its chance."""
EXAMPLES = 5


class Burst(NamedTuple):
    """A term and its messages: `gas: 11 of 500, was 2 of 2,000`."""

    term: str
    after: int
    before: int
    chance: float
    """Of such a growth if nothing had changed, corrected for all the terms compared."""
    examples: tuple[int, ...]
    """Places of messages that hold it, in the current period."""


def bursts(reference: Sequence[str], current: Sequence[str]) -> list[Burst]:
    """The terms whose share grew, the least likely by chance first."""
    before: Counter[str] = Counter()
    for text in reference:
        before.update(terms(text))
    holders: defaultdict[str, list[int]] = defaultdict(list)
    for place, text in enumerate(current):
        for term in terms(text):
            holders[term].append(place)
    compared = [term for term in holders if len(holders[term]) + before[term] >= FEWEST]
    sizes = len(current), len(reference)
    found = [
        _burst(term, holders[term], before[term], sizes, len(compared))
        for term in compared
        if len(holders[term]) * sizes[1] >= GROWTH * max(1, before[term]) * sizes[0]
    ]
    return sorted(found, key=lambda burst: (burst.chance, -burst.after, burst.term))


def _burst(
    term: str, holders: Sequence[int], before: int, sizes: tuple[int, int], compared: int
) -> Burst:
    chance = fisher(len(holders), sizes[0], before, sizes[1])
    return Burst(term, len(holders), before, min(1.0, chance * compared), tuple(holders[:EXAMPLES]))
