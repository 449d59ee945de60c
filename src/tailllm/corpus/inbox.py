"""Triage: what people marked or reported becomes a case, or is dismissed with a reason.

Every decision is a line of its own, so that several people on several hosts lose nothing:
two decisions about one item both stand and both are shown.
"""

import hashlib
import json
import re
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Unpack

from tailllm.corpus import case_file, record
from tailllm.corpus.accept import build
from tailllm.corpus.append import WAIT_S, append
from tailllm.corpus.case import ID, Case
from tailllm.corpus.cases import Loaded, load_cases
from tailllm.corpus.content import mark_id as content_mark_id
from tailllm.corpus.entries import Entry
from tailllm.corpus.fold import Mark
from tailllm.corpus.inbox_lines import NAME, SCHEMA, InboxLines, Line, Said
from tailllm.corpus.items import Item, gather, latest_word
from tailllm.corpus.marks import Marks
from tailllm.corpus.record import KeptCall
from tailllm.corpus.wordings import FOLDER
from tailllm.errors import CorpusError
from tailllm.records.call import Call
from tailllm.records.line import RawLine


class Listing(NamedTuple):
    """The inbox at one time."""

    items: tuple[Item, ...]
    """Oldest first, decided ones too."""
    lines: tuple[Line, ...]
    unread: int
    """Lines of either file that nobody can read."""

    @property
    def waiting(self) -> tuple[Item, ...]:
        """What nobody has decided about."""
        return tuple(item for item in self.items if item.waits)


class Accepted(NamedTuple):
    """An item that became a case."""

    case: Case
    path: Path


