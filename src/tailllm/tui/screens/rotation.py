"""The deck: one real call after the other, and one key for what a person thinks of it."""

from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import BindingType

from tailllm import ink
from tailllm.errors import GoneError, TailllmError
from tailllm.rotation.summary import rows, summary
from tailllm.tui.commands import bindings
from tailllm.tui.screens import rotation_page as pages
from tailllm.tui.screens.ask import AskScreen
from tailllm.tui.screens.rotation_deck import Deck

if TYPE_CHECKING:
    from tailllm.corpus.session_lines import Said


class RotationScreen(Deck):
    """One key for each card."""

    NAME = "rotation"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("rotation")]

    async def action_say(self, said: "Said") -> None:
        """Keep a word about this card."""
        await self._keep(said)

    def action_wrong(self) -> None:
        """Ask what should have happened, then keep it."""
        if self.session is None or self.place is None:
            return

        async def answered(note: str | None) -> None:
            if note is not None:
                await self._keep("wrong", note=note or None)

        self.app.push_screen(
            AskScreen("WRONG  what should have happened?", "in a few words; ⏎ alone is fine", ""),
            answered,
        )

    def action_note(self) -> None:
        """The same with labels and what was expected."""
        from tailllm.tui.screens.mark import MarkScreen

        if self.session is None or self.place is None:
            return
        try:
            row = self.desk.row(self.session.cards[self.place])
        except GoneError as error:
            self.say(f"{error.what}. {error.fix}", sticky=True)
            return

        async def answered(words: dict[str, Any] | None) -> None:
            if words is not None:
                await self._keep("wrong", **words)

        self.app.push_screen(MarkScreen(row, self.setting.keeper.secrets), answered)

    async def action_previous(self) -> None:
        """The card before; from the end the last one."""
        session = self.session
        if session is None:
            return
        place = len(session.cards) if self.place is None else self.place
        if place == 0:
            self.say("This is the first card.")
            return
        await self.go(place - 1)
        self.say("")

    async def action_undo(self) -> None:
        """Take the latest word back, and show its card again."""
        session = self.session
        if session is None:
            return
        try:
            place = await self.do(lambda: self.desk.undo(session))
        except TailllmError as error:
            self.say(f"{error.what}. {error.fix}", sticky=True)
            return
        if place is None:
            self.say("Nothing to undo.")
            return
        await self.go(place)
        self.say("Taken back.")

    def action_escape(self) -> None:
        """Forget what was said; leave only where that does not quit."""
        if self.setting.begin == self.NAME:
            self.say("")
        else:
            self.action_back()

    async def action_open(self) -> None:
        """The whole call; past a stop, the next card."""
        session = self.session
        if session is None:
            return
        if self.place is None:
            if session.left:
                self.reads_on = True
                await self.next_card()
                self.say("")
            return
        seq = self.desk.seq(session.cards[self.place])
        if seq is None:
            self.say("This call is no longer in memory.")
            return
        from tailllm.tui.screens.inspector import InspectorScreen

        self.app.push_screen(InspectorScreen(self.feed, self.setting.keeper, seq))

    async def action_end(self) -> None:
        """End here: nobody holds the cards that are left."""
        session = self.session
        if session is None:
            return
        if session.left and not session.ended:
            try:
                await self.do(lambda: self.desk.sessions.end(session))
            except TailllmError as error:
                self.say(f"{error.what}. {error.fix}", sticky=True)
                return
        await self.finish()
        self.say("Ended. y copies the summary.")

    async def action_copy(self) -> None:
        """Copy the summary of this session."""
        if self.session is None:
            return
        lines = rows(summary([self.session], await self.everything()))
        self.app.copy_to_clipboard("\n".join(lines))
        self.say(f"Copied: {ink.counted(len(lines), 'line')} for a chat.")

    async def _keep(self, said: "Said", **words: Any) -> None:
        session, place = self.session, self.place
        if session is None or place is None:
            return
        try:
            told = await self.do(lambda: self.desk.say(session, place, said, **words))
        except TailllmError as error:
            self.say(f"{error.what}. {error.fix}", sticky=True)
            return
        word = pages.SAID.get(said, said)
        await self.next_card()
        self.say(f"Card {place + 1}: {word}. {told}")
