"""How many requests at once an endpoint takes."""

START = 16
"""Where `auto` begins: few enough to be polite, and doubled by every round of answers."""
MOST = 64
"""Where `auto` ends: with answers of two seconds, 1,000 cases take about half a minute."""
CALM = 4
"""Rounds of answers after which one more is tried, after the first refusal; then twice as many."""
CALMEST = 64


class Pace:
    """A limit that is found by asking.

    Before any refusal it grows by one with every answer. A refusal tells exactly how much was
    too much: what is still under way was accepted. From then on one more is tried now and
    then, and ever more rarely when that is refused.
    """

    def __init__(self, jobs: int | None) -> None:
        self.most = jobs or MOST
        self.limit = jobs or min(START, MOST)
        self._ceiling = self.most
        self._calm = CALM
        self._answers = 0

    def answered(self) -> None:
        """An answer came."""
        if self.limit < self._ceiling:
            self.limit += 1
            return
        self._answers += 1
        if self.limit < self.most and self._answers >= self._calm * self.limit:
            self._answers = 0
            self.limit += 1
            self._ceiling = self.limit

    def refused(self, under_way: int) -> None:
        """A request was refused while `under_way` others were not."""
        if under_way + 1 < self.limit // 2 and under_way > 0:
            self.limit = max(1, self.limit - 1)
            return
        self.limit = max(1, min(self.limit, under_way))
        self._ceiling = self.limit
        self._answers = 0
        self._calm = min(2 * self._calm, CALMEST)
