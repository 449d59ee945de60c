"""The first screen: calls as they come, and the keys that find and keep the odd one."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import BindingType

from tailllm.records.row import Row
from tailllm.tui.commands import bindings
from tailllm.tui.facts import SPANS
from tailllm.tui.messages import Kept, MarkAsked, NotKept
from tailllm.tui.screens.beside import Beside
from tailllm.tui.screens.seeking import Found
from tailllm.tui.widgets.preview import Body
from tailllm.tui.widgets.ranked import Rank

if TYPE_CHECKING:
    from tailllm.tui.screens.question import Go


class LiveScreen(Beside):
    """What the keys of the Live screen do."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("live")]

    def action_move(self, rows: int) -> None:
        """Move by hand."""
        self._answer("")
        self.table.move(rows)

    def action_page(self, pages: int) -> None:
        """Move a screenful."""
        self.action_move(pages * max(1, self.table.rows - 1))

    def action_half(self, halves: int) -> None:
        """Move half a screenful."""
        self.action_move(halves * max(1, self.table.rows // 2))

    def action_first(self) -> None:
        """Go to the oldest call held."""
        self.table.view.reach(self.feed.window.first)
        self.action_move(-len(self.table.view))

    def action_last(self) -> None:
        """Follow again."""
        self.frozen = False
        self.table.follow(True)
        self.paint()

    def action_follow(self) -> None:
        """Follow, or stop."""
        self.table.follow(not self.table.following)
        self.look()

    def action_freeze(self) -> None:
        """Hold the screen still, or go on."""
        self.frozen = not self.frozen
        self.look()
        self.paint()

    def action_sort(self, steps: int) -> None:
        """What is least like the corpus first, or as they came."""
        novelties = self.feed.store.novelties
        if steps < 0:
            self.table.sort(None)
            self._answer("As they came.")
        elif not self.table.has_novelty:
            self._answer("No case to compare with yet: m keeps a call, 3 makes it one.")
        else:
            self.table.sort(Rank("novelty", novelties.novelty))
            self._answer("")
        self.filtering.rescore(self.table)
        self.look()

    def action_span(self, steps: int) -> None:
        """Another time window."""
        self.span = max(0, min(len(SPANS) - 1, self.facts.span + steps))
        self._answer(f"Time window: {SPANS[self.span][0]}")
        self.count()

    def action_seek(self, kind: str, direction: int) -> None:
        """Go to the next call of a kind."""
        self.table.view.reach(self.feed.window.first)
        found = self.seeker.seek(self.table.view, self.table.gaze, kind, direction)
        self._answer(found.sentence)
        if found.seq is not None:
            self.table.go(found.seq)

    def action_preview(self) -> None:
        """Show or hide the preview."""
        self.preview.display = not self.preview.display
        self.call_after_refresh(self.reread)

    def action_pane(self, steps: int) -> None:
        """To the preview to scroll it, and back."""
        body = self.preview.query_one(Body)
        (self.table if body.has_focus or not self.preview.display else body).focus()

    def action_open(self) -> None:
        """Read exactly what the model saw."""
        from tailllm.tui.screens.inspector import InspectorScreen

        if self.table.cursor is not None and self.table.selected is not None:
            screen = InspectorScreen(self.feed, self.keeper, self.table.cursor, self._seek_shown)
            screen.about, screen.unusual = self.about, self.unusual
            self._open(screen, self._came_back)

    def action_mark(self) -> None:
        """Keep this call, or take its mark back."""
        row = self._meant()
        if row is None or self.table.cursor is None:
            self._answer("No call to keep yet.")
            return
        self._answer("Marking…")
        self._off_loop(partial(self.marking.toggle, self.table.cursor, row))

    def action_mark_note(self) -> None:
        """Keep this call with a note."""
        row, seq = self._meant(), self.table.cursor
        if row is None or seq is None:
            self._answer("No call to keep yet.")
            return
        self.on_mark_asked(MarkAsked(seq, row))

    def on_mark_asked(self, message: MarkAsked) -> None:
        """Ask for a note; the box says what will become tags."""
        from tailllm.tui.screens.mark import MarkScreen

        def said(answer: dict[str, Any] | None) -> None:
            if answer is None:
                self._answer("Not marked.")
            elif message.seq is not None:
                self._off_loop(partial(self.marking.keep, message.seq, message.row, answer))

        self._open(MarkScreen(message.row, self.keeper.secrets), said)

    def _meant(self) -> Row | None:
        """The call a key is about."""
        if self.table.selected is None:
            self.table.grow()
        return self.table.selected

    def action_undo(self) -> None:
        """Take the last mark back."""
        self._off_loop(self.marking.undo)

    def on_kept(self, message: Kept) -> None:
        """Say so now: it is on disk."""
        self._answer(message.sentence)
        if message.seq is not None:
            self.table.view.again(message.seq)
        self.table.refresh()
        self.look()

    def on_not_kept(self, message: NotKept) -> None:
        """Say so until it is read."""
        self._answer("")
        self.alarm.ring(message.sentence)

    def row_to_share(self) -> Row | None:
        """The call under the cursor."""
        return self.table.selected

    def action_escape(self) -> None:
        """Close what is open: alarm, hints, pane, filter; never the program."""
        if self.give_up_export() or self.alarm.dismiss() or self.hints.dismiss():
            return
        if not self.table.has_focus:
            self.table.focus()
        elif self.filtering.text:
            self._filter("")
            self.forget_way()
        self._answer("")

    def action_back(self) -> None:
        """Back the way a question led; at its beginning, out: this is the first screen."""
        if not self.go_back():
            self.app.exit()

    def _came_back(self, seq: "int | Go | None") -> None:
        """The inspector may have stepped on to another call, or asked for calls to show."""
        if seq is not None and not isinstance(seq, int):
            self._went(seq)
        elif seq is not None and seq != self.table.cursor:
            self.table.go(seq)

    def _seek_shown(self, kind: str, direction: int, start: int) -> Found:
        """The inspector steps through the calls the list shows, in its order."""
        view = self.table.view
        if not self.frozen:
            view.advance()
        view.reach(self.feed.window.first)
        return self.seeker.step(view, start, kind, direction)

    def _off_loop(self, work: Callable[[], None]) -> None:
        self.run_worker(work, thread=True, group="marks")

    def _say(self, text: str) -> None:
        self._answer(text)
