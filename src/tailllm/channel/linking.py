"""The logged call a report is about: found without doubt, or a few offered to a person."""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from tailllm.corpus.dropped import Dropped
from tailllm.corpus.matching import certain
from tailllm.errors import TailllmError
from tailllm.novelty.index import NoveltyIndex

if TYPE_CHECKING:
    from tailllm.config.model import Config
    from tailllm.feed.feed import Feed
    from tailllm.records.call import Call
    from tailllm.records.line import RawLine
    from tailllm.records.row import Row

ROWS = 100_000
"""Calls that are looked through; a report is about one that is not old."""
LIKE = 0.3
"""Below this likeness a call is not worth offering."""
_PERMALINK = re.compile(r"/archives/[A-Z0-9]+/p(\d{10})(\d{6})")
_USER = re.compile(
    r"(?i)\b(?:user|customer|account)(?:[ _-]?id)?(?:\s?[:=#]\s?|\s)(?=[\w.@-]{0,80}\d)([\w.@-]++)"
)


class Content(NamedTuple):
    """What an item will hold."""

    call: "Call"
    raw: "Sequence[RawLine]" = ()
    paths: "Mapping[str, str] | None" = None
    how: str | None = None
    """How the logged call was found; None when it was not."""


class Calls:
    """The calls of some logs, read when the first report asks for them."""

    def __init__(self, logs: Sequence[str], config: "Config", clock: Callable[[], float]) -> None:
        self._logs = logs
        self._config = config
        self._clock = clock
        self._feed: Feed | None = None
        self._rows: list[Row] = []
        self._index: NoveltyIndex | None = None
        self.trouble: str = ""
        """Why the logs cannot be read; empty when they can, or nobody has asked."""

    def close(self) -> None:
        """Forget them; the next report reads the logs anew."""
        if self._feed is not None:
            self._feed.close()
        self._feed, self._rows, self._index = None, [], None

    def certain(self, dropped: Dropped) -> Content | None:
        """The call that an id in the text, or its time and user, name."""
        self._load()
        found = certain(dropped, self._rows) if self._feed else None
        return self._content(found.row, found.how) if found else None

    def named(self, key: str, how: str) -> Content | None:
        """The call of a key."""
        self._load()
        row = next((row for row in self._rows if row.key == key), None)
        return self._content(row, how) if row else None

    def near(self, text: str) -> tuple[tuple[str, float], ...]:
        """Keys of the few calls worded most like it: to be offered, never to be assumed."""
        self._load()
        if self._index is None:
            self._index = NoveltyIndex(most=ROWS)
            for row in self._rows:
                self._index.add(row.key, row.preview)
        found = self._index.likest(text) if text.strip() else []
        return tuple((key, round(like, 2)) for key, like in found if like >= LIKE)

    def _load(self) -> None:
        if self._feed is not None or not self._logs or self.trouble:
            return
        try:
            feed = opened(self._logs, self._config, self._clock)
        except (TailllmError, OSError) as error:
            self.trouble = str(error)
            return
        self._feed = feed
        self._rows = [row for _, row in feed.window.newest_first()]

    def _content(self, row: "Row", how: str) -> Content:
        assert self._feed is not None  # noqa: S101 -- a row has come from it
        return content(self._feed, row, how)


def opened(logs: Sequence[str], config: "Config", clock: Callable[[], float]) -> "Feed":
    """The calls of some logs, all read; close it.

    Raises:
        SourceError: They cannot be read.
    """
    from tailllm.feed.feed import Feed

    feed = Feed(logs, config, follow=False, clock=clock, window_size=ROWS, asked=False)
    try:
        feed.load()
        while feed.step():
            pass
        feed.finish()
    except BaseException:
        feed.close()
        raise
    return feed


def content(feed: "Feed", row: "Row", how: str) -> Content:
    """A logged call with the exact bytes of its lines."""
    raw = feed.raw(row)
    paths = {line.address.file: feed.path(line.address.file) for line in raw}
    return Content(feed.call(row), raw, paths, how)


def itself(
    text: str, dropped: Dropped, config: "Config", clock: Callable[[], float], name: str
) -> Content | None:
    """The call that was dropped, if somebody dropped its log line or its JSON.

    Args:
        name: Stands as the path of the log.
    """
    if text.lstrip()[:1] not in ("{", "["):
        return None
    with TemporaryDirectory(prefix="tailllm-") as folder:
        path = Path(folder, "dropped.jsonl")
        path.write_text(text.strip() + "\n", encoding="utf-8", errors="replace")
        feed = opened([str(path)], config, clock)
        try:
            rows = [row for _, row in feed.window.newest_first()]
            found = content(feed, rows[0], "its log line was dropped") if len(rows) == 1 else None
        finally:
            feed.close()
    if found is None or not found.call.input_messages:
        return None
    if found.call.output_text is None and not found.call.tool_calls and dropped.answer:
        return None  # a list of turns: the last one is the answer, and no log says so
    return found._replace(paths=dict.fromkeys(found.paths or (), name))


def hints(dropped: Dropped, text: str) -> Dropped:
    """What a text says about the call: a permalink has a time in it, and `user u_17` a user."""
    link, user = _PERMALINK.search(text), _USER.search(text)
    at = float(f"{link[1]}.{link[2]}") if link else dropped.at
    return dropped._replace(at=at, user=dropped.user or (user[1] if user else None))
