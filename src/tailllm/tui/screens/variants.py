"""The same input answered several times: do the texts differ, do the verdicts?"""

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from tailllm.ask.variants import Variants, variants
from tailllm.ink import counted
from tailllm.ink import line as visible
from tailllm.tui import cells, scope
from tailllm.tui.cells import Chunk
from tailllm.tui.commands import bindings
from tailllm.tui.facts import SPANS
from tailllm.tui.screens.pages import PageQuestion
from tailllm.tui.screens.question import Question
from tailllm.tui.widgets.reading_page import Section
from tailllm.tui.widgets.reading_text import Para
from tailllm.tui.widgets.sheet import Col, Entry, Sheet

if TYPE_CHECKING:
    from tailllm.store.errand import Errand
    from tailllm.tui.scope import Scope
    from tailllm.tui.setting import Setting

COLUMNS = (
    Col("prompt", 14, right=False),
    Col("calls", 5),
    Col("texts", 5),
    Col("alike", 5),
    Col("verdicts", 8),
    Col("alike", 5),
    Col("user", 0, right=False),
)


class VariantsScreen(Question):
    """One row an input; Enter shows its answers beside each other."""

    NAME = "variants"
    TITLE_WORD = "VARIANTS"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("variants")]

    def __init__(self, setting: "Setting", scope: "Scope") -> None:
        super().__init__(setting, scope)
        self.sheet = Sheet(glyphs=self.glyphs, id="sheet")

    def compose(self) -> ComposeResult:
        """The question, the inputs."""
        yield self.title_lines
        yield self.sheet
        yield self.keys()

    def on_mount(self) -> None:
        """The sheet takes the keys."""
        self.sheet.focus()

    def ask(self, errand: "Errand") -> tuple[Variants, ...]:
        """Read calls that look alike again, and compare what the model saw."""
        span = self.feed.span_ending_now(SPANS[self.scope.span][1])
        held = scope.rows(self.setting, self.scope.filter, errand.step)
        rows = [row for row in held if span.holds(row.at)]
        return variants(rows, self.feed.call, errand.step)

    def command(self) -> list[str]:
        """The headless twin."""
        return ["variants"]

    def headline(self) -> list[Chunk]:
        """How many inputs came more than once, and how many are not stable."""
        found: tuple[Variants, ...] | None = self.answer
        if found is None:
            return []
        shaky = sum(1 for one in found if (one.verdict_stability or 1.0) < 1)
        return [
            Chunk(0, f"{counted(len(found), 'input')} answered more than once"),
            Chunk(1, f"{shaky} with different verdicts", "bad" if shaky else "good"),
        ]

    def show(self) -> None:
        """Draw the inputs, the least stable first."""
        entries = [self._entry(one) for one in self.answer]
        empty = "No input came twice. The same input under one prompt version would be compared."
        self.sheet.fill(COLUMNS, entries, empty)

    def action_open(self) -> None:
        """Show the answers."""
        entry = self.sheet.selected
        for one in self.answer or ():
            if entry is not None and entry.key == _key(one):
                self.open(AnswersScreen(self.setting, self.scope, one))

    def _entry(self, one: Variants) -> Entry:
        stable = one.verdict_stability
        shaky = stable is not None and stable < 1
        tone = "bad" if shaky else "warn" if len(one.texts) > 1 else ""
        texts = (
            (visible(one.prompt or "-"), tone),
            (cells.count(len(one.answers)), ""),
            (cells.count(len(one.texts)), ""),
            (f"{one.text_stability:.0%}", ""),
            (cells.count(len(one.outcomes)), tone if shaky else ""),
            ("-" if stable is None else f"{stable:.0%}", tone if shaky else ""),
            (visible(one.asked), ""),
        )
        sign = self.glyphs.fail if shaky else self.glyphs.slow if len(one.texts) > 1 else " "
        return Entry(_key(one), texts, sign, tone)


class AnswersScreen(PageQuestion):
    """The answers to one input, in the order they came."""

    NAME = "thread"
    TITLE_WORD = "ANSWERS"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("thread")]

    def __init__(self, setting: "Setting", scope: "Scope", about: Variants) -> None:
        super().__init__(setting, scope)
        self.about = about

    def again(self) -> "AnswersScreen":
        """This screen as it stands."""
        return AnswersScreen(self.setting, self.scope, self.about)

    def ask(self, _errand: "Errand") -> Variants:
        """They are known."""
        return self.about

    def headline(self) -> list[Chunk]:
        """To what."""
        one = self.about
        numbers = f"{counted(len(one.answers), 'answer')}, {counted(len(one.texts), 'text')}"
        return [Chunk(0, numbers), Chunk(1, visible(one.asked))]

    def read(self) -> list[Section]:
        """One section an answer; below, the same by day and model."""
        one = self.about
        found = [Section(f"{self.glyphs.mark} by day and model", [*_by(one)], "", "head")]
        for answer in one.answers:
            verdicts = "  ".join(f"{name} {outcome}" for name, outcome in answer.verdicts)
            bad = any(outcome == "failed" for _, outcome in answer.verdicts)
            sign = self.glyphs.fail if bad else " "
            title = f"{sign} {answer.day} {cells.clock(answer.at)}Z  {answer.response_model or '-'}"
            body = [Para(verdicts or "nobody judged", "fail" if bad else "dim", 3)]
            body += [Para(line, "body", 5) for line in answer.text.split("\n")]
            found.append(Section(title, body, answer.key, "fail" if bad else "head"))
        return found


def _by(one: Variants) -> list[Para]:
    return [
        Para(f"{name}: {n['calls']} calls, {n['texts']} texts, {n['verdicts']} verdicts", "body", 3)
        for field in ("day", "request_model", "response_model")
        for name, n in one.by(field).items()
    ]


def _key(one: Variants) -> str:
    return one.answers[0].key
