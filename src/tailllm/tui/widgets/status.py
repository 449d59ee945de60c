"""The line that answers a key: where we look, what is filtered, what was kept."""

from typing import NamedTuple

from tailllm.ink import counted
from tailllm.tui import cells
from tailllm.tui.cells import Chunk, Glyphs
from tailllm.tui.widgets.paint import Line, Paint, both_ends


class Looking(NamedTuple):
    """Where the reader is; texts are already visible."""

    following: bool = True
    frozen: bool = False
    at: float | None = None
    """When the selected call was made, in seconds since the epoch."""
    new: int = 0
    new_bad: int = 0
    order: str = ""
    """By what the calls stand in order; empty: as they came."""
    filter: str = ""
    shown: int = 0
    held: int = 0
    scored: str = ""
    """How many calls the filter has looked at or can judge, where that takes time."""
    complete: bool = True
    marked: int = 0


class Status(Paint):
    """One line, and a message in its middle until the next key."""

    def __init__(self, *, glyphs: Glyphs = cells.UNICODE, id: str | None = None) -> None:  # noqa: A002
        super().__init__(glyphs=glyphs, id=id)
        self.looking = Looking()
        self.message = ""
        self.alerts: tuple[str, ...] = ()
        self.reports = 0

    def tell(self, looking: Looking) -> None:
        """Show this from now on."""
        self.looking = looking
        self.draw()

    def say(self, message: str) -> None:
        """Answer a key; an empty message takes the answer away."""
        self.message = message
        self.draw()

    def warn(self, alerts: tuple[str, ...]) -> None:
        """Show these limits as passed, from now on."""
        self.alerts = alerts
        self.draw()

    def receive(self, reports: int) -> None:
        """Show so many reports as new, from now on."""
        if reports != self.reports:
            self.reports = reports
            self.draw()

    def lines(self, width: int) -> list[Line]:
        """Place, news, answer or filter, and what was kept today."""
        now = self.looking
        left = [self._place(), Chunk(1, self._news(), "bad" if now.new_bad else "warn")]
        if self.message:
            left.append(Chunk(0, cells.shorten(self.message, width - 2, self.glyphs), "strong"))
        else:
            left.append(self._filter())
        alert = f"{self.glyphs.error} ALERT {', '.join(self.alerts)}" if self.alerts else ""
        right = [
            Chunk(1, alert, "bad"),
            Chunk(2, f"{counted(self.reports, 'new report')}" if self.reports else "", "key"),
            Chunk(5, f"marked {now.marked} today" if now.marked else "", "quiet"),
        ]
        return [both_ends(left, right, width, 2)]

    def _place(self) -> Chunk:
        now = self.looking
        if now.frozen:
            return Chunk(3, "FROZEN: = goes on", "warn")
        if now.following:
            return Chunk(6, "following", "quiet")
        if now.order:
            return Chunk(3, now.order, "warn")
        at = "" if now.at is None else f" at {cells.clock(now.at)}Z"
        return Chunk(3, f"PAUSED{at}", "warn")

    def _news(self) -> str:
        now = self.looking
        if now.following or not now.new:
            return ""
        bad = f" ({now.new_bad:,} fail)" if now.new_bad else ""
        return f"{self.glyphs.more} {now.new:,} new{bad}"

    def _filter(self) -> Chunk:
        now = self.looking
        if not now.filter:
            return Chunk(4, f"{now.held:,} held", "quiet")
        soon = "" if now.complete else f" so far{self.glyphs.cut}"
        found = f"{now.shown:,} of {now.held:,}{soon}"
        scored = f" ({now.scored})" if now.scored else ""
        return Chunk(2, f"filter: {now.filter}  {found}{scored}", "key")
