"""Terms that more people use than before: what an alarm can name and a person can act on.

A term is a word or two neighbours: `gas`, `gas bill`.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from tailllm.novelty.features import terms
from tailllm.store.significance import fisher

GROWTH = 1.5
"""How much larger the share must be to matter, whatever its chance."""
EXAMPLES = 5
COMMON = 0.02
"""A word that so many messages held before names no subject."""
SURE = 0.01


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
    """The terms whose share grew, those that name a subject first.

    A pair of words is left out where its one rare word says it alone: `a reminder`, `reminder`.
    The examples are the messages that hold most of the terms.
    """
    before: Counter[str] = Counter()
    for text in reference:
        before.update(terms(text))
    holders: defaultdict[str, list[int]] = defaultdict(list)
    for place, text in enumerate(current):
        for term in terms(text):
            holders[term].append(place)
    sizes = len(current), len(reference)
    totals = {term: len(places) + before[term] for term, places in holders.items()}
    fewest = _fewest(totals.values(), sizes)
    compared = [term for term, total in totals.items() if total >= fewest]
    found = [
        _burst(term, holders[term], before[term], sizes, len(compared))
        for term in compared
        if len(holders[term]) * sizes[1] >= GROWTH * max(1, before[term]) * sizes[0]
    ]
    return _told(found, holders, before, sizes)


def _fewest(totals: Iterable[int], sizes: tuple[int, int]) -> int:
    """Messages that must hold a term, so that it could stand out at all.

    Source:
        Tarone, "A modified Bonferroni method for discrete data", Biometrics 46 (1990): what
        cannot be significant however it falls need not be paid for.
    """
    terms = Counter(totals)
    left = terms.total()
    for total in range(1, min(sizes) + 1):
        if left * fisher(total, sizes[0], 0, sizes[1]) <= SURE:
            return total
        left -= terms[total]
    return min(sizes)


def _told(
    found: Sequence[Burst],
    holders: Mapping[str, Sequence[int]],
    before: Mapping[str, int],
    sizes: tuple[int, int],
) -> list[Burst]:
    """The same in the order in which they are told, with their best examples."""
    sure = {burst.term for burst in found if burst.chance <= SURE}
    common = {word for word, held in before.items() if held >= COMMON * sizes[1]}
    typical = Counter(place for term in sure for place in holders[term])

    def content(term: str) -> list[str]:
        return [word for word in term.split() if word not in common]

    def weight(burst: Burst) -> float:
        excess = burst.after - burst.before * sizes[0] / sizes[1]
        purity = excess / burst.after
        names = len(content(burst.term)) == len(burst.term.split())
        return excess * purity**3 * (1.0 if names else 0.5)

    told = [
        burst._replace(
            examples=tuple(sorted(holders[burst.term], key=lambda n: (-typical[n], n))[:EXAMPLES])
        )
        for burst in found
        if " " not in burst.term
        or len(content(burst.term)) != 1
        or not sure.issuperset(content(burst.term))
    ]
    return sorted(told, key=lambda one: (one.chance > SURE, -weight(one), one.term))


def _burst(
    term: str, holders: Sequence[int], before: int, sizes: tuple[int, int], compared: int
) -> Burst:
    chance = fisher(len(holders), sizes[0], before, sizes[1])
    return Burst(term, len(holders), before, min(1.0, chance * compared), ())
