"""How the rate, the slow end and the failures moved over the time window."""

from collections.abc import Sequence
from itertools import pairwise

from rich.cells import cell_len

from tailllm.ink import line as visible
from tailllm.tui import cells
from tailllm.tui.cells import Glyphs
from tailllm.tui.facts import BUCKETS, Facts
from tailllm.tui.widgets.paint import Line, Paint


class Sparks(Paint):
    """One line: rate, p95, and which validators fail."""

    def __init__(self, *, glyphs: Glyphs = cells.UNICODE, id: str | None = None) -> None:  # noqa: A002
        super().__init__(glyphs=glyphs, id=id)
        self.facts = Facts()

    def tell(self, facts: Facts) -> None:
        """Show these from now on."""
        self.facts = facts
        self.draw()

    def lines(self, width: int) -> list[Line]:
        """The two curves take a fifth of the line each, failures what is left."""
        if not self.facts.calls:
            return [[]]
        bars = max(4, min(BUCKETS, (width - 20) // 4))
        line: Line = [
            (" rate ", "quiet"),
            (self._bars(self.facts.calls, bars), "key"),
            ("   p95 ", "quiet"),
            (self._bars(self.facts.p95, bars), "key"),
        ]
        if any(self.facts.bad):
            if width >= 150:
                line += [("   bad ", "quiet"), (self._bars(self.facts.bad, bars), "bad")]
            line.append(("   fails ", "quiet"))
            taken = sum(cell_len(text) for text, _ in line)
            line.append((self._failing(width - taken), "bad"))
        return [line]

    def _bars(self, values: Sequence[float | None], width: int) -> str:
        return cells.spark(merge(list(values), width), width, self.glyphs)

    def _failing(self, room: int) -> str:
        """The most frequent ones whole, and how many kinds found no room."""
        counted = self.facts.total.get("validators") or {}
        failing = sorted(
            ((int(counts.get("failed", 0)), name) for name, counts in counted.items()),
            reverse=True,
        )
        shown = [f"{visible(name)} {number}" for number, name in failing if number]
        if self.facts.total.get("errors"):
            shown.append(f"errors {self.facts.total['errors']:,}")
        for kept in range(len(shown), 0, -1):
            left_out = len(shown) - kept
            text = " ".join([*shown[:kept], *([f"+{left_out} more"] if left_out else [])])
            if cell_len(text) <= room:
                return text
        return cells.cut(" ".join(shown), room, self.glyphs)


def merge(values: list[float | None], width: int) -> list[float | None]:
    """The values in at most `width` steps, each the highest of its share."""
    if len(values) <= width:
        return values
    edges = [len(values) * n // width for n in range(width + 1)]
    parts = [values[low:high] for low, high in pairwise(edges)]
    return [max((v for v in part if v is not None), default=None) for part in parts]
