"""The lines that gave no call: all counted, the newest kept where they can be read."""

from collections import Counter, deque

from tailllm.records.part import Reject


class Rejects:
    """Counts every reject and holds the newest `held_at_most` of them."""

    def __init__(self, held_at_most: int = 10_000) -> None:
        self.broken = 0
        """Lines nobody can read."""
        self.other = 0
        """Readable lines that are no model call."""
        self.by_reason: Counter[str] = Counter()
        self._held: deque[Reject] = deque(maxlen=held_at_most)

    @property
    def total(self) -> int:
        """Every line that gave no call, held or not."""
        return self.broken + self.other

    @property
    def latest(self) -> list[Reject]:
        """Those still held, newest first."""
        return list(reversed(self._held))

    def add(self, reject: Reject, *, older: bool = False) -> None:
        """Count one; `older` ones are read backward and come after those held."""
        self.by_reason[reject.reason] += 1
        if reject.kind == "broken":
            self.broken += 1
        else:
            self.other += 1
        if not older:
            self._held.append(reject)
        elif len(self._held) < (self._held.maxlen or 0):
            self._held.appendleft(reject)
