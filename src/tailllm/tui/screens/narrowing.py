"""The filter box over the Live screen: the table follows what is typed."""

import re
from collections.abc import Sequence
from functools import partial

from textual.worker import get_current_worker

from tailllm.errors import FilterError
from tailllm.ink import line as visible
from tailllm.tui import scope
from tailllm.tui.screens.comparing import Comparing
from tailllm.tui.screens.searching import CallsFound, Search
from tailllm.tui.widgets.filterbar import FilterBar

FILTER_AFTER_S = 0.12
"""A pause in typing so long means: try it."""
_LAST_FIELD = re.compile(r"([^\W\d]\w*):[^\s()]*$")


class Narrowing(Comparing):
    """Opens the box, tries what is typed, keeps the last filter that could be read."""

    _typed = ""
    _wrong = False
    _offered: tuple[str, ...] = ()
    _taken: int | None = None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Inside the box a slash is a character."""
        if action == "filter" and self.filterbar.display:
            return False
        return super().check_action(action, parameters)

    def on_mount(self) -> None:
        """Begin with the filter of the command line."""
        if self.setting.where:
            self._filter(self.setting.where)

    def action_filter(self) -> None:
        """Ask for a filter."""
        self._box(open_it=True)
        self._typed, self._wrong = self.filtering.text, False
        self.filterbar.open(self.filtering.text)
        self._offer(self.filtering.text)
        self._count_hits()

    def on_filter_bar_changed(self, message: FilterBar.Changed) -> None:
        """Offer what it could become at once; try it after a pause in typing."""
        self._typed = message.text
        self._offer(message.text)
        self.set_timer(FILTER_AFTER_S, partial(self._try, message.text))

    def on_filter_bar_completed(self, message: FilterBar.Completed) -> None:
        """Take the next completion."""
        if not self._offered:
            return
        before = -1 if self._taken is None else self._taken
        self._taken = (before + message.steps) % len(self._offered)
        self._typed = self._offered[self._taken]
        self.filterbar.put(self._typed)
        if len(self._offered) == 1:
            self._offer(self._typed)
        else:
            self.completing.offer(last_words(self._offered), self._taken)
        self.set_timer(FILTER_AFTER_S, partial(self._try, self._typed))

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

    def paint(self) -> None:
        """A search goes on with the calls that came."""
        super().paint()
        search = self.filtering.search
        if search is not None and search.is_due:
            search.busy = True
            work = partial(self._search, search)
            self.run_worker(work, thread=True, group="search", exclusive=True)

    def on_calls_found(self, message: CallsFound) -> None:
        """Show what a search has found, each call at its place."""
        if message.search is not self.filtering.search:
            return
        for seq in message.seqs:
            self.table.view.again(seq)
        self.table.settle()
        self.look()

    def _search(self, search: Search) -> None:
        worker = get_current_worker()

        def found(seqs: list[int]) -> None:
            if not worker.is_cancelled:
                self.post_message(CallsFound(search, tuple(seqs)))

        search.run(found, lambda: worker.is_cancelled)

    def _try(self, text: str) -> None:
        if text == self._typed and self.filterbar.display:
            self._filter(text)

    def _filter(self, text: str) -> bool:
        """Use a filter; False when it cannot be read and the one before stays."""
        wrong = self.narrow(text)
        self._wrong = wrong is not None
        if wrong is not None:
            self._refuse(wrong, text)
        return wrong is None

    def narrow(self, text: str) -> FilterError | None:
        """Show what a filter keeps; why not when it cannot be read, and nothing changes."""
        before = self.filtering.text
        if text == before and self.filtering.search is not None:
            return None  # what was found so far stays found
        wrong = self.filtering.take(text)
        if wrong is not None:
            return wrong
        if self.filtering.text != before:
            self.workers.cancel_group(self, "search")
            self.table.show(self.filtering.keep, is_told=self.filtering.search is not None)
        self.look()
        if self.filtering.search is not None or not self.table.view.complete:
            self.paint()
        return None

    def _refuse(self, wrong: FilterError, text: str) -> None:
        """Say where; what is only not finished yet is completed instead."""
        kept = visible(self.filtering.text) or "no filter"
        self.filterbar.answer(f"still: {kept}", wrong=True)
        if wrong.end < len(text) or not self._offered:
            self.completing.refuse(
                visible(wrong.what), visible(wrong.fix), self.filterbar.column(wrong.start)
            )

    def _offer(self, text: str) -> None:
        self._offered = self.completions(text)
        self._taken = None
        self.completing.offer(last_words(self._offered))

    def completions(self, text: str) -> tuple[str, ...]:
        """What a half-typed filter could become, with the values this log has."""
        from tailllm.store.filter import complete

        field = _LAST_FIELD.search(text)
        seen = {}
        if field:
            from tailllm.store.fields import BY_NAME

            name = BY_NAME[field[1].casefold()].name if field[1].casefold() in BY_NAME else ""
            seen = {name: scope.values(self.setting, name)}
        return tuple(complete(text, values=seen))

    def _count_hits(self) -> None:
        view, held = self.table.view, len(self.feed.window)
        searched = self.filtering.searched(held)
        soon = f", {searched}" if searched else "" if view.complete else " so far"
        self.filterbar.answer(f"{len(view):,} of {held:,}{soon}")

    def _close_filter(self) -> None:
        self.filterbar.close()
        self._box(open_it=False)
        self.table.focus()
        self.look()

    def _box(self, *, open_it: bool) -> None:
        self.status.display = self.keys_line.display = not open_it
        self.completing.display = open_it

    def _answer(self, sentence: str) -> None:
        self.status.say(visible(sentence))


def last_words(texts: Sequence[str]) -> list[str]:
    """What is offered without what stands before it."""
    return [
        visible(re.split(r"[\s(]+(?=[^\s(\"]+(?:\"[^\"]*\")?$)", one.rstrip())[-1]) for one in texts
    ]
