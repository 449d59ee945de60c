"""One call, read exactly: what the model saw, what it said, and the bytes of both."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message
from textual.widgets import Static
from textual.worker import get_current_worker

from tailllm import ink
from tailllm.records.row import Row
from tailllm.tui.commands import bindings
from tailllm.tui.screens.inspector_asking import Asking, Left
from tailllm.tui.screens.inspector_find import Finding
from tailllm.tui.screens.inspector_header import Place, header
from tailllm.tui.screens.inspector_marks import Marking
from tailllm.tui.screens.inspector_reading import Reading, read
from tailllm.tui.screens.inspector_seek import Seek, seek_in
from tailllm.tui.screens.inspector_share import Sharing
from tailllm.tui.screens.side import SideScreen
from tailllm.tui.widgets.reading import ReadingPane
from tailllm.tui.widgets.reading_find import FindLine
from tailllm.tui.widgets.reading_page import Page, Section
from tailllm.tui.widgets.reading_tabs import TabLine
from tailllm.tui.widgets.reading_text import Para

if TYPE_CHECKING:
    from textual.content import Content

    from tailllm.feed.feed import Feed
    from tailllm.feed.keeper import Keeper

TABS = ("Seen", "Reply", "Checks", "Meta", "Raw")
NEWS_EVERY_S = 1.0
READING = Page([Section("", [Para("reading…", "dim", 1)])])


class InspectorScreen(SideScreen[Left], Marking, Sharing, Asking, Finding):
    """Opens the call under a sequence number; `q` gives back the number it ended on."""

    NAME = "inspector"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("inspector")]

    @dataclass
    class Read(Message):
        """A call has been read."""

        reading: Reading

    def __init__(self, feed: "Feed", keeper: "Keeper", seq: int, seek: Seek | None = None) -> None:
        super().__init__()
        self.feed = feed
        self.keeper = keeper
        self.seq = seq
        self._seek = seek or seek_in(feed.window, feed.store, keeper)
        self._row: Row | None = None
        self._reading: Reading | None = None
        self._tab = "Seen"
        self._scrolls: dict[str, int] = {}
        self._said = Marking.Said("")
        self._header: Content | None = None

    def compose(self) -> ComposeResult:
        """Header, tabs, the page, the line of the search, keys."""
        yield Static(id="call-header", markup=False)
        yield TabLine(TABS, id="tabs")
        yield ReadingPane(id="pane")
        yield FindLine(id="find")
        yield self.keys()

    def on_mount(self) -> None:
        """Start reading."""
        self.pane.focus()
        self._open(self.seq)
        self.set_interval(NEWS_EVERY_S, self.news)

    def row_to_mark(self) -> Row | None:
        """The call on the screen."""
        return self._row

    def row_to_share(self) -> Row | None:
        """The call on the screen."""
        return self._row

    def news(self) -> None:
        """The window has changed: draw the position again, and the call if more is known."""
        row = self.feed.window.at(self.seq)
        if row is not None and row != self._row:
            self._open(self.seq)
        else:
            self._draw_header()

    def action_back(self) -> None:
        """Go back, to the call this ended on."""
        self.dismiss(self.seq)

    def action_escape(self) -> None:
        """Close the search, or a message that wants to be seen."""
        self._said = Marking.Said("")
        if self.find_line.asking:
            self.find_line.close()
        else:
            self.search("")
        self.pane.focus()
        self.draw_status()

    def action_find(self) -> None:
        """Ask for words; a passing remark makes room for what is found."""
        if not self._said.sticky:
            self._said = Marking.Said("")
        super().action_find()

    def action_step(self, direction: int) -> None:
        """The next call, or the one before."""
        self.action_seek("any", direction)

    def action_seek(self, kind: str, direction: int) -> None:
        """The next call of a kind: bad, slow, same, marked."""
        found = self._seek(kind, direction, self.seq)
        if found.seq is None:
            self.say_here(found.sentence)
        else:
            self._open(found.seq)

    def action_pane(self, direction: int) -> None:
        """The next tab, or the one before."""
        self._show(TABS[(TABS.index(self._tab.split()[0]) + direction) % len(TABS)])

    def action_raw(self) -> None:
        """From the conversation to the exact bytes, to the same laid out, and back."""
        order = {"Raw": "Raw laid out", "Raw laid out": "Seen"}
        self._show(order.get(self._tab, "Raw"))

    def action_message(self, direction: int) -> None:
        """The next message, or the one before."""
        self.pane.go_to_section(direction)

    def action_fold(self) -> None:
        """Fold or unfold the message."""
        self.pane.toggle_fold()

    def action_wrap(self) -> None:
        """Wrap long lines, or not."""
        self.pane.wrap = not self.pane.wrap

    def on_tab_line_picked(self, event: TabLine.Picked) -> None:
        """Open the tab that was clicked."""
        self._show(event.name)

    def on_reading_pane_moved(self) -> None:
        """Say which line is on top."""
        self.draw_status()

    def on_resize(self) -> None:
        """The header is cut to the width."""
        self.call_after_refresh(self._draw_header)

    def on_marking_said(self, event: Marking.Said) -> None:
        """Say what became of a mark, now that it is true."""
        self._said = event
        self._draw_header()
        self.draw_status()

    def on_inspector_screen_read(self, event: Read) -> None:
        """Draw what was read, unless somebody has gone on meanwhile."""
        if event.reading.seq != self.seq:
            return
        again = self._reading is not None and self._reading.row.key == event.reading.row.key
        self._reading = event.reading
        self.query_one(TabLine).badges = event.reading.badges
        self._scrolls = self._scrolls if again else {}
        if again:
            self._scrolls[self._tab] = self.pane.scroll_offset.y
        self._show(self._tab)
        self._draw_header()

    def _open(self, seq: int) -> None:
        row = self.feed.window.at(seq)
        self.seq = seq
        if row is None:
            if self._row is None:
                self.pane.show(Page([Section("", [Para("This call is no longer held.", "warn")])]))
            return
        if self._row is None or self._row.key != row.key:
            self._reading = None
            self.pane.show(READING)
        self._row = row
        self._said = Marking.Said("")
        self._draw_header()
        self._read(seq, row)

    @work(thread=True, exclusive=True, group="read")
    def _read(self, seq: int, row: Row) -> None:
        reading = read(self.feed, seq, row)
        if not get_current_worker().is_cancelled:
            self.post_message(self.Read(reading))

    def _show(self, tab: str) -> None:
        if self._reading is None:
            return
        if tab != self._tab:
            self._scrolls[self._tab] = self.pane.scroll_offset.y
        self._tab = tab
        self.query_one(TabLine).open = tab.split(maxsplit=1)[0]
        self.pane.show(self._reading.pages[tab], self._scrolls.get(tab, 0))
        self.search(self.words)
        self.draw_status()

    def say_here(self, text: str) -> None:
        """Answer a key in the line under the page."""
        self._said = Marking.Said(text)
        self.draw_status()

    def _draw_header(self) -> None:
        if self._row is None:
            return
        window = self.feed.window
        place = Place(max(0, self.seq - window.first) + 1, len(window))
        call = self._reading.call if self._reading else None
        marked = self.keeper.mark_id(self._row) is not None
        among = self.among(self._row)
        content = header(self._row, call, place, marked=marked, width=self.size.width, among=among)
        if content != self._header:
            self._header = content
            self.query_one("#call-header", Static).update(content)

    def draw_status(self) -> None:
        """Say where we are, and what became of a mark."""
        page, pane = self.pane.page, self.pane
        about = "" if page.done else "~"
        right = f"line {pane.scroll_offset.y + 1:,} of {about}{page.height:,}"
        if self._said.text:
            tone = "$error bold" if self._said.sticky else "$accent"
            self.find_line.say(ink.line(self._said.text), right, tone)
        else:
            self.find_line.say(self.found, right)
