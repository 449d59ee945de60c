"""Helper processes that are there while there is much to read, and gone soon after."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tailllm.feed.helpers import Helpers

IDLE_S = 10.0
"""A flood comes again sooner than that, or not for long; each helper holds its 40 MB."""


class Pool:
    """One set of helpers for the past and for what is live.

    Args:
        niceness: How far they stand back.
        clock: Seconds that only go forward.
    """

    def __init__(self, niceness: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._niceness = niceness
        self._clock = clock
        self._used_at = 0.0
        self.helpers: Helpers | None = None
        """None while nobody needs them; they may not have started yet."""

    def call(self) -> "Helpers":
        """Have them there from now on."""
        self._used_at = self._clock()
        if self.helpers is not None and self.helpers.is_broken:
            self.close()
        if self.helpers is None:
            from tailllm.feed import helpers

            self.helpers = helpers.Helpers(niceness=self._niceness)
        return self.helpers

    def look(self) -> None:
        """Let them go when nobody has called for a while."""
        if self.helpers is not None and self._clock() - self._used_at > IDLE_S:
            self.close()

    def close(self) -> None:
        """End them, whatever they are at."""
        helpers, self.helpers = self.helpers, None
        if helpers is not None:
            helpers.close()
