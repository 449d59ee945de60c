"""What tailllm itself takes from the host, and how late it is."""

from os import getpid
from time import monotonic
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from tailllm import __version__
from tailllm.feed.pulse import Pulse, queues
from tailllm.ink import counted
from tailllm.tui import cells
from tailllm.tui.commands import bindings
from tailllm.tui.driver import unwritten
from tailllm.tui.screens.side import SideScreen
from tailllm.tui.widgets.reading import ReadingPane
from tailllm.tui.widgets.reading_page import Page, Section
from tailllm.tui.widgets.reading_text import Para

if TYPE_CHECKING:
    from tailllm.feed.feed import Feed

LOOK_EVERY_S = 1.0
NAME_CELLS = 22


class AboutScreen(SideScreen[None]):
    """CPU and memory first, then what waits."""

    NAME = "about"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("about")]

    def __init__(self, feed: "Feed") -> None:
        super().__init__()
        self._feed = feed
        self._pulse = Pulse()
        self._due = monotonic()

    def compose(self) -> ComposeResult:
        """A title, and the page."""
        title = f" ABOUT  tailllm {__version__}, process {getpid()}"
        yield Static(title, id="about-title", markup=False)
        yield ReadingPane(id="about-pane")
        yield self.keys()

    def on_mount(self) -> None:
        """What there is now, and again each second."""
        self.query_one(ReadingPane).focus()
        self.look()
        self.set_interval(LOOK_EVERY_S, self.look)

    def look(self) -> None:
        """Measure and draw."""
        late_s = max(0.0, monotonic() - self._due)
        self._due = monotonic() + LOOK_EVERY_S
        pane = self.query_one(ReadingPane)
        sections = [Section("cost", self._cost()), Section("waiting", self._waiting(late_s))]
        pane.show(Page(sections), pane.scroll_offset.y)

    def _cost(self) -> list[Para]:
        cost = self._pulse.look()
        share = self._pulse.cpu_percent
        return [
            _row("CPU", "-" if share is None else f"{share:.1f} % of one core, last second"),
            _row("CPU so far", f"{cost.cpu_s:.1f} s"),
            _row("memory", _bytes(cost.rss_bytes)),
            _row("memory at most", _bytes(cost.peak_bytes)),
            _row("threads", f"{cost.threads}"),
        ]

    def _waiting(self, late_s: float) -> list[Para]:
        waits, window = queues(self._feed), self._feed.window
        writes = unwritten(self.app)
        return [
            _row("lag", f"{waits.lag_s:.1f} s"),
            _row("not read yet", _bytes(waits.behind_bytes)),
            _row("of the past", _bytes(waits.past_bytes)),
            _row("not counted yet", counted(waits.unloaded, "call")),
            _row("screen late by", f"{1000 * late_s:.0f} ms"),
            _row("terminal has not taken", "-" if writes is None else counted(writes, "write")),
            _row("held", f"{len(window):,} of {counted(len(window) + window.dropped, 'call')}"),
        ]


def _row(name: str, text: str) -> Para:
    return Para(f"{name:<{NAME_CELLS}}  {text}", indent=3)


def _bytes(number: int | None) -> str:
    return "-" if number is None else f"{cells.short(number)}B"
