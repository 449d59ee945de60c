"""From the lines people appended to what stands now: one item per call, with its votes."""

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tailllm.corpus.entries import Entries, Entry, Place


@dataclass(slots=True)
class Vote:
    """One person on one host who wanted the call kept, with their latest words."""

    by: str
    host: str
    at: str
    """UTC, as text that sorts."""
    note: str | None
    labels: tuple[str, ...]
    expected: str | None


@dataclass(slots=True)
class Mark:
    """One call somebody wants kept. Its content stays on disk: `Marks.whole` reads it."""

    mark_id: str
    place: Place
    keys: list[str] = field(default_factory=list)
    """Keys of the call in the logs it was marked in; the same call on two hosts may have two."""
    note: str | None = None
    labels: tuple[str, ...] = ()
    expected: str | None = None
    votes: list[Vote] = field(default_factory=list)
    """First vote first."""


@dataclass(frozen=True)
class MarkList:
    """The marks that stand, in the order in which they were first made."""

    marks: list[Mark]
    damaged: int = 0
    newer: int = 0
    history: int = 0
    """Lines read, tombstones and repetitions too."""
    keys: dict[str, str] = field(default_factory=dict)
    """Call key to mark id, for what stands."""


def fold(files: Iterable[Path]) -> MarkList:
    """Read `files` as one history.

    Raises:
        OSError: a file is there and cannot be read.
    """
    readers = [Entries(path) for path in files]
    standing: dict[str, Mark] = {}
    history = 0
    for _, place, entry in _in_time(readers):
        history += 1
        if entry.kind == "mark":
            _mark(standing, place, entry)
        elif entry.kind == "unmark":
            standing.pop(entry.mark_id, None)
        elif entry.kind == "edit" and entry.mark_id in standing:
            _say(standing[entry.mark_id], entry)
    return MarkList(
        list(standing.values()),
        damaged=sum(reader.damaged for reader in readers),
        newer=sum(reader.newer for reader in readers),
        history=history,
        keys={key: mark.mark_id for mark in standing.values() for key in mark.keys},
    )


Line = tuple[str, Place, Entry]


def _in_time(readers: list[Entries]) -> Iterator[Line]:
    """All lines, each file in its own order, several files by time.

    Inside a file the order of the lines counts and not their clocks: a clock that jumped
    back must not bring a mark back to life.
    """
    return heapq.merge(*(_timed(reader) for reader in readers), key=lambda line: line[0])


def _timed(reader: Entries) -> Iterator[Line]:
    latest = ""
    for offset, length, entry in reader:
        latest = max(latest, entry.at)
        yield latest, Place(reader.path, offset, length), entry


def _mark(standing: dict[str, Mark], place: Place, entry: Entry) -> None:
    mark = standing.get(entry.mark_id)
    if mark is None:
        mark = standing[entry.mark_id] = Mark(entry.mark_id, place)
    if entry.key and entry.key not in mark.keys:
        mark.keys.append(entry.key)
    vote = Vote(entry.by, entry.host, entry.at, entry.note, entry.labels or (), entry.expected)
    for n, other in enumerate(mark.votes):
        if (other.by, other.host) == (vote.by, vote.host):
            mark.votes[n] = vote
            break
    else:
        mark.votes.append(vote)
    _say(mark, entry)


def _say(mark: Mark, entry: Entry) -> None:
    """The latest word on each point counts; saying nothing takes nothing back."""
    if entry.note is not None:
        mark.note = entry.note or None
    if entry.labels is not None:
        mark.labels = entry.labels
    if entry.expected is not None:
        mark.expected = entry.expected or None
