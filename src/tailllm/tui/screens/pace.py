"""How often to paint: at once what is a line or two, a stream as often as it can be read."""

FEW = 5
"""So many new calls cost a few lines; repainting them at once is cheap."""
FEW_EVERY_S = 0.03
AT_ONCE, AT_ONCE_PER_S = 10, 10
"""Calls that may come a few at a time and be painted so, and how many more each second may."""
SCREENFUL = 40
"""New calls between two paints from which on every line is another one: nobody reads those."""


class Pace:
    """Remembers the last paint and whether something is owed.

    Args:
        least_s: Seconds between two paints of a stream.
        at_once: Whether a few calls are painted sooner; not where each byte counts.
    """

    def __init__(self, least_s: float, *, at_once: bool = True) -> None:
        self._least_s = least_s
        self._few_s = min(FEW_EVERY_S, least_s) if at_once else least_s
        self._fast_s = 2 * least_s if at_once else least_s
        self._last = -least_s
        self._saved = float(AT_ONCE)
        self._end = 0
        self.owed = False
        """A paint is arranged; more news need not ask again."""

    def wait(self, now: float, end: int) -> float:
        """How long to wait before the next paint, in seconds, when calls go up to `end`."""
        return max(0.0, self._last + self._gap(now - self._last, end - self._end) - now)

    def painted(self, now: float, end: int) -> None:
        """The screen shows what there is, up to the call before `end`."""
        self._saved = max(-AT_ONCE, self._left(now - self._last) - (end - self._end))
        self._last, self._end = now, end
        self.owed = False

    def _gap(self, passed_s: float, came: int) -> float:
        if 0 < came <= FEW and came <= self._left(passed_s):
            return self._few_s
        until_then = came * self._least_s / max(passed_s, FEW_EVERY_S)
        return self._fast_s if until_then > SCREENFUL else self._least_s

    def _left(self, passed_s: float) -> float:
        return min(AT_ONCE, self._saved + passed_s * AT_ONCE_PER_S)
