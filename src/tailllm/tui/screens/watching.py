"""The Live screen's eyes: what it is made of and how it keeps up with the feed."""

from contextlib import suppress
from functools import partial
from math import inf
from time import monotonic
from typing import TYPE_CHECKING, Any

from textual.app import ComposeResult
from textual.containers import Container
from textual.screen import Screen

from tailllm import crash
from tailllm.errors import GoneError
from tailllm.records.row import Row
from tailllm.tui import cells
from tailllm.tui.facts import Facts, gather, moves_on, usual_span
from tailllm.tui.messages import CallRead, FactsCame, NewsCame
from tailllm.tui.screens import outlook
from tailllm.tui.screens.filtering import Filtering
from tailllm.tui.screens.marking import Marking
from tailllm.tui.screens.pace import Pace
from tailllm.tui.screens.seeking import Seeker
from tailllm.tui.widgets.alarm import Alarm, Hints
from tailllm.tui.widgets.commandbar import CommandBar
from tailllm.tui.widgets.completing import Completing
from tailllm.tui.widgets.filterbar import FilterBar
from tailllm.tui.widgets.footer import Keys
from tailllm.tui.widgets.groups import Groups
from tailllm.tui.widgets.header import Header
from tailllm.tui.widgets.kept import Kept
from tailllm.tui.widgets.preview import Preview
from tailllm.tui.widgets.sparks import Sparks
from tailllm.tui.widgets.status import Status
from tailllm.tui.widgets.table import CallTable

if TYPE_CHECKING:
    from textual.timer import Timer

    from tailllm.tui.setting import Setting

READ_AFTER_S = 0.06
"""A cursor that rests so long is worth reading the log for."""
SCAN_EVERY_S = 0.01
QUIET_COUNT_S = 10.0
"""How often the numbers are counted again while no call comes."""


class Middle(Container, Kept):
    """Around the table and the preview."""


