"""A conversation as one thread: what came new with each call, and where it first went wrong."""

from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType

from tailllm.ask.thread import Said, Step, Thread, thread
from tailllm.ink import counted
from tailllm.ink import line as visible
from tailllm.store import labels
from tailllm.tui import cells
from tailllm.tui.cells import Chunk
from tailllm.tui.commands import bindings
from tailllm.tui.screens.pages import PageQuestion
from tailllm.tui.widgets.reading_page import Section
from tailllm.tui.widgets.reading_text import Para

if TYPE_CHECKING:
    from tailllm.store.errand import Errand
    from tailllm.tui.scope import Scope
    from tailllm.tui.setting import Setting


class ThreadScreen(PageQuestion):
    """All calls of one conversation, oldest first."""

    NAME = "thread"
    TITLE_WORD = "CONVERSATION"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("thread")]

    def __init__(self, setting: "Setting", scope: "Scope", conversation: str) -> None:
        super().__init__(setting, scope)
        self.conversation = conversation

    def again(self) -> "ThreadScreen":
        """This screen as it stands."""
        return ThreadScreen(self.setting, self.scope, self.conversation)

    def ask(self, errand: "Errand") -> Thread:
        """Read its calls again; a filter hides none of them."""
        rows = [row for _, row in self.feed.window.newest_first()]
        return thread(self.conversation, rows, self.feed.call, errand.step)

    def command(self) -> list[str]:
        """The headless twin."""
        return ["conversation", self.conversation]

    def headline(self) -> list[Chunk]:
        """How many calls, where it went wrong, how often it went in circles."""
        found: Thread | None = self.answer
        name = Chunk(0, visible(self.conversation))
        if found is None:
            return [name]
        places = [n for n, step in enumerate(found.steps, 1) if step.wrong]
        wrong = f"{self.glyphs.fail} first wrong in call {places[0]}" if places else "nothing wrong"
        loops = counted(len(found.loops), "loop of tools") if found.loops else ""
        return [
            name,
            Chunk(2, counted(len(found.steps), "call")),
            Chunk(1, wrong, "bad" if places else "good"),
            Chunk(3, loops, "warn"),
        ]

    def show(self) -> None:
        """Draw the thread; the first time, from where it went wrong."""
        found: Thread = self.answer
        first = not self.pane.page.sections
        super().show()
        places = [n for n, step in enumerate(found.steps) if step.row.key == found.first_wrong]
        if first and places:
            self.pane.go_to_section(places[0])

    def read(self) -> list[Section]:
        """One section a call."""
        found: Thread = self.answer
        if not found.steps:
            return self.complain("None of its calls is held. They would be one thread here.")
        loops = {key: loop.tool for loop in found.loops for key in loop.keys}
        total = len(found.steps)
        return [
            self._section(step, f"{number}/{total}", loops.get(step.row.key))
            for number, step in enumerate(found.steps, 1)
        ]

    def action_calls(self) -> None:
        """Show its calls in the list."""
        from tailllm.store.filter import term

        self.leave_for(self.scope._replace(filter=term("conversation", self.conversation)))

    def _section(self, step: Step, number: str, loop: str | None) -> Section:
        row = step.row
        sign = self.glyphs.fail if step.wrong else " "
        facts = f"{cells.millis(row.latency_ms)}ms  {row.model or '-'}"
        title = f"{sign} {number}  {cells.clock(row.at)}Z  {labels.prompt(row) or '-'}  {facts}"
        body = [Para(f"{self.glyphs.fail} {why}", "fail", 3) for why in step.wrong]
        for said in step.new:
            is_system = said.title.startswith(("system", "developer"))
            body += _system(said) if is_system else _turn(said)
        body += [Para(f"calls {tool}", "note", 3) for tool in step.tools]
        body += [Para(f"again: {loop}", "warn", 3)] if loop else []
        body += [Para("reply", "aside", 3), *_lines(step.reply or "(nothing)")]
        body += [Para("its bytes are no longer in the log", "warn", 3)] if step.gone else []
        return Section(title, body, "", "fail" if step.wrong else "head")


def _system(said: Said) -> list[Para]:
    """The same for many calls: its first line will do."""
    first, *more = said.text.split("\n")
    note = f"…+{len(more):,} lines" if more else ""
    return [Para(f"{said.title}: {first}", "dim", 3, note)]


def _turn(said: Said) -> list[Para]:
    return [Para(said.title, "aside", 3), *_lines(said.text)]


def _lines(text: str) -> list[Para]:
    return [Para(line, "body", 5) for line in text.split("\n")]