class Inbox:
    """The inbox of one corpus folder, as one person on one host sees it."""

    def __init__(
        self,
        folder: Path,
        marks: Marks,
        *,
        by: str,
        host: str,
        version: str,
        clock: Callable[[], float] = time.time,
        wait_s: float = WAIT_S,
        cache: Path | None = None,
    ) -> None:
        """Touch nothing yet; arguments as for `Marks`, `cache` as for `load_cases`."""
        self.folder = folder
        self.path = folder / NAME
        self._marks = marks
        self._who = {"by": by, "host": host, "version": version}
        self._clock = clock
        self._wait_s = wait_s
        self._cache = cache

    def read(self) -> Listing:
        """Everything that was ever marked or reported, with what was decided.

        Raises:
            CorpusError: a file is there and cannot be read.
        """
        marks, reader = self._marks.read(), InboxLines(self.path)
        try:
            lines = tuple(reader)
        except OSError as error:
            raise CorpusError(
                f"the inbox cannot be read: {error}",
                fix=f"Give yourself the right to read {self.path}, or name another --corpus.",
            ) from error
        unread = marks.damaged + marks.newer + reader.damaged + reader.newer
        return Listing(tuple(gather(marks.marks, lines)), lines, unread)

    @property
    def stamp(self) -> tuple[tuple[int, int, int] | None, ...]:
        """Differs when somebody has marked, reported, decided, or added or removed a case."""
        files = (*self._marks.files, self.path)
        return tuple(map(_stamp, (*files, self.folder / FOLDER)))

    def clean(self, text: str) -> str:
        """A text without secrets, as everything of the inbox is."""
        return self._marks.cleaner().text(text)

    def cases(self) -> Loaded:
        """The cases of the corpus."""
        return load_cases(self.folder, cache=self._cache)

    def whole(self, item: Item) -> KeptCall:
        """An item's call and the exact bytes of its log lines.

        Raises:
            CorpusError: the line is no longer where it was, or is damaged.
        """
        place = item.place
        line = Entry(1, "mark", item.mark_id, path=place.path)
        line.offset, line.length = place.offset, place.length
        return self._marks.whole(Mark(line))

    def report(
        self,
        call: Call,
        raw: Sequence[RawLine] = (),
        *,
        paths: Mapping[str, str] | None = None,
        at: float | None = None,
        **said: Unpack[Said],
    ) -> str:
        """Drop an interaction into the inbox; return the id of its item, once on disk.

        Args:
            call: The logged call it was matched to, or one made of the transcript.
            raw: Log lines of the call; none for a transcript.
            paths: Path of each log file id.
            at: When it was reported, in seconds since the epoch; None is now.
            said: What stands around it.

        Raises:
            CorpusError: nothing was kept.
        """
        cleaner = self._marks.cleaner()
        labels = sorted(set(said.pop("labels", ())))
        given = {**said, "key": call.key, "labels": labels or None}
        words: dict[str, Any] = cleaner.value({k: v for k, v in given.items() if v is not None})
        body = record.body(call, raw, paths or {}, cleaner)
        if cleaner.fired:
            words["redacted"] = sorted(cleaner.fired)
        item = content_mark_id(body["call"])
        self._keep("report", item, words, body, at=at)
        return item

    def accept(
        self,
        item: Item,
        *,
        validators: Collection[str] = (),
        title: str | None = None,
        target: str | None = None,
    ) -> Accepted:
        """Make it a case: the file first, then the decision; both on disk on return.

        Raises:
            CorpusError: the corpus asks exactly this already, or nothing can be asked.
        """
        cleaner = self._marks.cleaner()
        case = build(
            item,
            self.whole(item),
            by=self._who["by"],
            validators=validators,
            title=cleaner.value(title),
            target=cleaner.value(target),
            redacted=sorted({*_redacted(item), *cleaner.fired}),
        )
        known = {each.content_id: each for each in self.cases().cases}.get(case.content_id)
        if known is None:
            path = case_file.write(self.folder, case)
        elif known.source and known.source.item == item.mark_id:
            case, path = known, case_file.path_of(self.folder, known)
        else:
            raise CorpusError(
                f"{known.id} asks exactly this already",
                fix=f"tailllm inbox dismiss {item.mark_id[:12]} --duplicate-of {known.id}",
            )
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        self._keep("accept", item.mark_id, {"case": case.id, "sha256": digest})
        return Accepted(case, path)

    def dismiss(self, item: Item, why: str) -> None:
        """Say that it need not become a case, and why."""
        if not why.strip():
            raise CorpusError("a dismissal needs a reason", fix="Say in a few words why.")
        self._keep("dismiss", item.mark_id, self._marks.cleaner().value({"why": why.strip()}))

    def duplicate(self, item: Item, case: str) -> None:
        """Say which case covers it already."""
        self._keep("duplicate", item.mark_id, {"case": case})

    def words(
        self,
        item: Item,
        *,
        note: str | None = None,
        labels: Sequence[str] | None = None,
        expected: str | None = None,
        report: str = "",
    ) -> None:
        """Say more about it; None leaves a word as it is, an empty one clears it.

        Args:
            report: Where words came in from outside, their id there.
        """
        sorted_ = None if labels is None else sorted(set(labels))
        said = {"report": report or None, "note": note, "labels": sorted_, "expected": expected}
        kept = {name: value for name, value in said.items() if value is not None}
        self._keep("words", item.mark_id, self._marks.cleaner().value(kept))

    def undo(self) -> str | None:
        """Take this person's latest word on this host back; None when there is none.

        The file of an accepted case goes too, unless somebody has changed it since.

        Returns:
            What was taken back, in one sentence.
        """
        last = latest_word(self.read().lines, self._who["by"], self._who["host"])
        if last is None:
            return None
        self._keep("undo", last.mark_id, {})
        if last.kind != "accept":
            return f"{last.kind} taken back"
        return _withdraw(self.folder / FOLDER / f"{last.case}{case_file.SUFFIX}", last)

    def _keep(
        self,
        kind: str,
        item: str,
        words: Mapping[str, Any],
        body: Mapping[str, Any] | None = None,
        *,
        at: float | None = None,
    ) -> None:
        head: dict[str, Any] = {"schema": SCHEMA, "kind": kind, "mark_id": item}
        moment = self._clock() if at is None else at
        head |= {"at": record.moment(moment)} | self._who | dict(words)
        try:
            append(self.path, record.encode(head | dict(body or {})), wait_s=self._wait_s)
        except OSError as refused:
            raise CorpusError(
                f"not kept: {self.path}: {refused.strerror or refused}",
                fix="Make room or give yourself the right to write, then decide again.",
            ) from refused


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def _withdraw(path: Path, accepted: Line) -> str:
    if not re.fullmatch(ID, accepted.case or ""):
        return "taken back; its line names no case"
    try:
        if hashlib.sha256(path.read_bytes()).hexdigest() != accepted.sha256:
            return f"taken back, but {path.name} was changed since: it stays"
        path.unlink()
    except OSError as error:
        return f"taken back; {path.name}: {error.strerror}"
    return f"taken back, {path.name} is gone"


def _redacted(item: Item) -> tuple[str, ...]:
    """The rules that fired when its content was kept."""
    try:
        with Path(item.place.path).open("rb") as file:
            file.seek(item.place.offset)
            found = json.loads(file.read(item.place.length)).get("redacted", ())
    except (OSError, ValueError):
        return ()
    return tuple(found)
