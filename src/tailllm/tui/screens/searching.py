"""A search that must read calls again, or look at the others around them: off the loop."""

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

from textual.message import Message

from tailllm.records.row import Row

if TYPE_CHECKING:
    from tailllm.feed.feed import Feed
    from tailllm.store.filter import Filter

NEWS_EVERY_S = 0.15


@dataclass
class CallsFound(Message):
    """A search has chosen these calls; posted from its thread."""

    search: "Search"
    seqs: tuple[int, ...]


class Search:
    """Remembers which calls a filter chooses; one thread looks, any thread asks."""

    def __init__(
        self,
        feed: "Feed",
        wanted: "Filter",
        *,
        marked: Callable[[Row], bool],
        slow: Callable[[Row], bool],
    ) -> None:
        self._feed = feed
        self._wanted = wanted
        self._marked = marked
        self._slow = slow
        self._known: dict[tuple[str, str], bool] = {}
        self._looked_to: tuple[int, int, int] | None = None
        self.busy = False
        """Whether a thread is looking."""
        self.gone = 0
        """Calls whose text was no longer in the log."""

    @property
    def looked_at(self) -> int:
        """Calls that were asked about."""
        return len(self._known)

    @property
    def is_due(self) -> bool:
        """Whether calls have come that nobody has looked at."""
        window = self._feed.window
        return not self.busy and self._looked_to != (
            window.first,
            window.end,
            window.replacements,
        )

    def has(self, row: Row) -> bool:
        """Whether the call is known to be chosen."""
        return self._known.get((row.key, row.state), False)

    def run(self, found: Callable[[list[int]], None], cancelled: Callable[[], bool]) -> None:
        """Look at every call not looked at yet, the newest first.

        Args:
            found: Told the chosen calls, a few times a second, and once at the end.
            cancelled: Whether nobody wants to know any more.
        """
        from tailllm.ask.texts import Texts
        from tailllm.store.where.surroundings import Surroundings

        wanted, window = self._wanted, self._feed.window
        self._looked_to = (window.first, window.end, window.replacements)
        texts = Texts(self._feed)
        around = Surroundings((row for _, row in window.newest_first()), texts.holds)
        fresh: list[int] = []
        told = monotonic()
        for seq, row in window.newest_first():
            if cancelled():
                break
            if (row.key, row.state) in self._known:
                continue
            marked = wanted.asks_marked and self._marked(row)
            slow = wanted.asks_slow and self._slow(row)
            novelty = self._feed.store.novelties.novelty(row) if wanted.asks_novel else None
            has = wanted(row, marked=marked, slow=slow, around=around, novelty=novelty)
            self._known[row.key, row.state] = has
            fresh += [seq] if has else []
            if monotonic() - told >= NEWS_EVERY_S:
                found(fresh)
                fresh, told = [], monotonic()
        self.gone += texts.gone
        self.busy = False
        found(fresh)
