"""How often to paint: at once after a pause, four times a second in a stream, else never."""


class Pace:
    """Remembers the last paint and whether something is owed."""

    def __init__(self, least_s: float) -> None:
        self._least_s = least_s
        self._last = -least_s
        self.owed = False
        """A paint is arranged; more news need not ask again."""

    def wait(self, now: float) -> float:
        """How long to wait before the next paint, in seconds."""
        return max(0.0, self._last + self._least_s - now)

    def painted(self, now: float) -> None:
        """The screen shows what there is."""
        self._last = now
        self.owed = False
