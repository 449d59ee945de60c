"""Chance that repeats: the same seed rolls the same numbers on every machine.

Only `Random.random` is promised to stay the same between Python versions, so every
choice here is made from it and not with `choice`, `shuffle` or `gauss`.
"""

from collections.abc import Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """A source of choices, named so that two parts of the story never share one."""

    def __init__(self, *name: object) -> None:
        self._random = Random(":".join(str(part) for part in name))

    def chance(self, share: float) -> bool:
        """Whether something that happens with probability `share` happens now."""
        return self._random.random() < share

    def between(self, low: float, high: float) -> float:
        """A number from `low` up to `high`."""
        return low + (high - low) * self._random.random()

    def whole(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + int(self._random.random() * (high - low + 1))

    def pick(self, things: Sequence[T]) -> T:
        """One of them, all alike likely."""
        return things[int(self._random.random() * len(things))]

    def spread(self) -> float:
        """A factor around 1 with a tail to the right, as latencies have."""
        body = 0.6 + 0.5 * self._random.random() + 0.3 * self._random.random()
        rare = self._random.random()
        # Multiplied, not raised: pow() may differ in its last bit between machines.
        rare = rare * rare * rare
        return body * (1.0 + 1.6 * rare * rare * rare)

    def hex(self, digits: int) -> str:
        """An id."""
        twelves = (f"{int(self._random.random() * 16**12):012x}" for _ in range(0, digits, 12))
        return "".join(twelves)[:digits]
