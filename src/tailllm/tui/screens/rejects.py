"""The lines that gave no call: why, where, and what they say."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message
from textual.widgets import Static
from textual.worker import get_current_worker

from tailllm import ink
from tailllm.errors import TailllmError
from tailllm.records.part import Reject
from tailllm.tui import cells
from tailllm.tui.commands import bindings
from tailllm.tui.screens.side import SideScreen
from tailllm.tui.widgets.reading import ReadingPane
from tailllm.tui.widgets.reading_list import LineList
from tailllm.tui.widgets.reading_page import Page, Section
from tailllm.tui.widgets.reading_text import Para

if TYPE_CHECKING:
    from tailllm.feed.feed import Feed

EMPTY = "No rejects. Lines nobody can read, and lines that are no model call, would be listed here."
NEWS_EVERY_S = 1.0


class RejectsScreen(SideScreen[None]):
    """A list of rejects, newest first, over the text of the selected one."""

    NAME = "rejects"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("rejects")]

    @dataclass
    class Read(Message):
        """The selected line has been read again."""

        reject: Reject
        page: Page

    def __init__(self, feed: "Feed") -> None:
        super().__init__()
        self._feed = feed
        self._held: list[Reject] = []
        self._total = -1

    def compose(self) -> ComposeResult:
        """A title that counts, the list, the line."""
        yield Static(id="rejects-title", markup=False)
        yield LineList(self._line, id="rejects-list")
        yield ReadingPane(id="rejects-pane")
        yield self.keys()

    def on_mount(self) -> None:
        """What there is now; more comes while somebody looks."""
        self._list.focus()
        self.news()
        self.set_interval(NEWS_EVERY_S, self.news)

    def news(self) -> None:
        """Take over new rejects, the selected one staying selected."""
        rejects = self._feed.rejects
        if rejects.total == self._total:
            return
        meant = self._held[self._list.cursor] if self._held else None
        self._total, self._held = rejects.total, rejects.latest
        cursor = self._held.index(meant) if meant in self._held else 0
        shown = f"{len(self._held):,} of {rejects.total:,}"
        title = f" REJECTS  {shown}   {rejects.broken:,} unreadable   {rejects.other:,} no call"
        self.query_one("#rejects-title", Static).update(title)
        self._list.fill(len(self._held), cursor)
        if not self._held:
            self._pane.show(Page([Section("", [Para(EMPTY, "dim", 1)])]))
        elif meant != self._held[cursor]:
            self._read(self._held[cursor])

    def action_escape(self) -> None:
        """From the line that is read to the list, and from there back."""
        if self._list.has_focus:
            self.action_back()
        else:
            self._list.focus()

    def on_line_list_selected(self, event: LineList.Selected) -> None:
        """Read the line under the cursor."""
        if event.number < len(self._held):
            self._read(self._held[event.number])

    def on_rejects_screen_read(self, event: Read) -> None:
        """Show it, unless the cursor has gone on."""
        if self._held and self._held[self._list.cursor] == event.reject:
            self._pane.show(event.page)

    @work(thread=True, exclusive=True, group="reject")
    def _read(self, reject: Reject) -> None:
        page = Page([self._section(reject)])
        if not get_current_worker().is_cancelled:
            self.post_message(self.Read(reject, page))

    def _section(self, reject: Reject) -> Section:
        # Late: what describes a call brings pydantic, and a list of rejects needs no call.
        from tailllm.tui.screens.inspector_pages import place

        title, size = place(reject.address, self._feed.path), f"{reject.address.length:,} bytes"
        try:
            text = ink.raw(self._feed.line(reject.address).text)
        except (TailllmError, OSError) as error:
            fix = error.fix if isinstance(error, TailllmError) else ""
            return Section(title, [Para(str(error), "warn"), Para(fix)], size, "warn")
        return Section(title, [Para(reject.reason, "warn"), Para(text, indent=1)], size)

    def _line(self, number: int) -> str:
        reject = self._held[number]
        kind = "unreadable" if reject.kind == "broken" else "no call"
        name = ink.line(self._feed.path(reject.address.file).rpartition("/")[2])
        where = cells.cut(f"{cells.cut(name, 20).rstrip()}:{reject.address.offset}", 34)
        return f" {kind:<10}  {where}  {ink.line(reject.reason)}"

    @property
    def _list(self) -> LineList:
        return self.query_one(LineList)

    @property
    def _pane(self) -> ReadingPane:
        return self.query_one(ReadingPane)
