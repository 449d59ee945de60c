"""The filter box over the Live screen: the table follows what is typed."""

from functools import partial

from tailllm.ink import line as visible
from tailllm.tui.screens.watching import Watching
from tailllm.tui.widgets.filterbar import FilterBar

FILTER_AFTER_S = 0.12
"""A pause in typing so long means: try it."""


class Narrowing(Watching):
    """Opens the box, tries what is typed, keeps the last filter that could be read."""

    _typed = ""
    _wrong = False

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Inside the box a slash is a character."""
        if action == "filter" and self.filterbar.display:
            return False
        return super().check_action(action, parameters)

    def action_filter(self) -> None:
        """Ask for a filter."""
        self.status.display = False
        self._typed, self._wrong = self.filtering.text, False
        self.filterbar.open(self.filtering.text)
        self._count_hits()

    def on_filter_bar_changed(self, message: FilterBar.Changed) -> None:
        """Try it after a pause in typing."""
        self._typed = message.text
        self.set_timer(FILTER_AFTER_S, partial(self._try, message.text))

    def on_filter_bar_closed(self) -> None:
        """Keep what was typed."""
        if self._filter(self.filterbar.text):
            self._close_filter()

    def on_filter_bar_cleared(self) -> None:
        """Show everything."""
        self._typed = ""
        self._filter("")
        self._close_filter()

    def look(self) -> None:
        """The count goes on while older calls are looked at."""
        super().look()
        if self.filterbar.display and not self._wrong:
            self._count_hits()

    def _try(self, text: str) -> None:
        if text == self._typed and self.filterbar.display:
            self._filter(text)

    def _filter(self, text: str) -> bool:
        """Use a filter; False when it cannot be read and the one before stays."""
        before = self.filtering.text
        wrong = self.filtering.take(text)
        self._wrong = wrong is not None
        if wrong is not None:
            self.filterbar.answer(visible(wrong), wrong=True)
            return False
        if self.filtering.text != before:
            self.table.show(self.filtering.keep)
        self.look()
        if not self.table.view.complete:
            self.paint()
        return True

    def _count_hits(self) -> None:
        view, held = self.table.view, len(self.feed.window)
        soon = "" if view.complete else " so far"
        self.filterbar.answer(f"{len(view):,} of {held:,}{soon}")

    def _close_filter(self) -> None:
        self.filterbar.close()
        self.status.display = True
        self.table.focus()
        self.look()

    def _answer(self, sentence: str) -> None:
        self.status.say(visible(sentence))
