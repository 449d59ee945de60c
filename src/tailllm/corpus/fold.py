"""From the lines people appended to what stands now: one item per call, with its votes."""

import heapq
import os
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path

import msgspec

from tailllm.corpus.entries import Entries, Entry


class Mark(msgspec.Struct, gc=False):
    """One call somebody wants kept. Its content stays on disk: `Marks.whole` reads it."""

    first: Entry
    """The line that made it stand."""
    later: tuple[Entry, ...] = ()
    """What was said about it since."""

    @property
    def mark_id(self) -> str:
        """The id of the item."""
        return self.first.mark_id

    @property
    def said(self) -> tuple[Entry, ...]:
        """Everything said about it since it was last unmarked, oldest first."""
        return (self.first, *self.later)

    @property
    def votes(self) -> tuple[Entry, ...]:
        """The latest word of each person on each host who marked it, first voter first."""
        voters = {(vote.by, vote.host): vote for vote in self.said if vote.kind == "mark"}
        return tuple(voters.values())

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of the call in the logs it was marked in; on two hosts it may have two."""
        return tuple(dict.fromkeys(entry.key for entry in self.said if entry.key))

    @property
    def note(self) -> str | None:
        """The latest note."""
        notes = [entry.note for entry in self.said if entry.note is not None]
        return (notes[-1] or None) if notes else None

    @property
    def labels(self) -> tuple[str, ...]:
        """The latest labels."""
        labels = [entry.labels for entry in self.said if entry.labels is not None]
        return labels[-1] if labels else ()

    @property
    def expected(self) -> str | None:
        """What the answer should have been, in the latest words."""
        answers = [entry.expected for entry in self.said if entry.expected is not None]
        return (answers[-1] or None) if answers else None


class MarkList:
    """The marks that stand, in the order in which they were first made."""

    def __init__(self, marks: list[Mark], readers: Iterable[Entries]) -> None:
        self.marks = marks
        self.damaged = sum(reader.damaged for reader in readers)
        """Lines nobody can read: torn by a crash, or damaged by a merge."""
        self.newer = sum(reader.newer for reader in readers)
        """Lines of a later version of tailllm; left alone."""

    @cached_property
    def keys(self) -> dict[str, str]:
        """Call key to mark id, for what stands."""
        return {key: mark.mark_id for mark in self.marks for key in mark.keys}


def fold(files: Iterable[Path]) -> MarkList:
    """Read `files` as one history.

    Raises:
        OSError: a file is there and cannot be read.
    """
    readers = [Entries(path) for path in files if os.path.lexists(path)]
    standing: dict[str, Mark] = {}
    for entry in _in_time(readers):
        mark = standing.get(entry.mark_id)
        if entry.kind == "unmark":
            standing.pop(entry.mark_id, None)
        elif mark is not None:
            mark.later += (entry,)
        elif entry.kind == "mark":
            standing[entry.mark_id] = Mark(entry)
    return MarkList(list(standing.values()), readers)


def _in_time(readers: Sequence[Entries]) -> Iterator[Entry]:
    """All entries, each file in its own order, several files by time.

    Inside a file the order of the lines counts and not their clocks: a clock that jumped
    back must not bring a mark back to life.
    """
    if len(readers) == 1:
        return iter(readers[0])
    timed = heapq.merge(*map(_timed, readers), key=lambda pair: pair[0])
    return (entry for _, entry in timed)


def _timed(entries: Iterable[Entry]) -> Iterator[tuple[str, Entry]]:
    latest = ""
    for entry in entries:
        latest = max(latest, entry.at)
        yield latest, entry
