"""Ways to write that are rare, so that it is their share which can change."""

from collections.abc import Callable

from tailllm.novelty.features import words
from tailllm.store.where.finders import asks_several, shouts

LONG_WORDS = 40
_LATIN_ENDS = "\u024f"


def is_long(text: str) -> bool:
    """Whether somebody tells a story."""
    return len(words(text)) >= LONG_WORDS


def is_foreign(text: str) -> bool:
    """Whether most letters are not Latin."""
    letters = [char for char in text if char.isalpha()]
    return bool(letters) and sum(char > _LATIN_ENDS for char in letters) > len(letters) / 2


STYLES: dict[str, Callable[[str], bool]] = {
    "in capitals": shouts,
    "with several questions": asks_several,
    "long": is_long,
    "not in Latin letters": is_foreign,
}
