"""Triage: what people marked or reported, and the keys that decide about it."""

from collections.abc import Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from tailllm import ink
from tailllm.channel.board import Standing
from tailllm.feed.triage import Table
from tailllm.tui import cells
from tailllm.tui.commands import bindings
from tailllm.tui.screens import inbox_page
from tailllm.tui.screens.ask import AskScreen
from tailllm.tui.screens.inbox_desk import Deciding
from tailllm.tui.screens.inbox_verbs import Verbs
from tailllm.tui.widgets.reading import ReadingPane
from tailllm.tui.widgets.reading_list import LineList

NEWS_EVERY_S = 5.0
"""Colleagues triage too: their decisions come in by themselves."""


class InboxScreen(Verbs):
    """A list of items, oldest first, over the selected one."""

    NAME = "inbox"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("inbox")]
    _shown: tuple[object, ...] = ()
    """What the pane shows."""
    _reports: Mapping[str, Standing] = inbox_page.NOTHING
    """How the reports of items stand."""

    def compose(self) -> ComposeResult:
        """Counts, the list, the item, what was decided, keys."""
        yield Static(" INBOX  reading…", id="inbox-title", markup=False)
        yield Static(inbox_page.head(), id="inbox-head", markup=False)
        yield LineList(self._line, id="inbox-list")
        yield ReadingPane(id="inbox-pane")
        yield Static(id="inbox-said", markup=False)
        yield self.keys()

    def on_mount(self) -> None:
        """Read, and read again while somebody looks."""
        self._list.focus()
        self._look()
        self.set_interval(NEWS_EVERY_S, self.news)

    def action_open(self) -> None:
        """To the item, to scroll it; and back."""
        (self._pane if self._list.has_focus else self._list).focus()

    def action_escape(self) -> None:
        """Close a message; from the item to the list; from there back."""
        if self._sticky:
            self._say("")
        elif self._words and self._list.has_focus:
            self._filter("")
        elif self._list.has_focus:
            self.action_back()
        else:
            self._list.focus()

    def action_everything(self) -> None:
        """Decided items too, or only those that wait."""
        self._everything = not self._everything
        self._look()

    def action_filter(self) -> None:
        """List only items with some words; none lists all."""

        def said(words: str | None) -> None:
            if words is not None:
                self._filter(words)

        hint = "words of who, where from, why, labels, prompt, text"
        self.app.push_screen(AskScreen("FILTER", hint, self._words), said)

    def _filter(self, words: str) -> None:
        self._words = words
        self._list.fill(len(self._items), 0)
        self._draw_item()
        self._say("")

    def action_link(self) -> None:
        """Copy where the reporter waits, else the command that accepts the item."""
        item = self._item
        if item is None:
            return
        links = [voice.link for voice in item.voices if voice.link]
        text = ink.line(links[0]) if links else f"tailllm inbox accept {item.mark_id[:12]}"
        self.app.copy_to_clipboard(text)
        self._say(f"Copied: {text}")

    def on_line_list_selected(self) -> None:
        """Show the item under the cursor."""
        self._draw_item()

    def on_deciding_looked(self, event: Deciding.Looked) -> None:
        """Draw what was read; the selected item stays selected while it is there."""
        if event.sentence:
            self._say(event.sentence, sticky=event.sticky)
        if event.table is None:
            return
        before, cursor = self._item, self._list.cursor
        self._table, self._reports = event.table, event.board
        self.query_one("#inbox-head", Static).update(inbox_page.head(event.board))
        ids = [item.mark_id for item in self._items]
        if before and before.mark_id in ids:
            cursor = ids.index(before.mark_id)
        self.query_one("#inbox-title", Static).update(inbox_page.title(event.table, self._clock()))
        self._list.fill(len(ids), cursor)
        if not event.after_a_deed and not self._sticky:
            self._say("")
        self._draw_item()

    def took_off(self, table: Table) -> None:
        """Draw the list without it; the cursor is on the next one."""
        self._table = table
        self._list.fill(len(self._items), self._list.cursor)
        self._draw_item()

    def _draw_item(self) -> None:
        """Draw it, unless it is on the screen already: a page read again starts at its top."""
        item = self._item
        seen = self._seen(item) if item else None
        shown = (item, seen, self._reports.get(item.mark_id) if item else None)
        if self._table is not None and shown != self._shown:
            self._shown = shown
            self._pane.show(inbox_page.page(item, seen, self._clock(), self._reports))

    def _say(self, sentence: str, *, sticky: bool = False) -> None:
        self._sticky = sticky
        said = self.query_one("#inbox-said", Static)
        told = sentence or self._standing()
        said.set_class(sticky, "-sticky")
        said.update(f" {ink.line(told)}{'  (Esc)' if sticky else ''}")

    def _standing(self) -> str:
        """What stands at the foot while no key is answered."""
        if self._table is None:
            return ""
        done = inbox_page.progress(self._table)
        if not self._words:
            return done
        return f"filter: {self._words}  {len(self._items)} of {len(self._table.items)}   {done}"

    def _line(self, number: int) -> str:
        if number >= len(self._items):
            return ""
        item = self._items[number]
        return inbox_page.row(item, self._seen(item), self._clock(), self._glyphs, self._reports)

    @property
    def _glyphs(self) -> cells.Glyphs:
        setting = getattr(self.app, "setting", None)
        return cells.ASCII if setting and setting.look.ascii else cells.UNICODE

    @property
    def _pane(self) -> ReadingPane:
        return self.query_one(ReadingPane)
