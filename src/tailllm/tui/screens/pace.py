"""How often to paint: at once what is a line or two, four times a second a stream, else never."""

FEW = 5
"""So many new calls cost a few lines; repainting them at once is cheap."""
FEW_EVERY_S = 0.03


class Pace:
    """Remembers the last paint and whether something is owed."""

    def __init__(self, least_s: float) -> None:
        self._least_s = least_s
        self._last = -least_s
        self.owed = False
        """A paint is arranged; more news need not ask again."""

    def wait(self, now: float, came: int = 0) -> float:
        """How long to wait before the next paint, in seconds, when so many calls came since."""
        least_s = min(FEW_EVERY_S, self._least_s) if 0 < came <= FEW else self._least_s
        return max(0.0, self._last + least_s - now)

    def painted(self, now: float) -> None:
        """The screen shows what there is."""
        self._last = now
        self.owed = False
