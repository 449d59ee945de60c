"""Marks, for screens and commands: the way from a row in a list to a record on disk."""

from collections.abc import Sequence
from threading import RLock
from typing import NamedTuple

from tailllm.corpus.marks import Kept, Marks
from tailllm.feed.feed import Feed
from tailllm.records.call import Call
from tailllm.records.row import Row


class Done(NamedTuple):
    """What was done last, so that it can be taken back."""

    row: Row
    marked: bool
    """True for a mark, False for a mark taken back."""


class Keeper:
    """Keeps calls of one feed in one corpus.

    Every method that writes blocks until the bytes are on disk: call them off the UI thread.
    """

    def __init__(self, feed: Feed, marks: Marks) -> None:
        self.feed = feed
        self._marks = marks
        self._lock = RLock()
        self._mark_ids: dict[str, str] = marks.keys()
        self._done: list[Done] = []
        self.today = 0
        """Marks made in this session and not taken back."""
        self._has_shown_secrets = False

    @property
    def marked(self) -> frozenset[str]:
        """Keys of the calls that are marked now."""
        return frozenset(self._mark_ids)

    def mark_id(self, row: Row) -> str | None:
        """The row's mark, if it has one."""
        return self._mark_ids.get(row.key)

    def secrets(self, row: Row) -> tuple[str, ...]:
        """The rules that would put tags into a mark of this call.

        Raises:
            GoneError: The call's bytes are no longer in the log.
            CorpusError: It cannot be looked through for secrets.
        """
        return self._marks.secrets(self.feed.call(row), self.feed.raw(row))

    def unseen_secrets(self, row: Row) -> tuple[str, ...]:
        """The same for the first mark of a session that has any, and nothing ever after.

        Who has seen once what becomes of secrets is not asked again.
        """
        if self._has_shown_secrets:
            return ()
        secrets = self.secrets(row)
        self._has_shown_secrets = bool(secrets)
        return secrets

    def without_secrets(self, call: Call) -> tuple[Call, tuple[str, ...]]:
        """The call with tags for its secrets, and which rules fired.

        Raises:
            CorpusError: It cannot be looked through for secrets.
        """
        return self._marks.without_secrets(call)

    def mark(
        self,
        row: Row,
        *,
        note: str | None = None,
        labels: Sequence[str] = (),
        expected: str | None = None,
    ) -> Kept:
        """Keep the call; returns when it is on disk.

        Raises:
            GoneError: The call's bytes are no longer in the log.
            CorpusError: Neither the corpus nor the fallback takes the record.
        """
        raw = self.feed.raw(row)
        call = self.feed.call(row)
        paths = {line.address.file: self.feed.path(line.address.file) for line in raw}
        with self._lock:
            kept = self._marks.mark(
                call, raw, paths=paths, note=note, labels=labels, expected=expected
            )
            self._mark_ids[row.key] = kept.mark_id
            self._done.append(Done(row, marked=True))
            self.today += 1
        return kept

    def unmark(self, row: Row) -> Kept | None:
        """Take the call's mark back by a line of its own; None when it has none."""
        with self._lock:
            mark_id = self._mark_ids.get(row.key)
            if mark_id is None:
                return None
            kept = self._marks.unmark(mark_id)
            del self._mark_ids[row.key]
            self._done.append(Done(row, marked=False))
            self.today = max(0, self.today - 1)
            return kept

    def undo(self) -> Done | None:
        """Take the last mark, or the last unmark, back; None when there is none."""
        with self._lock:
            if not self._done:
                return None
            last = self._done.pop()
            if last.marked:
                self.unmark(last.row)
            else:
                self.mark(last.row)
            self._done.pop()
            return last
