"""What several verbs share: config, the loaded feed, the calls asked for, the marks."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tailllm.cli.output import narrate
from tailllm.cli.since import since
from tailllm.errors import Exit, SourceError, UsageError
from tailllm.ink import counted

if TYPE_CHECKING:
    from tailllm.cli.parser import Host
    from tailllm.config.model import Config
    from tailllm.corpus.marks import Marks
    from tailllm.feed.feed import Feed
    from tailllm.records.row import Row
    from tailllm.store.filter import Filter


def open_config(options: argparse.Namespace) -> "Config":
    """The config of this command line."""
    from tailllm.config.load import load

    host: Host = options.host
    return load(options.config, cwd=host.cwd, environ=host.environ)


EVERY_CALL = 100_000_000
"""A window that forgets nothing: a command that lists calls must list them all."""


@contextmanager
def loaded(
    options: argparse.Namespace,
    config: "Config",
    *,
    window_size: int = EVERY_CALL,
    asked: bool = False,
) -> Iterator["Feed"]:
    """The calls of `options.paths`, all read; what happened to the files goes to stderr.

    Args:
        window_size: How many of them are kept as rows.
        asked: Whether the store will be asked for numbers.

    Raises:
        SourceError: A path cannot be read.
    """
    from tailllm.feed.feed import Feed

    host: Host = options.host
    feed = Feed(
        options.paths,
        config,
        follow=False,
        clock=host.clock,
        window_size=window_size,
        asked=asked,
    )
    try:
        feed.load()
        while feed.step():
            pass
        feed.finish()
        for notice in feed.notices:
            if notice.kind not in {"found", "format"} and notice.path != "-":
                narrate(f"{notice.path}: {notice.text}")
        yield feed
    finally:
        feed.close()


def told(feed: "Feed", paths: list[str]) -> Exit:
    """How a count of calls ends: lines nobody can read and no call at all are no answer."""
    window, rejects = feed.window, feed.rejects
    if len(window) or window.dropped or not rejects.total:
        return Exit.FINE
    import shlex

    lines = counted(rejects.total, "line")
    narrate(
        f"tailllm: no model call in {lines}. "
        f"`{shlex.join(['tailllm', 'calls', *paths])} --rejects` says why."
    )
    return Exit.UNKNOWN if rejects.broken else Exit.FINE


class Choice(NamedTuple):
    """Which calls a command is about; made before anything is read, so that it can refuse."""

    keep: "Filter | None"
    start: float | None
    """Seconds since the epoch."""
    marked: frozenset[str]
    """Keys of marked calls; empty unless the filter asks."""

    @property
    def is_all(self) -> bool:
        """Whether nothing is left out."""
        return self.keep is None and self.start is None

    def rows(self, feed: "Feed") -> list["Row"]:
        """The calls that are left, in the order of their start."""
        found = [row for _, row in feed.window.newest_first() if self._has(feed, row)]
        found.sort(key=lambda row: row.at)
        return found

    def _has(self, feed: "Feed", row: "Row") -> bool:
        if self.start is not None and row.at < self.start:
            return False
        if self.keep is None:
            return True
        return self.keep(row, marked=row.key in self.marked, slow=_is_slow(feed, row))


def choice(options: argparse.Namespace, config: "Config") -> Choice:
    """What `--where` and `--since` ask for.

    Raises:
        UsageError: One of them is not understood.
    """
    from tailllm.store.filter import parse

    start = since(options.since, options.host.clock())
    keep = parse(options.where) if options.where else None
    asks_for_marks = keep is not None and "is:marked" in options.where
    marked = open_marks(options, config).read().keys if asks_for_marks else ()
    return Choice(keep, start, frozenset(marked))


def _is_slow(feed: "Feed", row: "Row") -> bool:
    over = feed.config.thresholds.slow_ms or feed.store.slow_over(row)
    return over is not None and row.latency_ms is not None and row.latency_ms > over


def find(feed: "Feed", key: str, paths: list[str]) -> "Row":
    """The call of a key, or of its end, if only one call has it.

    Raises:
        UsageError: Several calls fit.
        SourceError: None does.
    """
    exact, near = [], []
    for _, row in feed.window.newest_first():
        if row.key == key:
            exact.append(row)
        elif row.key.endswith(f":{key}") or row.key.startswith(key):
            near.append(row)
    found = exact[:1] or near
    if len(found) == 1:
        return found[0]
    if found:
        few = ", ".join(row.key for row in found[:3])
        raise UsageError(f"{len(found)} calls fit {key!r}", fix=f"Write one in full: {few}, …")
    raise SourceError(
        f"no call {key!r} in {' '.join(paths)}",
        fix="`tailllm calls PATH` lists the keys of all calls",
    )


def corpus(options: argparse.Namespace, config: "Config") -> Path:
    """Where marks go."""
    from tailllm.config.folder import corpus_folder

    host: Host = options.host
    return corpus_folder(config, flag=options.corpus, cwd=host.cwd, environ=host.environ)


def open_marks(options: argparse.Namespace, config: "Config") -> "Marks":
    """The marks of this command line's corpus."""
    from tailllm.corpus import opening

    host: Host = options.host
    return opening.open_marks(corpus(options, config), by=config.by, environ=host.environ)
