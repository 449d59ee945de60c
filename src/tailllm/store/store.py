"""Remembers calls and answers questions about them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tailllm.records.row import Row
from tailllm.store import questions
from tailllm.store.bulk import Bulk
from tailllm.store.changes import Changes, changes
from tailllm.store.gauge import Gauge
from tailllm.store.groups import Group, groups, window_before
from tailllm.store.ledger import Ledger
from tailllm.store.novelties import Novelties
from tailllm.store.pages import Ready
from tailllm.store.sharing import Sharing
from tailllm.store.span import ALL, Span
from tailllm.store.stats import Stats, Timeline
from tailllm.store.tallies import tallies
from tailllm.store.ticks import Ticks
from tailllm.store.where.nodes import EVERYTHING, Condition
from tailllm.store.window import Window

if TYPE_CHECKING:
    from tailllm.novelty.scores import Score


class Store:
    """The recent calls as rows, all calls as columns.

    One thread writes (the feed); any thread asks. A question costs a few milliseconds, so a
    screen asks from a worker thread; `slow_over` and the window cost nothing and may be asked
    while painting.

    Args:
        window_size: How many calls are kept as rows.
        asked: False where nobody will ask for `stats` or a `timeline`.
    """

    def __init__(self, *, window_size: int = 50_000, asked: bool = True) -> None:
        self.window = Window(window_size)
        self.ledger = Ledger(keeps=asked)
        self.novelties = Novelties(window_size)
        """How new the calls of the window are to the corpus, where somebody scores them."""
        self._lowest = 0
        self._gauge = Gauge()
        self._sharing = Sharing()
        self.ticks = Ticks(self.ledger)

    @property
    def newest_at(self) -> float | None:
        """Time of the newest call whose clock can be believed."""
        return self._gauge.newest_at

    @property
    def oldest_at(self) -> float | None:
        """The same of the oldest one."""
        return self._gauge.oldest_at

    def extend(self, rows: Sequence[Row]) -> range:
        """Add newer calls, oldest first.

        Returns:
            The numbers they are known by from now on.
        """
        shared = [self._sharing.share(row) for row in rows]
        numbers = self.window.extend(shared)
        self._remember(numbers, shared)
        return numbers

    def prepend(self, rows: Sequence[Row]) -> range:
        """Add older calls, newest first.

        Returns:
            Their numbers, from the highest down. Those the window has no room for are known
            to the ledger alone.
        """
        shared = [self._sharing.share(row) for row in rows]
        numbers = range(self._lowest - 1, self._lowest - 1 - len(shared), -1)
        self._lowest -= len(shared)
        self.window.prepend(shared)
        self._remember(numbers, shared)
        return numbers

    def adopt(self, ready: Bulk, rows: Sequence[Row]) -> bool:
        """Add older calls that were made ready elsewhere, newest first.

        Args:
            rows: The same calls; may be left out where the window is full.

        Returns:
            False when the ledger takes them only one by one, by `prepend`; nothing was added.
        """
        highest = self._lowest - 1
        if not self.ledger.adopt(range(highest, highest - ready.calls, -1), ready):
            return False
        self._lowest -= ready.calls
        if rows:
            self.window.prepend(rows)
        else:
            self.window.pass_over(ready.calls)
        self._gauge.learn(ready)
        return True

    def adopt_newer(self, ready: Bulk, pages: Sequence[Ready]) -> bool:
        """Add newer calls that were made ready elsewhere, oldest first.

        Args:
            pages: The same calls as rows, as `pages.packed` gives them.

        Returns:
            False when the ledger takes them only one by one, by `extend`; nothing was added.
        """
        start = self.window.end
        if not self.ledger.adopt(range(start, start + ready.calls), ready):
            return False
        self.window.extend_packed(pages)
        self._gauge.learn(ready)
        return True

    def replace(self, seq: int, row: Row | None) -> None:
        """Put what is now known of a call in its place; None when it was part of another."""
        old = self.window.at(seq)
        if row is not None:
            row = self._sharing.share(row)
            self._gauge.date(row)
        self.window.replace(seq, row)
        self.ledger.replace(seq, row)
        if old is not None:
            # What the window forgot stays counted once, as it was: one call moves no percentile.
            self._gauge.time(old, -1)
            if row is not None:
                self._gauge.time(row, 1)

    def stats(
        self, span: Span = ALL, *, by: str | None = None, where: Condition = EVERYTHING
    ) -> Stats:
        """Counts, percentiles, sums and verdicts of a span, and of each group in it.

        Args:
            span: Which calls, by their own time.
            by: A key of `questions.GROUPS`.
            where: Only calls for which it is true: `Filter.condition(store.ledger)`.

        Raises:
            UsageError: There is no such group.
        """
        return questions.stats(self.ledger, span, by, where)

    def timeline(self, span: Span, buckets: int, where: Condition = EVERYTHING) -> Timeline:
        """The span in equal buckets; an open end is the oldest or newest call."""
        start = self.oldest_at if span.start is None else span.start
        end = self.newest_at if span.end is None else span.end
        if start is None or end is None or buckets < 1 or end < start:
            return Timeline()
        return questions.timeline(self.ledger, Span(start, end), buckets, where)

    def groups(
        self,
        by: str,
        span: Span = ALL,
        *,
        before: Span | None = None,
        where: Condition = EVERYTHING,
    ) -> tuple[Group, ...]:
        """The groups of a span, each beside itself in the window before.

        Args:
            by: A key of `questions.GROUPS`.
            span: Which calls, by their own time.
            before: The window to compare with; of the same length just before, if not given.
            where: Only calls for which it is true.

        Raises:
            UsageError: There is no such group.
        """
        before = before or window_before(span, self.newest_at)
        return groups(self.ledger, by, span, before, where)

    def count(self, span: Span = ALL, *, where: Condition = EVERYTHING) -> int:
        """Calls of a span: a hundredth of what `stats` costs."""
        return questions.count(self.ledger, span, where)

    def worst(
        self, by: str, span: Span = ALL, *, most: int, where: Condition = EVERYTHING
    ) -> questions.Worst:
        """The groups with the most bad calls, where there are too many to show."""
        return questions.worst(self.ledger, span, by, most, where)

    def changed(self, before: Condition, after: Condition, *, shares_only: bool = False) -> Changes:
        """What is different between two groups of calls; see `changes.changes`."""
        sides = tallies(self.ledger, before, after)
        return changes(*sides, shares_only=shares_only)

    def slow_over(self, row: Row) -> float | None:
        """The latency above which a call of this row's model is slow: the group's p95.

        Returns:
            Milliseconds to within 9 %; None under 20 calls.
        """
        return self._gauge.slow_over(row.model)

    def is_slow(self, row: Row) -> bool:
        """Whether the call took longer than 95 % of its model's calls."""
        if row.latency_ms is None:
            return False
        limit = self.slow_over(row)
        return limit is not None and row.latency_ms > limit

    def score(self, scored: Sequence[tuple[int, Row, "Score"]]) -> None:
        """Say how new some calls of the window are to the corpus."""
        self.novelties.put(scored)
        self.ledger.scores.add({seq: score.novelty for seq, _, score in scored})

    def scored_like(self, other: "Store", rows: Sequence[Row], numbers: Sequence[int]) -> None:
        """Take over what another store knows of calls that are here under these numbers."""
        known = ((n, row, other.novelties.of(row)) for n, row in zip(numbers, rows, strict=True))
        self.score([(number, row, score) for number, row, score in known if score is not None])

    def close(self) -> None:
        """Give the ledger's memory back."""
        self.ledger.close()

    def _remember(self, numbers: Sequence[int], rows: Sequence[Row]) -> None:
        self.ledger.extend(zip(numbers, rows, strict=True))
        for row in rows:
            self._gauge.add(row)
