"""Keep calls: what was acknowledged is on disk, whatever happens next.

The contract, the fields and what is not promised are in docs/marks.md.
"""

import contextlib
import hashlib
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tailllm.corpus import record
from tailllm.corpus.append import WAIT_S, append
from tailllm.corpus.clean import Cleaner
from tailllm.corpus.content import mark_id
from tailllm.corpus.fold import Mark, MarkList, fold, standing_keys
from tailllm.corpus.rules import NONE, Rules
from tailllm.errors import CorpusError
from tailllm.records.call import Call
from tailllm.records.line import RawLine

NAME = "marks.jsonl"
PULLED = "marks.*.jsonl"
"""Files of marks that were made on other hosts."""


class Kept(NamedTuple):
    """Where a decision is now on disk."""

    mark_id: str
    path: Path
    rescued: bool = False
    """The corpus refused, and the fallback file has it."""
    why: str = ""
    """What the corpus refused with; empty unless rescued."""
    redacted: tuple[str, ...] = ()
    """The rules that found secrets, which are tags in the record."""

    @property
    def note(self) -> str:
        """What to tell of secrets, or nothing."""
        return f" Secrets became tags: {', '.join(self.redacted)}." if self.redacted else ""


class Marks:
    """The marks of one corpus folder: lines are added, none is ever changed or removed."""

    def __init__(
        self,
        folder: Path,
        *,
        fallback: Path,
        by: str,
        host: str,
        version: str,
        rules: Rules = NONE,
        clock: Callable[[], float] = time.time,
        wait_s: float = WAIT_S,
    ) -> None:
        """Touch nothing yet.

        Args:
            folder: The corpus folder; made at the first mark.
            fallback: A folder outside the corpus for marks the corpus refuses.
            by: Who decides.
            host: On which host.
            version: Of tailllm.
            rules: What is a secret here, beside the built-in shapes.
            clock: Seconds since the epoch.
            wait_s: How long to wait for another writer before the fallback file is used.
        """
        self.path = folder / NAME
        corpus = hashlib.sha256(os.fsencode(folder.absolute())).hexdigest()[:12]
        self.fallback = fallback / f"marks-{corpus}.jsonl"
        """One file per corpus, so that a rescued mark shows up in its own corpus only."""
        self._who: dict[str, Any] = {"by": by, "host": host, "version": version}
        self._clock = clock
        self._wait_s = wait_s
        self._rules = rules

    @property
    def files(self) -> tuple[Path, ...]:
        """Where marks are read: ours, what it refused, and what was pulled from other hosts."""
        return (self.path, self.fallback, *sorted(self.path.parent.glob(PULLED)))

    def cleaner(self) -> Cleaner:
        """What looks through one call for secrets."""
        return Cleaner(self._rules)

    def secrets(self, call: Call, raw: Sequence[RawLine]) -> tuple[str, ...]:
        """The rules that would put tags into a mark of `call`.

        Raises:
            CorpusError: it cannot be looked through, so it could not be kept either.
        """
        with self._looked_through() as cleaner:
            record.body(call, raw, {}, cleaner)
        return cleaner.found

    def without_secrets(self, call: Call) -> tuple[Call, tuple[str, ...]]:
        """The call with tags for its secrets, to leave the log in any way, and which rules fired.

        Raises:
            CorpusError: it cannot be looked through.
        """
        with self._looked_through() as cleaner:
            cleaned = cleaner.call(call)
        return cleaned, cleaner.found

    @contextlib.contextmanager
    def _looked_through(self) -> Iterator[Cleaner]:
        try:
            yield self.cleaner()
        except CorpusError:
            raise
        except Exception as error:  # what nobody could look through does not leave the log
            raise CorpusError(
                f"this call cannot be looked through for secrets: {type(error).__name__}",
                fix="Nothing was kept. Please report this as a bug of tailllm.",
            ) from error

    def mark(
        self,
        call: Call,
        raw: Sequence[RawLine],
        *,
        paths: Mapping[str, str],
        note: str | None = None,
        labels: Sequence[str] = (),
        expected: str | None = None,
    ) -> Kept:
        """Keep `call`; return when it is on disk.

        Args:
            call: As read, verdicts included.
            raw: The log lines it was read from.
            paths: Path of each log file id, as it is now.
            note: Why somebody should look at this.
            labels: What kind of case this is.
            expected: What the answer should have been.

        Raises:
            CorpusError: neither the corpus nor the fallback accepted it; nothing is kept.
        """
        with self._looked_through() as cleaner:
            words = cleaner.value(_words(note, labels or None, expected) | {"key": call.key})
            body = record.body(call, raw, paths, cleaner)
        if cleaner.fired:
            words["redacted"] = list(cleaner.found)
        try:
            kept = self._keep("mark", mark_id(body["call"]), words, body)
        except (ValueError, RecursionError) as error:
            raise CorpusError(
                f"this call cannot be written as JSON: {type(error).__name__}",
                fix="Save its log lines with `tailllm show --raw`.",
            ) from error
        return kept._replace(redacted=tuple(words.get("redacted", ())))

    def edit(
        self,
        mark_id: str,
        *,
        note: str | None = None,
        labels: Sequence[str] | None = None,
        expected: str | None = None,
    ) -> Kept:
        """Change the words of a mark; None leaves one as it is, an empty value clears it."""
        words = self.cleaner().value(_words(note, labels, expected))
        return self._keep("edit", mark_id, words, {})

    def unmark(self, mark_id: str) -> Kept:
        """Say that the call need not be kept; the earlier lines stay as history."""
        return self._keep("unmark", mark_id, {}, {})

    def read(self) -> MarkList:
        """What stands now, from the corpus and the fallback file.

        Raises:
            CorpusError: a file is there and cannot be read.
        """
        with self._readable():
            return fold(self.files)

    def keys(self) -> dict[str, str]:
        """Call key to mark id, for what stands; a fraction of the work of `read`.

        Raises:
            CorpusError: a file is there and cannot be read.
        """
        with self._readable():
            return standing_keys(self.files)

    @contextlib.contextmanager
    def _readable(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise CorpusError(
                f"the marks cannot be read: {error}",
                fix=f"Give yourself the right to read {self.path}, or name another --corpus.",
            ) from error

    def whole(self, mark: Mark) -> record.KeptCall:
        """The marked call and the exact bytes of its log lines.

        Raises:
            CorpusError: the line is no longer where it was, or is damaged.
        """
        place = mark.first
        try:
            with Path(place.path).open("rb") as file:
                file.seek(place.offset)
                found = record.decode(file.read(place.length))
            if found.mark_id != mark.mark_id:
                raise ValueError("another line is there now")
        except (OSError, ValueError) as error:
            raise CorpusError(
                f"mark {mark.mark_id[:12]} cannot be read from {place.path}: {error}",
                fix="Read the marks again; git may have changed the file.",
            ) from error
        return found

    def _keep(
        self, kind: str, mark_id: str, words: Mapping[str, Any], body: Mapping[str, Any]
    ) -> Kept:
        head: dict[str, Any] = {"schema": record.SCHEMA, "kind": kind, "mark_id": mark_id}
        head |= {"at": record.moment(self._clock())} | self._who | dict(words)
        try:
            append(self.path, record.encode(head | dict(body)), wait_s=self._wait_s)
        except OSError as refused:
            rescue = record.encode(head | {"meant_for": str(self.path)} | dict(body))
            return self._rescue(mark_id, rescue, refused)
        return Kept(mark_id, self.path)

    def _rescue(self, mark_id: str, line: bytes, refused: OSError) -> Kept:
        why = _reason(refused)
        try:
            append(self.fallback, line, wait_s=self._wait_s, in_git=False)
        except OSError as error:
            raise CorpusError(
                f"not kept: {self.path}: {why}; {self.fallback}: {_reason(error)}",
                fix="Make room or give yourself the right to write, then mark again.",
            ) from error
        return Kept(mark_id, self.fallback, rescued=True, why=why)


def _words(note: str | None, labels: Sequence[str] | None, expected: str | None) -> dict[str, Any]:
    """What was said, sorted; what was not said is left out."""
    said = {"note": note, "labels": labels if labels is None else sorted(set(labels))}
    said["expected"] = expected
    return {name: value for name, value in said.items() if value is not None}


def _reason(error: OSError) -> str:
    return error.strerror or str(error)
