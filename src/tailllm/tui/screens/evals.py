"""What the runs found: broke first, each case with its answers and what the model saw."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message
from textual.widgets import Static

from tailllm import ink
from tailllm.errors import TailllmError
from tailllm.tui import cells
from tailllm.tui.commands import bindings
from tailllm.tui.screens import evals_page
from tailllm.tui.screens.side import SideScreen
from tailllm.tui.widgets.reading import ReadingPane
from tailllm.tui.widgets.reading_list import LineList

if TYPE_CHECKING:
    from tailllm.corpus.case import Case
    from tailllm.evals.desk import Desk, Shown
    from tailllm.evals.report import Entry


class Told(NamedTuple):
    """What a deed gives: another run to show, and a sentence."""

    shown: "Shown | None"
    sentence: str


class EvalsScreen(SideScreen[str]):
    """A list of cases over the selected one; leaves with the key of a call to be read."""

    NAME = "evals"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("evals")]

    @dataclass
    class Came(Message):
        """A deed is done, or could not be."""

        told: Told
        is_refusal: bool = False

    @dataclass
    class CaseRead(Message):
        """The file of a case was read."""

        id: str
        case: "Case | None"

    def __init__(self, desk: "Desk", about: str | None = None) -> None:
        """`about` is the prompt somebody came from: the cursor starts at its worst case."""
        super().__init__()
        self._about = about
        self._desk = desk
        self._shown: Shown | None = None
        self._entries: list[Entry] = []
        self._everything = False
        self._case: tuple[str, Case | None] = ("", None)
        self._queue = ThreadPoolExecutor(1, "evals")

    def compose(self) -> ComposeResult:
        """Which run, the list, the case, what was done, keys."""
        yield Static(" EVALS  reading…", id="evals-title", markup=False)
        yield Static(evals_page.HEAD, id="evals-head", markup=False)
        yield LineList(self._line, self._tone, id="evals-list")
        yield ReadingPane(id="evals-pane")
        yield Static(id="evals-said", markup=False)
        yield self.keys()

    def on_mount(self) -> None:
        """The newest run."""
        self._list.focus()
        self._submit(lambda: Told(self._desk.look(0), ""))

    def on_unmount(self) -> None:
        """What was asked for is still done; nothing new begins."""
        self._queue.shutdown(wait=False)

    def action_open(self) -> None:
        """To the case, to scroll it; and back."""
        (self._pane if self._list.has_focus else self._list).focus()

    def action_escape(self) -> None:
        """From the case to the list; from there back."""
        if self._list.has_focus:
            self.action_back()
        else:
            self._list.focus()

    def action_run(self, steps: int) -> None:
        """Another run."""
        place = (self._shown.place if self._shown else 0) + steps
        self._submit(lambda: Told(self._desk.look(place), ""))

    def action_accept(self) -> None:
        """What this run found is how it should be."""
        entry, shown = self._entry, self._shown
        if entry and shown:
            self._submit(lambda: Told(None, self._desk.accept(shown.report, entry.id)))

    def action_quarantine(self) -> None:
        """Take the case out of the gate, or put it back."""
        entry = self._entry
        if entry:
            self._submit(lambda: Told(None, self._desk.quarantine(entry)))

    def action_again(self) -> None:
        """Ask this one again."""
        entry, shown = self._entry, self._shown
        if entry and shown:
            self._say(f"Asking {entry.id} again…")
            self._submit(lambda: Told(*self._desk.again(shown, entry)))

    def action_call(self) -> None:
        """Back to the call that the case came from."""
        case = self._case[1]
        if case is None or case.source is None or case.source.call is None:
            self._say("This case does not say which call it came from.")
            return
        self.dismiss(case.source.call)

    def action_everything(self) -> None:
        """Cases that passed too, or only those worth a look."""
        self._everything = not self._everything
        self._draw()

    def on_line_list_selected(self) -> None:
        """Show the case under the cursor."""
        self._draw_entry()

    def on_evals_screen_came(self, event: Came) -> None:
        """Show what it gave."""
        if event.told.shown is not None or self._shown is None:
            self._shown = event.told.shown
            self._draw()
        self._say(event.told.sentence)
        self.query_one("#evals-said").set_class(event.is_refusal, "-sticky")

    def on_evals_screen_case_read(self, event: CaseRead) -> None:
        """The case is there: show it with its entry, unless the cursor has gone on."""
        if self._entry and self._entry.id == event.id:
            self._case = (event.id, event.case)
            self._draw_entry()

    def _draw(self) -> None:
        from tailllm.evals.verdicts import Verdict

        meant = self._entry
        found = self._shown.report.entries if self._shown else ()
        self._entries = [
            one for one in found if self._everything or one.verdict is not Verdict.PASSED
        ]
        ids = [entry.id for entry in self._entries]
        cursor = ids.index(meant.id) if meant and meant.id in ids else self._first()
        self.query_one("#evals-title", Static).update(evals_page.title(self._shown, len(ids)))
        self._list.fill(len(ids), cursor)
        self._draw_entry()

    def _first(self) -> int:
        targets = [entry.target for entry in self._entries]
        return targets.index(self._about) if self._about in targets else 0

    def _draw_entry(self) -> None:
        entry = self._entry
        if entry is not None and self._case[0] != entry.id:
            self._case = (entry.id, None)
            self._queue.submit(self._read_case, entry)
        self._pane.show(evals_page.page(entry, self._case[1], self._shown))

    def _read_case(self, entry: "Entry") -> None:
        try:
            case = self._desk.case(entry)[1]
        except TailllmError:
            case = None  # the run still says what it found
        self.post_message(self.CaseRead(entry.id, case))

    def _submit(self, deed: Callable[[], Told]) -> None:
        self._queue.submit(self._do, deed).add_done_callback(self._fell)

    def _do(self, deed: Callable[[], Told]) -> None:
        try:
            self.post_message(self.Came(deed()))
        except TailllmError as error:
            self.post_message(self.Came(Told(None, f"{error.what}. {error.fix}"), is_refusal=True))

    def _fell(self, done: Future[None]) -> None:
        error = None if done.cancelled() else done.exception()
        if error is not None:
            what = f"{type(error).__name__} in tailllm itself. Please report it."
            self.post_message(self.Came(Told(None, what), is_refusal=True))

    def _say(self, sentence: str) -> None:
        self.query_one("#evals-said", Static).update(f" {ink.line(sentence)}")

    def _line(self, number: int) -> str:
        setting = getattr(self.app, "setting", None)
        glyphs = cells.ASCII if setting and setting.look.ascii else cells.UNICODE
        return evals_page.row(self._entries[number], glyphs)

    def _tone(self, number: int) -> str:
        return evals_page.tone(self._entries[number])

    @property
    def _entry(self) -> "Entry | None":
        at = self._list.cursor
        return self._entries[at] if at < len(self._entries) else None

    @property
    def _list(self) -> LineList:
        return self.query_one(LineList)

    @property
    def _pane(self) -> ReadingPane:
        return self.query_one(ReadingPane)
