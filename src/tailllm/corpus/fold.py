"""From the lines people appended to what stands now: one item per call, with its votes."""

import heapq
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

import msgspec

from tailllm.corpus.entries import Brief, Entries, Entry


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

    def __init__(self, standing: Mapping[str, Entry | Mark], readers: Iterable[Entries]) -> None:
        self._standing = standing
        self.damaged = sum(reader.damaged for reader in readers)
        """Lines nobody can read: torn by a crash, or damaged by a merge."""
        self.newer = sum(reader.newer for reader in readers)
        """Lines of a later version of tailllm; left alone."""

    @cached_property
    def marks(self) -> list[Mark]:
        """Each with everything that was said about it."""
        return [Mark(said) if isinstance(said, Entry) else said for said in self._standing.values()]

    @cached_property
    def keys(self) -> dict[str, str]:
        """Call key to mark id, for what stands."""
        keys = {}
        for mark_id, said in self._standing.items():
            if isinstance(said, Mark):
                keys.update(dict.fromkeys(said.keys, mark_id))
            elif said.key:
                keys[said.key] = mark_id
        return keys


def fold(files: Iterable[Path]) -> MarkList:
    """Read `files` as one history.

    Raises:
        OSError: a file is there and cannot be read.
    """
    readers = [Entries(path) for path in files if os.path.lexists(path)]
    standing: dict[str, Entry | Mark] = {}
    runs = readers[0].batches() if len(readers) == 1 else [_in_time(readers)]
    for run in runs:
        if not (isinstance(run, list) and _stand_at_once(run, standing)):
            for entry in run:
                _stand(entry, standing)
    return MarkList(standing, readers)


def standing_keys(files: Sequence[Path]) -> dict[str, str]:
    """What `fold` says in `keys`, and nothing else: a corpus of any size must open at once.

    Raises:
        OSError: a file is there and cannot be read.
    """
    there = [path for path in files if os.path.lexists(path)]
    if len(there) != 1:
        return fold(there).keys
    keys: dict[str, str] = {}
    more: dict[str, list[str]] = {}
    for run in Entries(there[0]).briefs():
        fresh = {entry.mark_id: entry.key for entry in run if entry.kind == "mark"}
        if len(fresh) == len(run) and keys.keys().isdisjoint(fresh):
            keys.update(fresh)
        else:
            for entry in run:
                _hear(entry, keys, more)
    found = dict(zip(keys.values(), keys, strict=True))
    found |= {key: mark_id for mark_id, others in more.items() for key in others}
    found.pop("", None)
    return found


def _hear(entry: Brief, keys: dict[str, str], more: dict[str, list[str]]) -> None:
    """`more` has the keys that a standing mark has in other logs."""
    if entry.kind == "unmark":
        keys.pop(entry.mark_id, None)
        more.pop(entry.mark_id, None)
    elif entry.mark_id in keys:
        more.setdefault(entry.mark_id, []).append(entry.key)
    elif entry.kind == "mark":
        keys[entry.mark_id] = entry.key


def _stand_at_once(run: list[Entry], standing: dict[str, Entry | Mark]) -> bool:
    """Whether all of `run` are first marks of a call each, and stand now: the common case."""
    ids = [entry.mark_id for entry in run if entry.kind == "mark"]
    if len(ids) != len(run) or len(set(ids)) != len(ids) or not standing.keys().isdisjoint(ids):
        return False
    standing.update(zip(ids, run, strict=True))
    return True


def _stand(entry: Entry, standing: dict[str, Entry | Mark]) -> None:
    said = standing.get(entry.mark_id)
    if entry.kind == "unmark":
        standing.pop(entry.mark_id, None)
    elif isinstance(said, Mark):
        said.later += (entry,)
    elif said is not None:
        standing[entry.mark_id] = Mark(said, (entry,))
    elif entry.kind == "mark":
        standing[entry.mark_id] = entry


def _in_time(readers: Sequence[Entries]) -> Iterator[Entry]:
    """All entries of several files by time, each file in its own order.

    Inside a file the order of the lines counts and not their clocks: a clock that jumped
    back must not bring a mark back to life.
    """
    timed = heapq.merge(*map(_timed, readers), key=lambda pair: pair[0])
    return (entry for _, entry in timed)


def _timed(entries: Iterable[Entry]) -> Iterator[tuple[str, Entry]]:
    latest = ""
    for entry in entries:
        latest = max(latest, entry.at)
        yield latest, entry
