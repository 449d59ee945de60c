"""The deck on the screen: one card, what stands around it, and what comes after the last one."""

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.widgets import Static

from tailllm import ink
from tailllm.corpus.surprise import monday
from tailllm.errors import TailllmError
from tailllm.rotation.mix import told
from tailllm.rotation.summary import summary
from tailllm.tui import cells
from tailllm.tui.cells import Chunk
from tailllm.tui.screens import rotation_page as pages
from tailllm.tui.screens.question import Title
from tailllm.tui.screens.rotation_desk import AtDesk
from tailllm.tui.widgets.reading import ReadingPane
from tailllm.tui.widgets.reading_page import Page

if TYPE_CHECKING:
    from collections.abc import Callable

    from tailllm.corpus.session import Session
    from tailllm.records.call import Call
    from tailllm.rotation.desk import Desk, Opened
    from tailllm.tui.setting import Setting


class Deck(AtDesk):
    """Shows a card; after the last one, or when nothing new comes, what was found."""

    CSS_PATH: ClassVar = ["../inspector.tcss", "../questions.tcss"]

    def __init__(self, setting: "Setting", make: "Callable[[], Desk]") -> None:
        super().__init__(setting.feed, make)
        self.setting = setting
        self.glyphs = cells.ASCII if setting.look.ascii else cells.UNICODE
        self._title = Title(glyphs=self.glyphs, id="question-title")
        self._opened: Opened | None = None
        self.place: int | None = None
        """The card shown; None at the end."""
        self._call: Call | None = None
        self.reads_on = False
        """Whether somebody read on past the stop rule."""

    def compose(self) -> ComposeResult:
        """How far, why this card, the conversation, the checks, what a key did, keys."""
        yield self._title
        yield ReadingPane(id="pane")
        yield Static(id="rotation-checks", markup=False)
        yield Static(id="rotation-said", markup=False)
        yield self.keys()

    def on_mount(self) -> None:
        """Draw a deck, or go on with the one that was left."""
        self._pane.focus()
        self._title.tell([Chunk(0, "ROTATION", "strong")], [], [])
        self.say(f"{self.glyphs.reading} drawing a deck")
        self.draw_deck()

    def on_at_desk_read_so_far(self, event: AtDesk.ReadSoFar) -> None:
        """Say how much of the log is still to come."""
        far = f"{cells.short(event.read)} of {cells.short(event.total)}B"
        self.say(f"{self.glyphs.reading} reading {far}, then a deck is drawn; q leaves")

    async def on_at_desk_came(self, event: AtDesk.Came) -> None:
        """The first card."""
        if event.opened is None:
            self._show(pages.plain(event.trouble))
            self.say("Nothing to read.")
            return
        self._opened = event.opened
        await self.next_card()
        self.say(self._greeting(event.opened))

    async def next_card(self) -> None:
        """The first card without a word, or the end."""
        session = self.session
        if session is None:
            return
        quiet = not self.reads_on and session.quiet >= self.desk.wish.stop
        if session.left and not quiet:
            await self.go(session.left[0])
        else:
            await self.finish()

    async def go(self, place: int) -> None:
        """Show a card."""
        session = self.session
        if session is None:
            return
        card = session.cards[place]
        self.place, self._call = place, None
        try:
            self._call = await self.do(lambda: self.desk.call(card))
            page = pages.card(self._call)
        except TailllmError as error:
            page = pages.gone(f"{error.what}. {error.fix}")
        self._show(page)
        if page.height > self._pane.size.height > 0:
            self._pane.go_to(page.head(pages.last_question(page)))
        self._draw()

    async def finish(self) -> None:
        """Show what was found."""
        session = self.session
        if session is None:
            return
        self.place, self._call = None, None
        everything = await self.everything()
        week = monday(session.began)
        own = [one for one in everything if monday(one.began) == week]
        stop = None
        if session.left and not session.ended:
            stop = pages.stopped(session.quiet, len(session.left))
        self._show(
            pages.end(summary([session], everything), summary(own, everything), session, stop)
        )
        self._draw()

    async def everything(self) -> "list[Session]":
        """All sessions of the corpus; only this one where they cannot be read."""
        session = self.session
        try:
            listing = await self.do(self.desk.listing)
        except TailllmError:
            return [session] if session else []
        return list(listing.sessions)

    def _draw(self) -> None:
        session, place = self.session, self.place
        if session is None:
            return
        left = pages.title(session, place, self.glyphs)
        checks = self.query_one("#rotation-checks", Static)
        if place is None:
            mix = [Chunk(0, "what the session found", "key")]
            self._title.tell(left, [], mix)
            checks.update(" y copies this for a chat")
            return
        at = pages.Place(session, place, resumed=False)
        why, prompt = pages.why(at)
        self._title.tell(left, prompt, why)
        checks.update(f" {pages.checks(self._call, at.card)}")

    def _greeting(self, opened: "Opened") -> str:
        session = opened.session
        if opened.resumed:
            left = len(session.left)
            return f"Resumed: {len(session.said)} of {len(session.cards)} done, {left} to go."
        older = f"; {opened.forgotten:,} older ones are not held" if opened.forgotten else ""
        return f"{told(session.start.mix)}, from {opened.held:,} calls{older}."

    def _show(self, page: Page) -> None:
        self._pane.show(page)

    def say(self, sentence: str, *, sticky: bool = False) -> None:
        """Answer a key, or ask the question of the card."""
        said = self.query_one("#rotation-said", Static)
        said.set_class(sticky, "-sticky")
        question = pages.QUESTION if self.place is not None else ""
        said.update(f" {ink.line(sentence) or question}")

    @property
    def session(self) -> "Session | None":
        """The deck and what was said of it; None before it is drawn."""
        return self._opened.session if self._opened else None

    @property
    def _pane(self) -> ReadingPane:
        return self.query_one(ReadingPane)
