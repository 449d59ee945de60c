"""How many requests at once an endpoint takes."""

from collections.abc import Callable

START = 16
"""Where `auto` begins: few enough to be polite, and doubled by every round of answers."""
MOST = 64
"""Where `auto` ends: with answers of two seconds, 1,000 cases take about half a minute."""
SOON_S = 0.3
"""Seconds after the first refusals before one more is tried: on a busy machine they may have
been counted too high. While tries are taken, the next one follows a third of that later."""
CALM_S = 5.0
"""The same after a refused try, and twice as many after each further one. What is refused waits
as long as the endpoint says, and so must not come near the end of a run."""
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
        self._calm_s = 0.0
        self._calm_until = 0.0
        self._has_tried = False

    def answered(self) -> None:
        """An answer came."""
        if self.limit < self._ceiling:
            self.limit += 1
        elif self.limit < self.most and self._clock() >= self._calm_until:
            self._calm_until = self._clock() + SOON_S / 3
            self._has_tried = True
            self.limit += 1
            self._ceiling = self.limit

    def refused(self, under_way: int) -> None:
        """A request was refused while `under_way` others were not."""
        if 0 < under_way < self.limit // 2:
            # Refused long after the limit was found: too few are under way to tell a new one.
            self.limit = max(1, self.limit - 1)
            return
        if not self._calm_s:
            self._calm_s = SOON_S
        elif self._has_tried:
            self._calm_s = min(max(CALM_S, 2 * self._calm_s), CALMEST_S)
        self._has_tried = False
        self._calm_until = self._clock() + self._calm_s
        self.limit = max(1, min(self.limit, under_way))
        self._ceiling = self.limit
