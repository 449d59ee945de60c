"""Marking from a screen: off the loop, and "marked" is said only when it is on disk."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textual import work
from textual.message import Message
from textual.widget import Widget

from tailllm.errors import TailllmError
from tailllm.records.row import Row
from tailllm.tui.messages import MarkAsked

if TYPE_CHECKING:
    from tailllm.corpus.marks import Kept
    from tailllm.feed.keeper import Done, Keeper


class Marking(Widget):
    """The keys m, M and z for a screen that knows its keeper and the row they mean."""

    @dataclass
    class Said(Message):
        """A mark was kept, taken back, or refused."""

        text: str
        sticky: bool = False
        """It did not go where it should: stays until somebody closes it."""

    keeper: "Keeper"

    def row_to_mark(self) -> Row | None:
        """The call the keys mean."""
        raise NotImplementedError

    def action_mark(self) -> None:
        """Keep the call, or take its mark back."""
        row = self.row_to_mark()
        if row is not None:
            self._keep(row, None)

    def action_mark_note(self) -> None:
        """Keep the call with a note, labels and what was expected."""
        row = self.row_to_mark()
        if row is not None:
            self.on_mark_asked(MarkAsked(None, row))

    def on_mark_asked(self, message: MarkAsked) -> None:
        """Ask for a note; the box says what will become tags."""
        from tailllm.tui.screens.mark import MarkScreen

        def keep(said: dict[str, Any] | None) -> None:
            if said is not None:
                self._keep(message.row, said)

        message.stop()
        self.app.push_screen(MarkScreen(message.row, self.keeper.secrets), keep)

    @work(thread=True, group="marks")
    def action_undo(self) -> None:
        """Take the last mark back."""
        self._do(lambda: _undone(self.keeper.undo()))

    @work(thread=True, group="marks")
    def _keep(self, row: Row, said: dict[str, Any] | None) -> None:
        if said is None and self.keeper.mark_id(row):
            self._do(lambda: _sentence("unmarked", self.keeper.unmark(row)))
        else:
            self._do(lambda: self._marked(row, said))

    def _marked(self, row: Row, said: dict[str, Any] | None) -> Message:
        if said is None and self.keeper.unseen_secrets(row):
            return MarkAsked(None, row)
        return _sentence("marked", self.keeper.mark(row, **(said or {})))

    def _do(self, deed: Callable[[], Message]) -> None:
        try:
            result = deed()
        except (TailllmError, OSError) as error:
            fix = error.fix if isinstance(error, TailllmError) else "Check the corpus folder."
            result = self.Said(f"NOT kept: {error}. {fix}", sticky=True)
        self.post_message(result)


def _undone(done: "Done | None") -> Marking.Said:
    if done is None:
        return Marking.Said("nothing to undo: no mark was made in this session")
    return Marking.Said(f"{'unmarked' if done.marked else 'marked again'}: {done.row.key}")


def _sentence(deed: str, kept: "Kept | None") -> Marking.Said:
    if kept is None:
        return Marking.Said("was not marked")
    if kept.rescued:
        text = f"{deed}, but in {kept.path}: the corpus folder refused it"
        return Marking.Said(text, sticky=True)
    return Marking.Said(f"{deed} in {kept.path}{kept.note and '.'}{kept.note}")
