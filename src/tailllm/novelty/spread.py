"""Which few messages to read, when the aim is to meet what nobody has met: new ones, and unlike
each other.

The newest alone would be the same new thing many times.
"""

from collections.abc import Iterator, Sequence
from heapq import heapify, heappop, heappushpop
from itertools import islice

from tailllm.novelty.weights import Likeness, everything

SAMPLE = 2_000
"""Messages that say which words are rare; more would change little and cost time."""


class Unlike:
    """Chooses messages unlike what is chosen already, whoever chose that and why.

    Args:
        texts: Messages of the period, which say what words are rare.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._like = Likeness(islice(texts, 0, None, max(1, len(texts) // SAMPLE)))
        self._held: list[frozenset[str]] = []

    def hold(self, text: str) -> None:
        """This one is chosen: what is like it is worth less from now on."""
        self._held.append(everything(text))

    def best(self, texts: Sequence[str], novelty: Sequence[float]) -> Iterator[int]:
        """Places of messages, each time the one that is worth most when it is asked for.

        A message is worth its novelty times its distance to the nearest that is held. The first
        of several that are worth the same comes first; each comes once.

        Args:
            texts: Messages to choose from.
            novelty: How unlike the corpus each is, 0 to 1.
        """
        waiting = [(-worth, place, 0) for place, worth in enumerate(novelty)]
        near = [0.0] * len(texts)
        heapify(waiting)
        while waiting:
            entry = heappop(waiting)
            while entry[2] < len(self._held):
                # What is held can only make a message worth less, so the rest need no look yet.
                _, place, seen = entry
                found = everything(texts[place])
                likes = (self._like.between(found, other) for other in self._held[seen:])
                near[place] = max(near[place], *likes)
                worth = novelty[place] * max(0.0, 1.0 - near[place])
                entry = heappushpop(waiting, (-worth, place, len(self._held)))
            yield entry[1]


def spread(texts: Sequence[str], novelty: Sequence[float], most: int) -> list[int]:
    """Choose messages that are novel and far from each other.

    The first is so the newest; a second one in the same words comes last.
    The same arguments give the same answer, and a smaller `most` the start of it.

    Args:
        texts: Messages nobody has read.
        novelty: How unlike the corpus each is, 0 to 1 (`NoveltyIndex.score`).
        most: How many to choose.

    Returns:
        Places in `texts`, in the order of choice, each once; all of them if there are too few.
    """
    unlike, chosen = Unlike(texts), []
    for place in islice(unlike.best(texts, novelty), most):
        chosen.append(place)
        unlike.hold(texts[place])
    return chosen
