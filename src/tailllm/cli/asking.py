"""What the verbs that answer questions share: the calls chosen, in the ledger and as rows."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from tailllm.cli.choice import Choice, choice
from tailllm.cli.opening import EVERY_CALL, loaded, open_config, score
from tailllm.cli.output import narrate
from tailllm.cli.parser import add_paths, add_since, add_where
from tailllm.cli.waiting import awaited
from tailllm.ink import counted

if TYPE_CHECKING:
    from collections.abc import Callable

    from tailllm.feed.feed import Feed
    from tailllm.records.row import Row
    from tailllm.store.errand import Errand
    from tailllm.store.span import Span
    from tailllm.store.store import Store
    from tailllm.store.where.moments import Now
    from tailllm.store.where.nodes import Condition


Answer = TypeVar("Answer")


class Asked(NamedTuple):
    """The calls a question is about."""

    feed: "Feed"
    store: "Store"
    """Holds them in its ledger; others too, unless `where` is asked along."""
    where: "Condition"
    chosen: Choice
    found: "list[Row] | None"
    """Those rows, where the filter had to look at rows anyway."""

    @property
    def now(self) -> "Now":
        """What `15m` and `14:02` mean in this log."""
        return self.chosen.now(self.feed)

    def rows(self) -> list["Row"]:
        """The calls, oldest first; only if rows were asked for."""
        return self.chosen.rows(self.feed) if self.found is None else self.found

    def answer(self, work: "Callable[[Errand], Answer]") -> "Answer":
        """The answer of `work`, waited for: how far it is is told, and ctrl+c ends it."""
        return awaited(work, self.store.ledger)

    def also(self, span: "Span") -> "Condition":
        """The calls of a stretch of time among them."""
        from tailllm.store.where.leaves import during
        from tailllm.store.where.nodes import joined

        return joined(" AND ", [self.where, during(span)])


def add_question(parser: argparse.ArgumentParser) -> None:
    """Where the calls are, which of them, and how to print the answer."""
    add_paths(parser)
    add_where(parser)
    add_since(parser)
    parser.add_argument("--json", action="store_true", help="print JSON")


@contextmanager
def asked(options: argparse.Namespace, *, rows: bool = False) -> Iterator[Asked]:
    """The calls of `options`, all read.

    Args:
        options: With `paths`, `where` and `since`.
        rows: Whether rows are wanted, not only numbers.

    Raises:
        UsageError: The filter is not understood.
        SourceError: A path cannot be read.
    """
    config = open_config(options)
    chosen = choice(options, config)
    novel = compares(options, chosen)
    size = EVERY_CALL if rows or novel or chosen.needs_rows else 1
    with loaded(options, config, window_size=size, asked=True) as feed:
        if novel:
            score(options, config, feed)
        yield _chosen(feed, chosen)


def compares(options: argparse.Namespace, chosen: Choice) -> bool:
    """Whether the answer depends on how new the calls are to the corpus."""
    asked_by_name = getattr(options, "by", None) == "novel"
    return asked_by_name or chosen.asks_novel or "novelty" in getattr(options, "question", "")


def _chosen(feed: "Feed", chosen: Choice) -> Asked:
    from tailllm.store.store import Store
    from tailllm.store.where.nodes import EVERYTHING

    where = chosen.condition(feed)
    if where is not None:
        return Asked(feed, feed.store, where, chosen, None)
    rows = chosen.rows(feed)
    if not rows and len(feed.window):
        narrate(f"tailllm: none of {counted(len(feed.window), 'call')} is in that choice.")
    store = Store(window_size=max(1, len(rows)))
    store.scored_like(feed.store, rows, store.extend(rows))
    return Asked(feed, store, EVERYTHING, chosen, rows)
