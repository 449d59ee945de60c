"""Calls, failures and p95 over time: choose a range with keys, go closer, show its calls."""

from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual.app import ComposeResult
from textual.binding import BindingType

from tailllm.store.span import Span
from tailllm.store.stats import Timeline
from tailllm.tui import cells, scope
from tailllm.tui.cells import Chunk
from tailllm.tui.commands import bindings
from tailllm.tui.screens.question import Question
from tailllm.tui.widgets.bars import Bars

if TYPE_CHECKING:
    from tailllm.store.errand import Errand
    from tailllm.tui.scope import Scope
    from tailllm.tui.setting import Setting

FINEST_S = 1.0
"""No range is cut finer than this."""


class Drawn(NamedTuple):
    """The timeline, and how many calls it covers."""

    line: Timeline
    total: int
    """Calls it covers."""


class TimelineScreen(Question):
    """Arrows move, `v` begins a range, `)` goes closer, `(` comes back, Enter shows the calls."""

    NAME = "timeline"
    TITLE_WORD = "TIMELINE"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("timeline")]

    def __init__(self, setting: "Setting", scope: "Scope", zooms: tuple[Span, ...] = ()) -> None:
        super().__init__(setting, scope)
        self.zooms = zooms
        """Ranges one has gone into, the widest first."""
        self.bars = Bars(glyphs=self.glyphs, id="bars")

    def compose(self) -> ComposeResult:
        """The question, the bars."""
        yield self.title_lines
        yield self.bars
        yield self.keys()

    def on_mount(self) -> None:
        """The bars take the keys; they know only now how many fit."""
        self.bars.focus()

    def again(self) -> "TimelineScreen":
        """This screen as it stands."""
        return TimelineScreen(self.setting, self.scope, self.zooms)

    def ask(self, errand: "Errand") -> Drawn:
        """Count each bucket."""
        of = scope.chosen(self.setting, self.scope, errand)
        span = self.zooms[-1] if self.zooms else of.span
        line = of.store.timeline(span, self.bars.room, where=of.where)
        return Drawn(line, of.store.count(span, where=of.where))

    def command(self) -> list[str]:
        """The headless twin."""
        return ["timeline"]

    def where(self) -> str:
        """What one has gone into is a part of it."""
        zoom = scope.during(self.zooms[-1]) if self.zooms else ""
        return scope.both(super().where(), zoom)

    def headline(self) -> list[Chunk]:
        """What is under the cursor."""
        found: Drawn | None = self.answer
        if found is None or not found.line.calls:
            return []
        low, high = self.bars.chosen
        line = found.line
        calls, bad = sum(line.calls[low : high + 1]), sum(line.bad[low : high + 1])
        slow = max((one for one in line.p95_ms[low : high + 1] if one is not None), default=None)
        span = self._range()
        width = (span.end or 0) - (span.start or 0)
        times = f"{cells.clock(span.start or 0)}-{cells.clock(span.end or 0)}Z ({width:.0f}s)"
        return [
            Chunk(0, times),
            Chunk(1, f"{calls:,} calls"),
            Chunk(1, f"{bad:,} bad {cells.percent(bad, calls)}", "bad" if bad else ""),
            Chunk(2, f"p95 up to {cells.seconds(slow)}"),
            Chunk(4, f"of {found.total:,} calls", "quiet"),
        ]

    def show(self) -> None:
        """Draw it."""
        found: Drawn = self.answer
        first = not self.bars.timeline.calls
        self.bars.tell(found.line)
        if first and found.line.calls:
            self.bars.move(_first_bad(found.line) - self.bars.cursor)

    def on_bars_moved(self) -> None:
        """Say what is there."""
        self.remark = ""
        self.tell()

    def action_step(self, buckets: int) -> None:
        """Move the cursor."""
        self.bars.move(buckets)

    def action_range(self) -> None:
        """Begin a range here, or forget it."""
        self.bars.begun = self.bars.cursor if self.bars.begun is None else None
        self.bars.move(0)
        begun = self.bars.begun is not None
        self.say("Range: arrows widen it, ) goes closer, Enter shows its calls" if begun else "")

    def action_zoom(self, closer: int) -> None:
        """Go closer to the range, or come back."""
        if closer < 0:
            self.zooms = self.zooms[:-1]
        else:
            span = self._range()
            if (span.end or 0) - (span.start or 0) < FINEST_S:
                self.say("This is as close as it gets.")
                return
            self.zooms = (*self.zooms, span)
        self.bars.begun, self.bars.cursor = None, self.bars.room // 2
        self.begin()

    def action_open(self) -> None:
        """Show the calls of the range."""
        if self.answer is not None and self.answer.line.calls:
            self.leave_for(self.scope.narrowed(scope.during(self._range())))

    def action_calls(self) -> None:
        """Show the calls of what is drawn."""
        span = self.zooms[-1] if self.zooms else Span()
        self.leave_for(self.scope.narrowed(scope.during(span)))

    def _range(self) -> Span:
        line: Timeline = self.answer.line
        low, high = self.bars.chosen
        return Span(line.start + low * line.width_s, line.start + (high + 1) * line.width_s)


def _first_bad(line: Timeline) -> int:
    """Where to begin: at the first bucket in which something is bad, else at the newest."""
    return next((n for n, bad in enumerate(line.bad) if bad), len(line.calls) - 1)
