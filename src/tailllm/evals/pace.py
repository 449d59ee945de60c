"""How many requests at once an endpoint takes."""

from collections.abc import Callable

START = 16
"""Where `auto` begins: few enough to be polite, and doubled by every round of answers."""
MOST = 64
"""Where `auto` ends: with answers of two seconds, 1,000 cases take about half a minute."""
CALM_S = 5.0
"""Seconds after a refusal before one more is tried; twice as many after each refused try. A try
that is refused waits as long as the endpoint says, and so must not come near the end of a run."""
CALMEST_S = 120.0


class Pace:
    """A limit that is found by asking.

    Before any refusal it grows by one with every answer. A refusal tells exactly how much was
    too much: what is still under way was accepted. From then on one more is tried now and
    then, and ever more rarely when that is refused.

    Args:
        jobs: The number that was asked for; None finds one.
        clock: Seconds from whenever.
    """

    def __init__(self, jobs: int | None, clock: Callable[[], float]) -> None:
        self.most = jobs or MOST
        self.limit = jobs or min(START, MOST)
        self._ceiling = self.most
        self._clock = clock
        self._calm_s = CALM_S
        self._calm_until = 0.0

    def answered(self) -> None:
        """An answer came."""
        if self.limit < self._ceiling:
            self.limit += 1
        elif self.limit < self.most and self._clock() >= self._calm_until:
            self._calm_until = self._clock() + self._calm_s
            self.limit += 1
            self._ceiling = self.limit

    def refused(self, under_way: int) -> None:
        """A request was refused while `under_way` others were not."""
        if 0 < under_way < self.limit // 2:
            # Refused long after the limit was found: too few are under way to tell a new one.
            self.limit = max(1, self.limit - 1)
            return
        now = self._clock()
        if now >= self._calm_until:
            self._calm_until = now + self._calm_s
            self._calm_s = min(2 * self._calm_s, CALMEST_S)
        self.limit = max(1, min(self.limit, under_way))
        self._ceiling = self.limit
