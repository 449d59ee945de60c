"""Calls, failures and p95 over time as columns, with a cursor and a chosen range."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.style import Style
from textual.message import Message

from tailllm.store.stats import Timeline
from tailllm.tui import cells
from tailllm.tui.cells import Glyphs
from tailllm.tui.widgets.paint import Line, Paint

LABEL = 9
"""Cells at the left edge for a name and its largest value."""


class Bars(Paint, can_focus=True):
    """Three bands over one axis. The cursor is a bucket; a range has an anchor as well."""

    COMPONENT_CLASSES: ClassVar[set[str]] = Paint.COMPONENT_CLASSES | {"paint--cursor"}

    @dataclass
    class Moved(Message):
        """Another bucket is under the cursor."""

    def __init__(self, *, glyphs: Glyphs = cells.UNICODE, id: str | None = None) -> None:  # noqa: A002
        super().__init__(glyphs=glyphs, id=id)
        self.timeline = Timeline()
        self.cursor = 0
        self.begun: int | None = None
        """Where the chosen range begins; None while only a bucket is chosen."""

    @property
    def room(self) -> int:
        """Buckets that fit."""
        return max(10, self.size.width - LABEL - 2)

    @property
    def chosen(self) -> tuple[int, int]:
        """The first bucket of the range and the last."""
        other = self.cursor if self.begun is None else self.begun
        return min(self.cursor, other), max(self.cursor, other)

    def tell(self, timeline: Timeline) -> None:
        """Draw this; the cursor stays where it is."""
        self.timeline = timeline
        self.cursor = max(0, min(len(timeline.calls) - 1, self.cursor))
        self.draw()

    def move(self, buckets: int) -> None:
        """Move the cursor; the range follows."""
        self.cursor = max(0, min(len(self.timeline.calls) - 1, self.cursor + buckets))
        self.draw()
        self.post_message(self.Moved())

    def lines(self, width: int) -> list[Line]:
        """Calls, bad calls, p95, and the axis."""
        line = self.timeline
        if not line.calls:
            return [[], [("  No calls here. Calls in this time would be drawn.", "quiet")]]
        height = max(1, (self.size.height - 2) // 3)
        bands = (
            ("calls", line.calls, cells.count, ""),
            ("bad", line.bad, cells.count, "bad"),
            ("p95", line.p95_ms, cells.seconds, "warn"),
        )
        drawn: list[Line] = []
        for name, values, said, tone in bands:
            drawn += self._band(name, values, height, said, tone)
        return [*drawn, self._marker(), self._axis()]

    def _band(
        self,
        name: str,
        values: Sequence[float | None],
        height: int,
        said: Callable[[float], str],
        tone: str,
    ) -> list[Line]:
        peak = max((value for value in values if value), default=0) or 1
        low, high = self.chosen
        rows: list[Line] = []
        for level in range(height - 1, -1, -1):
            label = name if level == height - 1 else said(peak) if level == height - 2 else ""
            if height == 1:
                label = f"{name} {said(peak)}"
            row: Line = [(cells.cut(f" {label}", LABEL, self.glyphs), "quiet")]
            for number, value in enumerate(values):
                style = f"{tone} cursor" if low <= number <= high else tone
                row.append((self._cell(value, peak, level, height), style))
            rows.append(row)
        return rows

    def _cell(self, value: float | None, peak: float, level: int, height: int) -> str:
        """The part of one column that lies on one line; what is there at all is seen."""
        if not value:
            return " "
        bars = self.glyphs.bars
        eighths = max(1, round(value / peak * height * len(bars)))
        left = eighths - level * len(bars)
        return " " if left <= 0 else bars[min(len(bars), left) - 1]

    def _marker(self) -> Line:
        """A sign under the chosen bucket, brackets under a range: seen without colours."""
        low, high = self.chosen
        sign = f"[{self.glyphs.rule * (high - low - 1)}]" if high > low else self.glyphs.slow
        return [(" " * (LABEL + low) + sign, "key")]

    def _axis(self) -> Line:
        line = self.timeline
        first, last = cells.clock(line.start), cells.clock(line.end)
        gap = max(1, len(line.calls) - len(first) - len(last))
        return [(" " * LABEL + first + " " * gap + last, "quiet")]

    def _named(self, name: str) -> Style:
        style = Style.null()
        for one in name.split():
            style += super()._named(one)
        return style
