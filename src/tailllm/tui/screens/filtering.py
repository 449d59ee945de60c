"""The filter in force: the last one that could be read."""

from typing import TYPE_CHECKING

from tailllm.errors import FilterError
from tailllm.records.row import Row
from tailllm.tui import scope
from tailllm.tui.screens.searching import Search

if TYPE_CHECKING:
    from tailllm.tui.setting import Setting
    from tailllm.tui.widgets.table import CallTable
    from tailllm.tui.widgets.view import Keep


class Filtering:
    """Turns what was typed into a question about rows; a bad text changes nothing."""

    def __init__(self, setting: "Setting") -> None:
        self._setting = setting
        self.text = ""
        self.keep: Keep | None = None
        self.asks_novel = False
        """Whether it looks at scores, which may come later than the calls."""
        self._scored = 0
        self.search: Search | None = None
        """Where whole messages or other calls must be looked at: what is found so far."""

    def take(self, text: str) -> FilterError | None:
        """Use `text` from now on; why not when it cannot be read, and all stays as it was."""
        if not text.strip():
            self.clear()
            return None
        try:
            wanted = scope.readable(self._setting, text)
        except FilterError as error:
            return error
        marked, slow = self._is_marked, self._setting.is_slow
        self.text, self.asks_novel = text, wanted.asks_novel
        novelty = self._setting.feed.store.novelties.novelty
        if wanted.asks_around:
            self.search = Search(self._setting.feed, wanted, marked=marked, slow=slow)
            self.keep = self.search.has
        else:
            self.search = None
            self.keep = lambda row: wanted(
                row, marked=marked(row), slow=slow(row), novelty=novelty(row)
            )
        return None

    def rescore(self, table: "CallTable") -> None:
        """Ask a filter by novelty about the calls that were scored meanwhile."""
        novelties, seen = self._setting.feed.store.novelties, self._scored
        asked = self.asks_novel or table.rank is not None
        novelties.wanted, self._scored = asked, novelties.scored
        if not self.asks_novel or self.search is not None:
            return
        fresh = novelties.since(seen)
        if fresh is None and table.rank is None:
            table.show(self.keep)
        elif fresh is None:
            # Who has put them in order wants them to stand still.
            fresh = list(range(table.view.low, table.view.high))
        for seq in fresh or ():
            table.view.again(seq)

    def searched(self, held: int) -> str:
        """How much of the calls held a search has looked at; empty when it is done."""
        search = self.search
        if search is None or not held or not (search.busy or search.is_due):
            return ""
        return f"{min(1.0, search.looked_at / held):.0%} searched"

    def clear(self) -> None:
        """Show everything."""
        self.text, self.keep, self.search, self.asks_novel = "", None, None, False

    def _is_marked(self, row: Row) -> bool:
        return row.key in self._setting.keeper.marked
