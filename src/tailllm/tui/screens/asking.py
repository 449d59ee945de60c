"""From the list to the screens that answer a question, and back to where one came from."""

from typing import TYPE_CHECKING, NamedTuple

from tailllm.records.row import Row
from tailllm.store import labels
from tailllm.tui import picking
from tailllm.tui.scope import Scope, both
from tailllm.tui.screens.narrowing import Narrowing
from tailllm.tui.screens.ways import Here, question
from tailllm.tui.widgets import columns

if TYPE_CHECKING:
    from collections.abc import Callable

    from tailllm.tui.screens.question import Go, Question


class Step(NamedTuple):
    """How the list stood before a question's screen changed what it shows."""

    filter: str
    cursor: int | None
    following: bool
    back: "Callable[[], Question] | None"


class Asking(Narrowing):
    """Opens the screens, shows the calls they name, and lets `q` go back through them."""

    _trail: tuple[Step, ...] = ()
    _pinned: Row | None = None

    @property
    def scope(self) -> Scope:
        """What the list shows."""
        return Scope(self.filtering.text, self.facts.span)

    def action_ask(self, name: str) -> None:
        """Open the screen that answers it, about the calls shown."""
        row = self.table.selected
        here = Here() if row is None else Here(row.at, labels.prompt(row))
        self.open_question(question(name, self.setting, self.scope, here))

    def action_thread(self) -> None:
        """The conversation of this call as one thread."""
        self._open_or_say(self.about("thread", self.table.selected))

    def action_pin(self) -> None:
        """Pin this call, or take the pin away."""
        said = self.about("pin", self.table.selected)
        if isinstance(said, str):
            self._answer(said)

    def action_diff(self) -> None:
        """Compare this call with the pinned one."""
        self._open_or_say(self.about("diff", self.table.selected))

    def about(self, what: str, row: Row | None) -> "Question | str":
        """The screen that answers `thread`, `diff` or `version`, or a sentence; also `pin`."""
        if row is None:
            return "No call here yet."
        match what:
            case "thread":
                return self._thread(row)
            case "diff":
                return self._diff(row)
            case "version":
                return self._version(row)
        is_pinned = self._pinned is not None and self._pinned.key == row.key
        self._pinned = None if is_pinned else row
        self.table.pinned = "" if is_pinned else row.key
        self.table.refresh()
        return "No pin." if is_pinned else "Pinned: d on another call compares the two."

    def _thread(self, row: Row) -> "Question | str":
        name = row.conversation_id or row.trace_id
        if not name:
            return "This call names no conversation."
        from tailllm.tui.screens.thread import ThreadScreen

        return ThreadScreen(self.setting, self.scope, name)

    def _diff(self, row: Row) -> "Question | str":
        if self._pinned is None or self._pinned.key == row.key:
            return "Pin a call with ' first; then d on another one compares the two."
        from tailllm.tui.screens.compare import CompareScreen

        return CompareScreen(self.setting, self.scope, rows=(self._pinned, row))

    def _version(self, row: Row) -> "Question | str":
        label = labels.prompt(row)
        if label is None:
            return "The log names no prompt of this call, and has no system text."
        from tailllm.tui.screens.versions import VersionsScreen

        return VersionsScreen(self.setting, self.scope, label)

    def _open_or_say(self, answer: "Question | str") -> None:
        if isinstance(answer, str):
            self._answer(answer)
        else:
            self.open_question(answer)

    def action_column(self, steps: int) -> None:
        """Choose the column that keep and hide are about."""
        row = self.table.selected
        if row is not None:
            now, width = self.table.column, self.table.size.width
            self.table.column = columns.beside(now, steps, picking.telling(row), width)
            self.table.refresh()
            self._answer(f"+ keeps {self._picked(row)}   - hides it")

    def action_keep(self) -> None:
        """Keep only what has the value under the cursor."""
        self._pick(hide=False)

    def action_hide(self) -> None:
        """Leave out what has the value under the cursor."""
        self._pick(hide=True)

    def _pick(self, *, hide: bool) -> None:
        row = self.table.selected
        if row is None:
            self._answer("No call to take a value from yet.")
            return
        term = self._picked(row, hide=hide)
        if not term:
            self._answer("The log does not say this of the call: choose another column with ← →.")
            return
        step = Step(self.filtering.text, self.table.cursor, self.table.following, None)
        self._filter(both(self.filtering.text, term))
        self._trail = (*self._trail, step)
        self._answer("")

    def _picked(self, row: Row, *, hide: bool = False) -> str:
        column = self.table.column or picking.telling(row)
        return picking.term_of(row, column, hide=hide)

    def open_question(self, screen: "Question") -> None:
        """Open a screen that may come back with calls to show."""
        self._answer("")
        self.app.push_screen(screen, self._went)

    def _went(self, go: "Go | None") -> None:
        if go is None:
            return
        table = self.table
        step = Step(self.filtering.text, table.cursor, table.following, go.back)
        self._trail = (*self._trail, step)
        self._filter(go.scope.filter)
        self.span = go.scope.span
        if go.seq is not None:
            table.view.reach(go.seq)
            table.go(go.seq)
        self.count()

    def go_back(self) -> bool:
        """One step back along the way here; False where it began."""
        if not self._trail:
            return False
        *rest, step = self._trail
        self._trail = tuple(rest)
        self._filter(step.filter)
        if step.following:
            self.table.follow(True)
        elif step.cursor is not None:
            self.table.view.reach(step.cursor)
            self.table.go(step.cursor)
        self._answer("")
        if step.back is not None:
            self.open_question(step.back())
        return True

    def forget_way(self) -> None:
        """What is shown now is where one starts from."""
        self._trail = ()