class Watching(Screen[None], Kept):
    """Composes the Live screen and paints it when there is news."""

    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012  Textual's own declaration admits no ClassVar
        (0, "-tiny"),
        (60, "-narrow"),
        (110, "-mid"),
        (150, "-wide"),
    ]
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (15, "-low"), (34, "-tall")]  # noqa: RUF012

    def __init__(self, setting: "Setting") -> None:
        super().__init__()
        self.setting = setting
        self.feed = setting.feed
        self.keeper = setting.keeper
        self.frozen = False
        self.span: int | None = None
        """Chosen time window; None until somebody chooses."""
        self.facts = Facts()
        self._pace = Pace(setting.look.paint_s, at_once=not setting.look.sparing)
        self._scanning: Timer | None = None
        self._failure_told = self._counting = False
        self._asked: tuple[object, ...] = ()
        self._looked_at: tuple[int | None, bool] = (None, False)
        self._counted_at = -setting.look.count_s
        self.marking = Marking(setting.keeper, self.post_message)
        eyes: dict[str, Any] = {"slow": setting.is_slow, "marked": self.marking.is_marked}
        self.seeker = Seeker(self.feed.window, **eyes)
        self.filtering = Filtering(setting)
        glyphs = cells.ASCII if setting.look.ascii else cells.UNICODE
        self.set_class(setting.look.ascii, "-ascii")
        self.header = Header(glyphs=glyphs, id="header")
        self.sparks = Sparks(glyphs=glyphs, id="sparks")
        self.hints = Hints(tuple(setting.hints), glyphs=glyphs, id="hints")
        eyes["novelties"] = self.feed.store.novelties
        self.table = CallTable(self.feed.window, **eyes, glyphs=glyphs, id="table")
        self.preview = Preview(glyphs=glyphs, id="preview")
        self.groups = Groups(glyphs=glyphs, id="groups")
        self.alarm = Alarm(glyphs=glyphs, id="alarm")
        self.filterbar = FilterBar(id="filterbar")
        self.commandbar = CommandBar(id="commandbar")
        self.completing = Completing(glyphs=glyphs, id="completing")
        self.status = Status(glyphs=glyphs, id="status")
        self.keys_line = Keys("live", setting.keymap, glyphs=glyphs, id="keys")

    def compose(self) -> ComposeResult:
        """Top to bottom."""
        yield self.header
        yield self.sparks
        yield self.hints
        with Middle(id="middle"):
            yield self.table
            yield self.preview
        yield self.groups
        yield self.alarm
        yield from (self.filterbar, self.commandbar, self.completing)
        yield self.status
        yield self.keys_line

    def on_mount(self) -> None:
        """Begin to read."""
        self.table.focus()
        self.table.empty = outlook.empty(self.feed, self.setting.targets, filtered=False)
        self.set_interval(self.setting.look.count_s, self.count)
        self.feed.start(self._news)
        self.setting.score(self._news)
        self.paint()

    def on_screen_resume(self) -> None:
        """Show what came while another screen was on top."""
        self.paint()

    def on_news_came(self) -> None:
        """Paint soon, but not more often than the terminal can take."""
        if self.frozen or not self.is_current:
            self._pace.owed = False
            return
        wait_s = self._pace.wait(monotonic(), self.feed.window.end)
        self.set_timer(max(0.001, wait_s), self.paint)

    def paint(self) -> None:
        """Take in what came and draw what is different."""
        self._pace.painted(monotonic(), self.feed.window.end)
        if self.frozen or not self.is_current:
            return
        self.filtering.rescore(self.table)
        self.table.grow()
        self.look()
        if self.table.selected is not None:
            self.preview.announce(self.table.selected)
        if self.feed.failure is not None and not self._failure_told:
            self._failure_told = True
            self.alarm.ring(
                f"Reading stopped, what is shown is old: {crash.sentence(self.feed.failure)}"
            )
        if monotonic() - self._counted_at >= self.setting.look.count_s or self._nothing_counted():
            self.count()
        if not (self.table.view.complete or self._scanning):
            self._scanning = self.set_timer(SCAN_EVERY_S, self._scan)

    def look(self) -> None:
        """Draw header and status as things stand."""
        self._looked_at = (self.table.cursor, self.table.following)
        filtered = bool(self.filtering.text)
        self.table.empty = outlook.empty(self.feed, self.setting.targets, filtered=filtered)
        now = outlook.situation(self.feed, self.table, self.setting.targets, frozen=self.frozen)
        self.header.tell(now, self.facts)
        frozen, marked = self.frozen, self.keeper.today
        self.status.tell(
            outlook.looking(self.feed, self.table, self.filtering, frozen=frozen, marked=marked)
        )

    def count(self) -> None:
        """Have the numbers counted, off the loop, one count at a time."""
        if self._counting or self.frozen or not self.is_current:
            return
        span = usual_span(self.feed, self.setting.clock()) if self.span is None else self.span
        wide = self.groups.display
        moves = moves_on(self.feed, span)
        asked = (self.feed.window.state, span, wide, moves)
        # Nothing new only ages the window: the rate sinks, and that can wait.
        due_s = QUIET_COUNT_S if moves else inf
        if asked == self._asked and monotonic() - self._counted_at < due_s:
            return
        self._counting, self._asked = True, asked
        self._counted_at = monotonic()
        self.run_worker(partial(self._gather, span, wide), thread=True, group="facts")

    def on_facts_came(self, message: FactsCame) -> None:
        """Draw the numbers."""
        self._counting = False
        if self.frozen:
            return
        self.facts = message.facts
        self.sparks.tell(self.facts)
        self.groups.tell(self.facts)
        self.look()
        if self._nothing_counted():
            self.count()

    def _nothing_counted(self) -> bool:
        """Calls are held and the numbers know of none: those of the first screen are due now."""
        return len(self.feed.window) > 0 and not self.facts.total.get("calls")

    def on_call_table_moved(self, message: CallTable.Moved) -> None:
        """Read the call the cursor rests on."""
        if self._looked_at != (self.table.cursor, self.table.following):
            self.look()
        self.reread()

    def reread(self) -> None:
        """Have the selected call read for the preview, where there is one."""
        row, seq = self.table.selected, self.table.cursor
        if row is None or seq is None:
            self.preview.expect(None)
        elif self.preview.display:
            self.preview.expect(row)
            self.set_timer(READ_AFTER_S, partial(self._read, seq, row))

    def on_call_read(self, message: CallRead) -> None:
        """Show the call, if the cursor is still on it."""
        row = self.table.selected
        if message.seq != self.table.cursor or row is None:
            return
        if message.call is None:
            self.preview.complain(message.trouble)
        else:
            self.preview.show(message.call, row)

    def _scan(self) -> None:
        """Look at older calls; what came meanwhile is drawn when a paint is due."""
        self._scanning = None
        if self._pace.wait(monotonic(), self.feed.window.end) <= 0:
            self.paint()
            return
        self._scanning = self.set_timer(SCAN_EVERY_S, self._scan)
        self.table.view.advance()

    def _news(self) -> None:
        """Called from the feed's thread."""
        if not self._pace.owed:
            self._pace.owed = True
            with suppress(RuntimeError):  # The loop may have closed under us.
                self.post_message(NewsCame())

    def _gather(self, span: int, groups: bool) -> None:
        self.post_message(
            FactsCame(gather(self.feed, span, groups=groups, limits=self.setting.limits))
        )

    def _read(self, seq: int, row: Row) -> None:
        if seq == self.table.cursor:
            work = partial(_read_call, self, seq, row)
            self.run_worker(work, thread=True, group="read", exclusive=True)


def _read_call(screen: Watching, seq: int, row: Row) -> None:
    try:
        screen.post_message(CallRead(seq, screen.feed.call(row)))
    except GoneError as error:
        screen.post_message(CallRead(seq, None, f"{error.what} {error.fix}"))
