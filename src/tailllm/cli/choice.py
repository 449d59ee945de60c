"""Which calls a command is about: `--where` and `--since`."""

import argparse
from typing import TYPE_CHECKING, NamedTuple

from tailllm.cli.opening import open_marks
from tailllm.cli.since import since
from tailllm.cli.waiting import Patience

if TYPE_CHECKING:
    from tailllm.config.model import Config
    from tailllm.feed.feed import Feed
    from tailllm.records.row import Row
    from tailllm.store.filter import Around, Filter, Now
    from tailllm.store.where.nodes import Condition


class Choice(NamedTuple):
    """Which calls; made before anything is read, so that it can refuse."""

    where: str | None
    saved: dict[str, str]
    start: float | None
    """Seconds since the epoch."""
    clock: float
    marked: frozenset[str]
    """Keys of marked calls; empty unless the filter asks."""

    @property
    def is_all(self) -> bool:
        """Whether nothing is left out."""
        return not self.where and self.start is None

    def now(self, feed: "Feed") -> "Now":
        """What relative times are relative to, now that the log is read."""
        from tailllm.store.filter import Now

        return Now(self.clock, feed.store.newest_at)

    def filter(self, feed: "Feed") -> "Filter":
        """What `--where` means for this log."""
        from tailllm.store.filter import parse

        return parse(self.where or "", now=self.now(feed), saved=self.saved, path=feed.path)

    def condition(self, feed: "Feed") -> "Condition | None":
        """The same for the ledger; None when only the rows can answer."""
        from tailllm.store.where.nodes import Condition, joined

        found = self.filter(feed).condition(feed.store.ledger)
        if found is None or self.start is None:
            return found
        return joined(" AND ", [found, Condition("time_s >= ?", (self.start,))])

    @property
    def needs_rows(self) -> bool:
        """Whether the ledger cannot answer alone."""
        from tailllm.store.filter import parse

        return parse(self.where or "", saved=self.saved).needs_rows

    @property
    def asks_novel(self) -> bool:
        """Whether the calls must be compared with the corpus first."""
        from tailllm.store.filter import parse

        return parse(self.where or "", saved=self.saved).asks_novel

    def rows(self, feed: "Feed") -> list["Row"]:
        """The calls that are left, in the order of their start."""
        keep = self.filter(feed)
        around = _around(feed) if keep.asks_around else None
        found, held = [], len(feed.window)
        with Patience() as patience:
            for done, (_, row) in enumerate(feed.window.newest_first()):
                patience.searched(done, held)
                if self._has(feed, keep, around, row):
                    found.append(row)
        found.sort(key=lambda row: row.at)
        return found

    def _has(self, feed: "Feed", keep: "Filter", around: "Around | None", row: "Row") -> bool:
        from tailllm.store.span import time_of

        if self.start is not None and time_of(row) < self.start:
            return False
        slow = keep.asks_slow and _is_slow(feed, row)
        novelty = feed.store.novelties.novelty(row)
        return keep(row, marked=row.key in self.marked, slow=slow, around=around, novelty=novelty)


def choice(options: argparse.Namespace, config: "Config") -> Choice:
    """What `--where` and `--since` ask for.

    Raises:
        UsageError: One of them is not understood.
    """
    clock = options.host.clock()
    start = since(options.since, clock)
    if not options.where:
        return Choice(None, {}, start, clock, frozenset())
    from tailllm.store.filter import parse

    keep = parse(options.where, saved=config.filters)
    marked = open_marks(options, config).read().keys if keep.asks_marked else ()
    return Choice(options.where, config.filters, start, clock, frozenset(marked))


def _is_slow(feed: "Feed", row: "Row") -> bool:
    over = feed.config.thresholds.slow_ms or feed.store.slow_over(row)
    return over is not None and row.latency_ms is not None and row.latency_ms > over


def _around(feed: "Feed") -> "Around":
    from tailllm.ask.texts import Texts
    from tailllm.store.where.surroundings import Surroundings

    rows = [row for _, row in feed.window.newest_first()]
    return Surroundings(rows, Texts(feed).holds)
