"""The corpus against a period of traffic: what nobody has a case for, and which case for what."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tailllm.novelty.clusters import clusters
from tailllm.novelty.index import MOST_CASES
from tailllm.novelty.scores import Index, empty_index
from tailllm.records.share import Share

TYPICAL = 20
"""Calls that are shown of a blind spot."""
MOST_MESSAGES = 20_000
"""The newest that are compared; each costs about 0.3 ms."""


class Spot(NamedTuple):
    """A kind of message that no case is near."""

    terms: tuple[str, ...]
    messages: int
    typical: tuple[int, ...]
    """Places of the most typical messages, at most `TYPICAL`."""


class Blind(NamedTuple):
    """What a corpus does not see, and what it holds for nothing."""

    share: Share
    """Messages with no case near, of those compared."""
    held: int
    """Messages there are; only the newest are compared where that is more."""
    spots: tuple[Spot, ...]
    """The largest first."""
    scattered: int
    """Blind messages that are in no group."""
    cases: int
    idle: tuple[str, ...]
    """Cases that no message of the period is near."""
    by: str
    """What was compared."""


def blind_spots(texts: Sequence[str], cases: Mapping[str, str], *, semantic: bool = False) -> Blind:
    """Hold a corpus against messages.

    Args:
        texts: What people asked, oldest first.
        cases: What each case asks, by its id.
        semantic: Compare by meaning.
    """
    compared = list(texts[-MOST_MESSAGES:])
    before = len(texts) - len(compared)
    index = _index(cases, semantic)
    near = [[n for n, like in index.likest(text) if like >= index.near] for text in compared]
    places = [place for place, names in enumerate(near) if not names]
    found = clusters([compared[place] for place in places], compared)
    spots = tuple(
        Spot(
            one.terms,
            len(one.places),
            tuple(before + places[place] for place in one.places[:TYPICAL]),
        )
        for one in found
    )
    met = {name for names in near for name in names}
    unmet = {id_: text for id_, text in cases.items() if id_ not in met}
    return Blind(
        share=Share(len(places), len(compared)),
        held=len(texts),
        spots=spots,
        scattered=len(places) - sum(one.messages for one in spots),
        cases=len(cases),
        idle=_idle(unmet, compared, semantic),
        by=index.by,
    )


def _idle(cases: Mapping[str, str], texts: Sequence[str], semantic: bool) -> tuple[str, ...]:
    """A message says only which few cases it is nearest to, so the others are asked themselves."""
    if not cases:
        return ()
    index = _index({str(n): text for n, text in enumerate(texts[-MOST_CASES:])}, semantic)
    return tuple(
        id_
        for id_, text in cases.items()
        if not any(like >= index.near for _, like in index.likest(text))
    )


def _index(texts: Mapping[str, str], semantic: bool) -> Index:
    index = empty_index(semantic=semantic)
    for name, text in texts.items():
        index.add(name, text)
    return index
