"""What of a message is compared: its words, and pieces of them for typing errors and endings."""

import re
from itertools import pairwise
from typing import NamedTuple

LOOKED_AT = 400
"""Characters of a message that are compared; the question is at the start, or it is a document."""
PIECES = (3, 4)
"""Letters in a piece; the ends of a word count as letters."""

_WORD = re.compile(r"\w+(?:['’]\w+)?")
_UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


class Features(NamedTuple):
    """A message as two sets; a piece begins with `#`, so that it is never taken for a word."""

    words: frozenset[str]
    pieces: frozenset[str]


def features(text: str) -> Features:
    """The features of a message, whatever its language or case."""
    found = frozenset(words(text))
    return Features(found, frozenset(piece for word in found for piece in _pieces(word)))


def words(text: str) -> list[str]:
    """The words of a message in their order, in small letters."""
    return [word for found in _WORD.findall(text[:LOOKED_AT].casefold()) for word in _parted(found)]


def terms(text: str) -> frozenset[str]:
    """The words of a message and its pairs of neighbours, `gas` and `gas bill`."""
    found = words(text)
    pairs = (f"{one} {other}" for one, other in pairwise(found))
    return frozenset([*found, *pairs])


def _parted(word: str) -> list[str]:
    """The word, or the pairs of characters of a script that puts no blanks between words."""
    if len(word) > 2 and _UNSPACED.search(word):
        return [word[n : n + 2] for n in range(len(word) - 1)]
    return [word]


def _pieces(word: str) -> list[str]:
    framed = f" {word} "
    return [f"#{framed[n : n + size]}" for size in PIECES for n in range(len(framed) - size + 1)]
