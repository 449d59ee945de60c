"""Messages that go together by a term they share: groups that a person can name and read."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tailllm.novelty.features import terms

FEWEST = 3
"""Messages in a group; fewer are no kind of request yet."""
MOST = 200
"""Groups, the clearest first."""
COMMON = 0.05
"""A term in so many of the other messages names nothing."""
COMMON_HERE = 0.2
"""The same of all messages, where most of them are to be grouped."""
RATHER_HERE = 2.5
"""How many times more frequent here than among all messages a term must be."""
PURER = 3
"""How much more a term counts that is rare elsewhere: small words are everywhere."""
NAMED = 3
"""Terms a group is named by."""


class Cluster(NamedTuple):
    """Messages and what they have in common."""

    terms: tuple[str, ...]
    """The term that all of them hold, then the others that are theirs."""
    places: tuple[int, ...]
    """The most typical first, and of several in the same words one before all others."""


def clusters(texts: Sequence[str], among: Sequence[str]) -> list[Cluster]:
    """Group messages by terms that are rare among all messages and frequent here.

    Args:
        texts: Messages to group.
        among: All messages of the period, these too.

    Returns:
        The largest first; each message is in one group at most.
    """
    frequency = Counter(term for text in among for term in terms(text))
    common = _common(texts, among)
    left = {place: frozenset(terms(text)) for place, text in enumerate(texts)}
    held = Counter(term for one in left.values() for term in one)
    names = {term: _naming(term, common) for term, count in held.items() if count >= FEWEST}
    pure = min(0.5, RATHER_HERE * len(texts) / max(1, len(among)))

    def worth(term: str) -> float:
        count, purity = held[term], held[term] / frequency[term]
        return count * purity**PURER * names[term] if count >= FEWEST and purity >= pure else 0.0

    found: list[Cluster] = []
    while names and len(found) < MOST:
        seed = max(names, key=lambda term: (worth(term), term))
        if not worth(seed):
            break
        members = {place: one for place, one in left.items() if seed in one}
        found.append(_cluster(seed, members, frequency, common, len(among)))
        held.subtract(term for place in members for term in left.pop(place))
    return sorted(found, key=lambda one: -len(one.places))


def _common(texts: Sequence[str], among: Sequence[str]) -> set[str]:
    """What many of the other messages hold; of all of them, where there are hardly any others."""
    others = Counter(term for text in among for term in terms(text))
    most = COMMON_HERE * len(among)
    if len(among) >= 2 * len(texts):
        others.subtract(term for text in texts for term in terms(text))
        most = COMMON * (len(among) - len(texts))
    return {term for term, held in others.items() if held > max(2, most)}


def _cluster(
    seed: str,
    members: Mapping[int, frozenset[str]],
    frequency: Mapping[str, int],
    common: set[str],
    of: int,
) -> Cluster:
    held = Counter(term for one in members.values() for term in one)
    weight = {term: count * math.log(of / frequency[term] + 1) for term, count in held.items()}

    def typical(place: int) -> float:
        one = members[place]
        return sum(weight[term] for term in one) / math.sqrt(len(one) + 1)

    named = [seed]
    own = {term: n * n / frequency[term] * _naming(term, common) for term, n in held.items()}
    for term in sorted(own, key=lambda term: (-own[term], term)):
        fresh = not any(term in known or known in term for known in named)
        if fresh and held[term] >= FEWEST and _naming(term, common) and len(named) < NAMED:
            named.append(term)
    seen: Counter[frozenset[str]] = Counter()
    rounds: dict[int, int] = {}
    for place in sorted(members):
        rounds[place] = seen[members[place]]
        seen[members[place]] += 1
    ordered = sorted(members, key=lambda place: (rounds[place], -typical(place), place))
    return Cluster(tuple(named), tuple(ordered))


def _naming(term: str, common: set[str]) -> float:
    """How well a term names something: not at all by common words, half by one of two."""
    words = term.split()
    rare = sum(word not in common for word in words)
    return 0.0 if term in common else rare / len(words)
