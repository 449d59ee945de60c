"""What several verbs share: config, the loaded feed, the calls asked for, the marks."""

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tailllm import __version__
from tailllm.cli.output import narrate
from tailllm.cli.since import since
from tailllm.errors import SourceError, UsageError

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


@contextmanager
def loaded(options: argparse.Namespace, config: "Config | None" = None) -> Iterator["Feed"]:
    """The calls of `options.paths`, all read; what happened to the files goes to stderr.

    Raises:
        SourceError: A path cannot be read.
    """
    from tailllm.feed.feed import Feed

    host: Host = options.host
    feed = Feed(options.paths, config or open_config(options), follow=False, clock=host.clock)
    try:
        feed.load()
        for notice in feed.notices:
            if notice.kind not in {"found", "format"}:
                narrate(f"{notice.path}: {notice.text}")
        yield feed
    finally:
        feed.close()


def selection(
    options: argparse.Namespace, feed: "Feed", marked: Callable[[], frozenset[str]] = frozenset
) -> list["Row"]:
    """The calls that `--where` and `--since` leave, in the order of their start."""
    from tailllm.store.filter import parse

    keep = parse(options.where) if getattr(options, "where", None) else None
    start = since(getattr(options, "since", None), options.host.clock())
    keys = marked()
    rows = []
    for _, row in feed.window.newest_first():
        if start is not None and row.at < start:
            continue
        slow_over = feed.store.slow_over(row)
        slow = None not in {slow_over, row.latency_ms} and row.latency_ms > slow_over
        if keep is None or keep(row, marked=row.key in keys, slow=slow):
            rows.append(row)
    rows.sort(key=lambda row: row.at)
    return rows


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
    from tailllm.config.model import corpus_folder

    host: Host = options.host
    return corpus_folder(config, flag=options.corpus, cwd=host.cwd, environ=host.environ)


def open_marks(options: argparse.Namespace, config: "Config") -> "Marks":
    """The marks of the corpus; the rescue place is the XDG state folder."""
    import getpass
    import socket

    from tailllm.corpus.marks import Marks

    host: Host = options.host
    state = host.environ.get("XDG_STATE_HOME") or ""
    home = Path(host.environ.get("HOME") or Path.home())
    root = Path(state) if Path(state).is_absolute() else home / ".local/state"
    return Marks(
        corpus(options, config),
        fallback=root / "tailllm/marks",
        by=config.by or _login(getpass.getuser),
        host=socket.gethostname(),
        version=__version__,
    )


def _login(ask: Callable[[], str]) -> str:
    try:
        return ask()
    except (OSError, KeyError):
        return "unknown"
