"""What waits in the inbox: marks and reports as one list, each with all that was said of it."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from tailllm.corpus.entries import Entry
from tailllm.corpus.fold import Mark
from tailllm.corpus.inbox_lines import DECISIONS, Line
from tailllm.corpus.record import seconds


class Voice(NamedTuple):
    """One person who thought this worth a look."""

    who: str
    source: str
    """mark | slack | github | file | paste | …"""
    at: float
    """Seconds since the epoch."""
    note: str | None
    link: str | None
    report: str = ""
    """Id of the report where it came from; empty for a mark and for what was pasted."""


class Item(msgspec.Struct, gc=False):
    """One interaction somebody marked or reported."""

    mark_id: str
    place: Entry | Line
    """Where its content can be read."""
    voices: tuple[Voice, ...]
    """First voice first."""
    said: tuple[Entry | Line, ...] = ()
    """Every standing line that has words, oldest first."""
    decided: tuple[Line, ...] = ()
    """The latest decision of each person on each host."""

    @property
    def at(self) -> float:
        """Since when it waits, in seconds since the epoch."""
        return self.voices[0].at

    @property
    def who(self) -> str:
        """Everybody who asked for it."""
        return ", ".join(dict.fromkeys(voice.who for voice in self.voices))

    @property
    def source(self) -> str:
        """Where it came in first."""
        return self.voices[0].source

    @property
    def note(self) -> str | None:
        """What was weird: the latest words."""
        return next((line.note for line in reversed(self.said) if line.note), None)

    @property
    def labels(self) -> tuple[str, ...]:
        """The latest labels."""
        found = [line.labels for line in self.said if line.labels is not None]
        return found[-1] if found else ()

    @property
    def expected(self) -> str | None:
        """What should have happened, in the latest words."""
        found = [line.expected for line in self.said if line.expected is not None]
        return (found[-1] or None) if found else None

    @property
    def waits(self) -> bool:
        """Whether nobody has decided."""
        return not self.decided

    @property
    def disputed(self) -> bool:
        """Whether two people decided differently: both are shown, none is lost."""
        return len({(line.kind, line.case) for line in self.decided}) > 1

    @property
    def state(self) -> str:
        """Every decision that stands, with who made it."""
        return " · ".join(f"{line.by} {line.said}" for line in self.decided) or "waiting"


def gather(marks: Iterable[Mark], lines: Sequence[Line]) -> list[Item]:
    """Marks that stand and reports, oldest first, with the decisions about each.

    A report has one place: the item of its latest line, once, however often it came in.
    """
    lines = _once(lines)
    items = {mark.mark_id: _from_mark(mark) for mark in marks}
    later: dict[str, list[Line]] = {}
    for line in lines:
        if line.kind == "report":
            _report(items, line)
        elif line.kind == "undo":
            take_back(later.get(line.mark_id, []), line)
        else:
            later.setdefault(line.mark_id, []).append(line)
    for mark_id, said in later.items():
        if mark_id in items:
            words = tuple(line for line in said if line.kind == "words")
            items[mark_id].said = _by_time(items[mark_id].said + words)
            items[mark_id].decided = _latest(said)
    return sorted(items.values(), key=lambda item: item.at)


def _once(lines: Sequence[Line]) -> Sequence[Line]:
    """Of several lines of one report only the latest: it was read twice, or linked to a call."""
    last = {line.report: n for n, line in enumerate(lines) if line.kind == "report" and line.report}
    if not last:
        return lines
    return [
        line
        for n, line in enumerate(lines)
        if line.kind != "report" or last.get(line.report, n) == n
    ]


def take_back(said: list[Line], undo: Line) -> None:
    """Remove the latest line of whoever undoes."""
    for place in range(len(said) - 1, -1, -1):
        line = said[place]
        if (line.by, line.host) == (undo.by, undo.host) and not line.report:
            del said[place]
            return


def latest_word(lines: Iterable[Line], by: str, host: str) -> Line | None:
    """What this person on this host said last and did not take back."""
    mine: list[Line] = []
    for line in lines:
        if (line.by, line.host) != (by, host) or line.kind == "report" or line.report:
            continue  # what a reporter said later is not this person's to take back
        if line.kind == "undo":
            same = [each for each in mine if each.mark_id == line.mark_id]
            if same:
                mine.remove(same[-1])
        else:
            mine.append(line)
    return mine[-1] if mine else None


def _latest(said: Sequence[Line]) -> tuple[Line, ...]:
    votes = {(line.by, line.host): line for line in said if line.kind in DECISIONS}
    return tuple(votes.values())


def _from_mark(mark: Mark) -> Item:
    voices = tuple(Voice(v.by, "mark", seconds(v.at), v.note, None) for v in mark.votes)
    return Item(mark.mark_id, mark.first, voices, mark.said)


def _report(items: dict[str, Item], line: Line) -> None:
    who, at = line.reporter or line.by, seconds(line.at)
    voice = Voice(who, line.source, at, line.note, line.link, line.report)
    known = items.get(line.mark_id)
    if known is None:
        items[line.mark_id] = Item(line.mark_id, line, (voice,), (line,))
        return
    known.voices = tuple(sorted((*known.voices, voice), key=lambda each: each.at))
    known.said = _by_time((*known.said, line))


def _by_time(said: Sequence[Entry | Line]) -> tuple[Entry | Line, ...]:
    return tuple(sorted(said, key=lambda line: seconds(line.at)))
