"""The keys that decide about the selected item; most of them ask one thing first."""

from typing import TYPE_CHECKING

from tailllm.feed.triage import Seen
from tailllm.tui.screens import inbox_page
from tailllm.tui.screens.ask import AskScreen
from tailllm.tui.screens.inbox_desk import Deciding
from tailllm.tui.widgets.reading_list import LineList

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tailllm.corpus.items import Item


class Verbs(Deciding):
    """Accept, dismiss, duplicate, labels, expected, undo."""

    _words = ""
    """Only items with these are listed."""

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

    def _seen(self, item: "Item") -> Seen:
        return self._triage.seen(item)

    @property
    def _items(self) -> "Sequence[Item]":
        items = self._table.items if self._table else ()
        if not self._words:
            return items
        return [i for i in items if inbox_page.matches(i, self._seen(i), self._words)]

    @property
    def _item(self) -> "Item | None":
        items = self._items
        return items[self._list.cursor] if self._list.cursor < len(items) else None

    @property
    def _list(self) -> LineList:
        return self.query_one(LineList)
