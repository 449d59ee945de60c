"""What a deck is made of: how many cards for each reason to read one."""

from collections.abc import Mapping
from typing import Final

from tailllm.errors import UsageError

SHARES: Final[dict[str, str]] = {
    "random": "drawn at random, so that estimates stay unbiased",
    "failed": "failures since the last session",
    "slow": "the slowest for their model",
    "fast": "the fastest for their model",
    "long": "long conversations",
    "reported": "marked or reported by somebody, and waiting",
    "twice": "read by another reader too, for agreement",
    "novel": "unlike the corpus, and unlike each other",
}
"""Share and what it is for, in the order of drawing: who draws first has most to choose from."""

WEIGHTS: Final[dict[str, int]] = {
    "random": 5,
    "failed": 3,
    "slow": 1,
    "fast": 1,
    "long": 1,
    "reported": 1,
    "twice": 0,
    "novel": 8,
}
"""Of twenty."""


def counts(size: int, weights: Mapping[str, int] = WEIGHTS) -> dict[str, int]:
    """So many cards for each share; together `size`, by the largest remainders."""
    total = sum(weights.values())
    exact = {name: size * weights.get(name, 0) / total for name in SHARES}
    found = {name: int(share) for name, share in exact.items()}
    order = list(SHARES)
    rest = sorted(order, key=lambda name: (found[name] - exact[name], order.index(name)))
    for name in rest[: size - sum(found.values())]:
        found[name] += 1
    return found


def parse(text: str) -> dict[str, int]:
    """`novel=10,random=5,twice=2` as weights; what is not named is left out.

    Raises:
        UsageError: A name or a number nobody knows, or nothing at all.
    """
    found: dict[str, int] = {}
    for word in filter(None, (word.strip() for word in text.split(","))):
        name, _, number = word.partition("=")
        if name not in SHARES or not number.isdecimal() or len(number) > 4:
            raise UsageError(
                f"--mix {word!r} is no share of a deck",
                fix=f"Write name=number with one of {', '.join(SHARES)}.",
            )
        found[name] = int(number)
    if not sum(found.values()):
        raise UsageError("--mix asks for no card", fix="Write for instance novel=15,random=5.")
    return found


def told(dealt: Mapping[str, int]) -> str:
    """The mix in words: `8 novel, 5 random, 3 failed`."""
    parts = sorted((-number, name) for name, number in dealt.items() if number)
    return ", ".join(f"{-number} {name}" for number, name in parts)
