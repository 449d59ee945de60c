"""How the reports of each item stand, for a screen: read from files, never from the network."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from tailllm.channel import ledger, outbox
from tailllm.channel.ledger import Ledger, Story
from tailllm.channel.outbox import Outbox


class Standing(NamedTuple):
    """The reports of one item."""

    told: str
    """The least that one of its reporters knows: parked | not yet | silent | seen | told | -."""
    lines: tuple[str, ...]
    """One for each report, and one for each call it may be about."""


_RANK = {"parked": 0, "not yet": 1, "silent": 2, "seen": 3, "told": 4, "-": 5}
Stamp = tuple[tuple[int, int, int] | None, ...]


class Board:
    """The ledger of one corpus, as a screen asks for it."""

    def __init__(self, folder: Path, clock: Callable[[], float]) -> None:
        self._ledger = Ledger(folder, host="", clock=clock)
        self._outbox = Outbox(folder, clock)
        self._paths = (folder / ledger.NAME, folder / outbox.NAME)

    @property
    def stamp(self) -> Stamp:
        """Differs when a sync has written something."""
        return tuple(map(_stamp, self._paths))

    def read(self) -> Mapping[str, Standing]:
        """Every item that somebody reported, by its id.

        Raises:
            CorpusError: A file is there and cannot be read.
        """
        tries = self._outbox.read()
        found: dict[str, Standing] = {}
        for story in self._ledger.read().values():
            told = outbox.told(story, tries)
            before = found.get(story.item, Standing("-", ()))
            least = min(told, before.told, key=_RANK.__getitem__)
            found[story.item] = Standing(least, (*before.lines, *_lines(story, told)))
        return found


def _lines(story: Story, told: str) -> tuple[str, ...]:
    who = story.first.author or "somebody"
    near = (f"perhaps call {key} ({like:.0%} alike)" for key, like in story.offered)
    word = {"-": "nobody can be told there", "seen": "told: it has come in"}.get(told, told)
    linked = f", call {story.call.call} by {story.call.how}" if story.call else ""
    return (f"{who}: {story.state}, {word}{linked}", *near)


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
