"""Which few messages to read, when the aim is to meet what nobody has met: new ones, and unlike
each other.

The newest alone would be the same new thing many times.
"""

from collections.abc import Sequence
from heapq import heapify, heappop, heappushpop
from itertools import islice

from tailllm.novelty.weights import Likeness, everything

SAMPLE = 2_000
"""Messages that say which words are rare; more would change little and cost time."""


def spread(texts: Sequence[str], novelty: Sequence[float], most: int) -> list[int]:
    """Choose messages that are novel and far from each other.

    Each is the one whose novelty, or distance to the nearest chosen before if that is less,
    is largest. The first is so the newest; a second one in the same words comes last.
    The same arguments give the same answer, and a smaller `most` the start of it.

    Args:
        texts: Messages nobody has read.
        novelty: How unlike the corpus each is, 0 to 1 (`NoveltyIndex.score`).
        most: How many to choose.

    Returns:
        Places in `texts`, in the order of choice, each once; all of them if there are too few.
    """
    like = Likeness(islice(texts, 0, None, max(1, len(texts) // SAMPLE)))
    waiting = [(-worth, place, 0) for place, worth in enumerate(novelty)]
    heapify(waiting)
    chosen: list[int] = []
    held: list[frozenset[str]] = []
    while waiting and len(chosen) < most:
        entry = heappop(waiting)
        while entry[2] < len(held):
            # What is chosen can only make a message worth less, so the rest need no look yet.
            worth, place, seen = entry
            found = everything(texts[place])
            nearest = max(like.between(found, other) for other in held[seen:])
            entry = heappushpop(waiting, (max(worth, nearest - 1.0), place, len(held)))
        chosen.append(entry[1])
        held.append(everything(texts[entry[1]]))
    return chosen
