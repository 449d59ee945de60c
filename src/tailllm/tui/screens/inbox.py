"""Triage: what people marked or reported, and the keys that decide about it."""

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from tailllm import ink
from tailllm.feed.triage import Seen, Table
from tailllm.tui import cells
from tailllm.tui.commands import bindings
from tailllm.tui.screens import inbox_page
from tailllm.tui.screens.ask import AskScreen
from tailllm.tui.screens.inbox_desk import Deciding
from tailllm.tui.widgets.reading import ReadingPane
from tailllm.tui.widgets.reading_list import LineList

if TYPE_CHECKING:
    from collections.abc import Callable

    from tailllm.corpus.items import Item

NEWS_EVERY_S = 5.0
"""Colleagues triage too: their decisions come in by themselves."""


class InboxScreen(Deciding):
    """A list of items, oldest first, over the selected one."""

    NAME = "inbox"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("inbox")]
    _shown: tuple[object, ...] = ()
    """What the pane shows."""

    def compose(self) -> ComposeResult:
        """Counts, the list, the item, what was decided, keys."""
        yield Static(" INBOX  reading…", id="inbox-title", markup=False)
        yield Static(inbox_page.HEAD, id="inbox-head", markup=False)
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
        elif self._list.has_focus:
            self.action_back()
        else:
            self._list.focus()

    def action_accept(self) -> None:
        """Make it a case that runs."""
        item = self._item
        if item:
            self._decide(lambda: f"Accepted as {self._triage.accept(item)}.", item)

    def action_dismiss_item(self) -> None:
        """Say why it becomes no case."""

        def dismiss(item: "Item", why: str) -> str:
            self._triage.inbox.dismiss(item, why)
            return "Dismissed."

        self._ask(
            "DISMISS  why?", "works as meant, not ours, no longer possible …", "", dismiss, True
        )

    def action_duplicate(self) -> None:
        """Say which case covers it already."""

        def duplicate(item: "Item", case: str) -> str:
            return f"Duplicate of {self._triage.duplicate(item, case)}."

        item = self._item
        near = self._seen(item).near if item else ()
        value = near[0].case.id if near else ""
        self._ask("DUPLICATE OF  which case?", "the start of its id", value, duplicate, True)

    def action_labels(self) -> None:
        """Say what kind of case it is."""

        def label(item: "Item", said: str) -> str:
            labels = [word.strip() for word in said.split(",") if word.strip()]
            self._triage.inbox.words(item, labels=labels)
            return "Labels kept."

        value = ", ".join(self._item.labels) if self._item else ""
        self._ask("LABELS", "separated by commas: refund, tone", value, label)

    def action_expected(self) -> None:
        """Say what should have happened."""

        def expect(item: "Item", said: str) -> str:
            self._triage.inbox.words(item, expected=said)
            return "Expected answer kept."

        value = (self._item.expected or "") if self._item else ""
        hint = "intent = cancel, contains 30 days, or a sentence"
        self._ask("EXPECTED  what should it have said?", hint, value, expect)

    def action_undo(self) -> None:
        """Take your latest decision back."""
        self._decide(lambda: f"{(self._triage.inbox.undo() or 'nothing to undo').capitalize()}.")

    def action_everything(self) -> None:
        """Decided items too, or only those that wait."""
        self._everything = not self._everything
        self._look()

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
        self._table = event.table
        ids = [item.mark_id for item in event.table.items]
        if before and before.mark_id in ids:
            cursor = ids.index(before.mark_id)
        self.query_one("#inbox-title", Static).update(inbox_page.title(event.table, self._clock()))
        self._list.fill(len(ids), cursor)
        if not event.sentence and not self._sticky:
            self._say("")
        self._draw_item()

    def took_off(self, table: Table) -> None:
        """Draw the list without it; the cursor is on the next one."""
        self._table = table
        self._list.fill(len(table.items), self._list.cursor)
        self._draw_item()

    def _ask(
        self,
        title: str,
        hint: str,
        value: str,
        deed: "Callable[[Item, str], str]",
        decides: bool = False,
    ) -> None:
        item = self._item
        if item is None:
            return

        def said(answer: str | None) -> None:
            if answer is not None:
                self._decide(lambda: deed(item, answer), item if decides else None)

        self.app.push_screen(AskScreen(title, hint, value), said)

    def _draw_item(self) -> None:
        """Draw it, unless it is on the screen already: a page read again starts at its top."""
        item = self._item
        seen = self._seen(item) if item else None
        shown = (item, seen)
        if self._table is not None and shown != self._shown:
            self._shown = shown
            self._pane.show(inbox_page.page(item, seen, self._clock()))

    def _say(self, sentence: str, *, sticky: bool = False) -> None:
        self._sticky = sticky
        said = self.query_one("#inbox-said", Static)
        told = sentence or (inbox_page.progress(self._table) if self._table else "")
        said.set_class(sticky, "-sticky")
        said.update(f" {ink.line(told)}{'  (Esc)' if sticky else ''}")

    def _line(self, number: int) -> str:
        if self._table is None:
            return ""
        item = self._table.items[number]
        return inbox_page.row(item, self._seen(item), self._clock(), self._glyphs)

    def _seen(self, item: "Item") -> Seen:
        return self._triage.seen(item)

    @property
    def _glyphs(self) -> cells.Glyphs:
        setting = getattr(self.app, "setting", None)
        return cells.ASCII if setting and setting.look.ascii else cells.UNICODE

    @property
    def _item(self) -> "Item | None":
        items = self._table.items if self._table else ()
        return items[self._list.cursor] if self._list.cursor < len(items) else None

    @property
    def _list(self) -> LineList:
        return self.query_one(LineList)

    @property
    def _pane(self) -> ReadingPane:
        return self.query_one(ReadingPane)
