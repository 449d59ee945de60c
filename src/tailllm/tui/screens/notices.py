"""What happened to the files, and what format each is in."""

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from tailllm.ink import counted
from tailllm.records.line import Notice
from tailllm.tui import cells
from tailllm.tui.commands import bindings
from tailllm.tui.screens.side import SideScreen
from tailllm.tui.widgets.reading import ReadingPane
from tailllm.tui.widgets.reading_page import Page, Section
from tailllm.tui.widgets.reading_text import Para

if TYPE_CHECKING:
    from tailllm.feed.feed import Feed
    from tailllm.feed.news import FileState

NEWS_EVERY_S = 1.0
NO_FILES = "No files yet. Each file that is read would be listed here with its format."
NO_NOTICES = "Nothing has happened. Rotated, truncated, replaced or vanished files would be here."
LOUD = ("gone", "truncated", "unreadable", "too-long", "missing")


class NoticesScreen(SideScreen[None]):
    """Files first, then what happened to them, newest first."""

    NAME = "notices"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("notices")]

    def __init__(self, feed: "Feed") -> None:
        super().__init__()
        self._feed = feed
        self._shown: tuple[object, ...] = ()

    def compose(self) -> ComposeResult:
        """A title that counts, and the page."""
        yield Static(id="notices-title", markup=False)
        yield ReadingPane(id="notices-pane")
        yield self.keys()

    def on_mount(self) -> None:
        """What there is now; more comes while somebody looks."""
        self.query_one(ReadingPane).focus()
        self.news()
        self.set_interval(NEWS_EVERY_S, self.news)

    def news(self) -> None:
        """Draw again what has changed, the same row staying on top."""
        files, notices = list(self._feed.files), list(self._feed.notices)
        now = (tuple(files), len(notices), notices[-1:])
        if now == self._shown:
            return
        self._shown = now
        title = f" FILES  {len(files):,} read   {counted(len(notices), 'notice')}"
        self.query_one("#notices-title", Static).update(title)
        happened = [_of_notice(notice) for notice in reversed(notices)]
        pane = self.query_one(ReadingPane)
        sections = [
            Section("files", [_of_file(file) for file in files] or [Para(NO_FILES, "dim")]),
            Section("what happened", happened or [Para(NO_NOTICES, "dim")]),
        ]
        pane.show(Page(sections), pane.scroll_offset.y)


def _of_file(file: "FileState") -> Para:
    return Para(f"{file.path}  {file.sentence}", "warn" if file.broken else "body", 3)


def _of_notice(notice: Notice) -> Para:
    missing = f"  ({notice.missing_bytes:,} bytes may be missing)" if notice.missing_bytes else ""
    text = f"{cells.clock(notice.at)}Z  {notice.kind:<10}  {notice.path}  {notice.text}{missing}"
    return Para(text, "warn" if notice.kind in LOUD or missing else "body", 3)
