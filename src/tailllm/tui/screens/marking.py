"""Marks from the screen: asked for on the loop, kept in a thread, shown when on disk."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from textual.message import Message

from tailllm.errors import TailllmError
from tailllm.ink import line as visible
from tailllm.records.row import Row
from tailllm.tui.messages import Kept, MarkAsked, NotKept

if TYPE_CHECKING:
    from tailllm.feed.keeper import Keeper


class Marking:
    """Does one thing with a mark and posts how it went; call its verbs off the loop."""

    def __init__(self, keeper: "Keeper", post: Callable[[Message], object]) -> None:
        self._keeper = keeper
        self._post = post

    def is_marked(self, row: Row) -> bool:
        """Whether the call is in the corpus folder, on disk."""
        return self._keeper.mark_id(row) is not None

    def toggle(self, seq: int, row: Row) -> None:
        """Keep the call, or take its mark back."""
        if self._keeper.mark_id(row) is not None:
            self._try(seq, lambda: self._unmark(row))
        else:
            self._mark(seq, row)

    def keep(self, seq: int, row: Row, said: Mapping[str, Any]) -> None:
        """Keep the call with what the reader said about it."""

        def mark() -> str:
            kept = self._keeper.mark(row, **said)
            where = visible(str(kept.path))
            if kept.rescued:
                self._post(
                    NotKept(f"The corpus refused: the mark was rescued to {where}. {kept.why}")
                )
            return f"Marked, in {where}.{kept.note}"

        self._try(seq, mark)

    def undo(self) -> None:
        """Take the last mark back."""
        self._try(None, self._undone)

    def _mark(self, seq: int, row: Row) -> None:
        try:
            asks = self._keeper.unseen_secrets(row)
        except (TailllmError, OSError) as error:
            self._post(_refusal(error))
            return
        if asks:
            self._post(MarkAsked(seq, row))
        else:
            self.keep(seq, row, {})

    def _unmark(self, row: Row) -> str:
        self._keeper.unmark(row)
        return "Mark taken back."

    def _undone(self) -> str:
        done = self._keeper.undo()
        if done is None:
            return "Nothing to undo."
        return "Mark taken back." if done.marked else "Marked again."

    def _try(self, seq: int | None, work: Callable[[], str]) -> None:
        try:
            sentence = work()
        except (TailllmError, OSError) as error:
            self._post(_refusal(error))
        else:
            self._post(Kept(seq, sentence))


def _refusal(error: TailllmError | OSError) -> NotKept:
    if isinstance(error, TailllmError):
        return NotKept(f"Not marked: {error.what} {error.fix}")
    return NotKept(f"Not marked: {error}. Free the disk or name another --corpus.")
