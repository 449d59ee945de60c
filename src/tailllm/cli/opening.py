"""What several verbs share: config, the loaded feed, the calls asked for, the marks."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tailllm.cli.output import narrate
from tailllm.cli.waiting import Patience
from tailllm.errors import Exit, SourceError, UsageError
from tailllm.ink import counted

if TYPE_CHECKING:
    from tailllm.cli.parser import Host
    from tailllm.config.model import Config
    from tailllm.corpus.marks import Marks
    from tailllm.feed.feed import Feed
    from tailllm.records.row import Row


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
        with Patience() as patience:
            feed.load(patience.read)
        while feed.step():
            pass
        feed.finish()
        for notice in feed.notices:
            if notice.kind not in {"found", "format"} and notice.path != "-":
                narrate(f"{notice.path}: {notice.text}")
        yield feed
    finally:
        feed.close()


def score(options: argparse.Namespace, config: "Config", feed: "Feed") -> None:
    """Compare every call in memory with the cases of this command line's corpus.

    Raises:
        SourceError: There is no case: then nothing is new, and nothing is old.
    """
    from tailllm.feed.scorer import Scorer

    folder = corpus(options, config)
    host: Host = options.host
    semantic = getattr(options, "semantic", False)
    if not Scorer(feed.store, folder, host.environ, semantic=semantic).score_all():
        raise SourceError(
            f"there is no case in {folder} to compare with",
            fix="`tailllm inbox accept` makes one of a mark; --corpus names another folder.",
        )


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
    from tailllm.dialects.prose import NO_LOG

    is_no_log = rejects.broken or set(rejects.by_reason) == {NO_LOG}
    return Exit.UNKNOWN if is_no_log else Exit.FINE


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
    return opening.open_marks(
        corpus(options, config), by=config.by, environ=host.environ, redact=config.redact
    )
