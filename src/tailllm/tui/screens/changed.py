"""What changed? Two groups of calls beside each other, what differs first, noise left out."""

from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual.app import ComposeResult
from textual.binding import BindingType

from tailllm.ink import line as visible
from tailllm.store.changes import Changes, Difference, Side
from tailllm.store.span import Span
from tailllm.tui import cells, handing, scope
from tailllm.tui.cells import Chunk
from tailllm.tui.commands import bindings
from tailllm.tui.facts import SPANS
from tailllm.tui.screens.question import Question
from tailllm.tui.screens.ways import Here
from tailllm.tui.widgets.choice import ChoiceLine
from tailllm.tui.widgets.sheet import Col, Entry, Sheet

if TYPE_CHECKING:
    from tailllm.store.errand import Errand
    from tailllm.store.where.nodes import Condition
    from tailllm.tui.scope import Scope
    from tailllm.tui.setting import Setting

SIDES = ("failing", "since here", "this window", "prompt version")
"""What can be compared, the most asked first."""
COLUMNS = (
    Col("what", 0, right=False),
    Col("before", 20),
    Col("after", 20),
    Col("by chance", 9, rank=1),
)
_FILTERS = {"errors": "status:error", "failed": "status:fail", "called tools": "tools>0"}
_NUMBERS = {
    "latency_ms": ("latency", "ms"),
    "ttft_ms": ("ttft", "ms"),
    "input_tokens": ("in", ""),
    "output_tokens": ("out", ""),
    "cost": ("cost", ""),
}


Named = tuple[str, str]
"""A filter and what it is called."""


class Compared(NamedTuple):
    """Two sides, and what differs."""

    before: str
    after: str
    changes: Changes | None
    """None where there is nothing to compare; `after` then says why."""


class ChangedScreen(Question):
    """One row a difference; Enter shows the calls that have it."""

    NAME = "changed"
    TITLE_WORD = "WHAT CHANGED"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("changed")]

    def __init__(
        self, setting: "Setting", scope: "Scope", here: Here, sides: str = SIDES[0]
    ) -> None:
        super().__init__(setting, scope)
        self.here = here
        self.sides = sides
        self.choice = ChoiceLine(SIDES, sides, glyphs=self.glyphs, id="choice")
        self.sheet = Sheet(glyphs=self.glyphs, id="sheet")

    def compose(self) -> ComposeResult:
        """The question, what is compared, the differences."""
        yield self.title_lines
        yield self.choice
        yield self.sheet
        yield self.keys()

    def on_mount(self) -> None:
        """The sheet takes the keys."""
        self.sheet.focus()

    def again(self) -> "ChangedScreen":
        """This screen as it stands."""
        return ChangedScreen(self.setting, self.scope, self.here, self.sides)

    def ask(self, errand: "Errand") -> Compared:
        """Compare the two sides."""
        of = scope.chosen(self.setting, self.scope, errand)
        found = self._two(of)
        if isinstance(found, str):
            return Compared("", found, None)
        inside = "" if self.sides == "this window" else scope.during(of.span)
        sides = [self._condition(of, f"{text} {inside}") for text, _ in found]
        told = of.store.changed(*sides, shares_only=self.sides == "failing")
        return Compared(found[0][1], found[1][1], told)

    def headline(self) -> list[Chunk]:
        """Which calls against which."""
        found: Compared | None = self.answer
        if found is None or found.changes is None:
            return []
        told = found.changes
        sides = (
            f"{found.before} ({told.before_calls:,}) against {found.after} ({told.after_calls:,})"
        )
        return [Chunk(0, visible(sides)), Chunk(3, f"{told.compared} things compared", "quiet")]

    def show(self) -> None:
        """Draw the differences, the strongest first."""
        found: Compared = self.answer
        told = found.changes
        entries = [] if told is None else [self._entry(one) for one in told.differences]
        self.sheet.fill(COLUMNS, entries, _empty(found))

    def action_pane(self, steps: int) -> None:
        """Compare something else."""
        self.sides = SIDES[(SIDES.index(self.sides) + steps) % len(SIDES)]
        self.choice.choose(self.sides)
        self.remark = ""
        self.begin()

    def action_open(self) -> None:
        """Show the calls that have it."""
        entry = self.sheet.selected
        if entry is not None:
            self.leave_for(self.scope.narrowed(term_of(entry.key)))

    def command(self) -> list[str]:
        """The headless twin."""
        at = self.here.at
        match self.sides:
            case "since here" if at is not None:
                return ["changed", "--at", scope.iso(at)]
            case "prompt version":
                return ["changed", "--prompt", self.here.prompt or ""]
            case "this window" if self._before() is not None:
                spans = self._before() or Span(), handing.window(self.setting, self.scope)
                before, after = map(handing.stretch, spans)
                return ["changed", "--before", before, "--after", after]
        return ["changed", "--failing"]

    def where(self) -> str:
        """Two windows are arguments of their own."""
        if self.sides == "this window":
            return handing.filter_of(self.setting, self.scope)
        return super().where()

    def _before(self) -> Span | None:
        from tailllm.store.groups import window_before

        store = self.feed.store
        return window_before(handing.window(self.setting, self.scope), store.newest_at)

    def _two(self, of: scope.Chosen) -> "tuple[Named, Named] | str":
        """A filter and a name for both sides, or why there are none."""
        match self.sides:
            case "failing":
                return ("-is:bad", "other calls"), ("is:bad", "failing ones")
            case "since here":
                return self._since()
            case "prompt version":
                return self._versions(of)
        return self._windows(of)

    def _since(self) -> "tuple[Named, Named] | str":
        at = self.here.at
        if at is None:
            return "Ask this from a call: the calls since it against those before."
        before, after = (scope.during(one) for one in (Span(None, at - 1e-6), Span(at, None)))
        return (before, f"before {cells.clock(at)}Z"), (after, "since")

    def _windows(self, of: scope.Chosen) -> "tuple[Named, Named] | str":
        from tailllm.store.groups import window_before

        before = window_before(of.span, of.store.newest_at)
        if before is None:
            return "All calls have no window before them: T chooses a shorter one."
        name = SPANS[self.scope.span][0]
        sides = scope.during(before), scope.during(of.span)
        return (sides[0], f"the {name} before"), (sides[1], f"last {name}")

    def _versions(self, of: scope.Chosen) -> "tuple[Named, Named] | str":
        from tailllm.ask.versions import versions
        from tailllm.store.filter import term

        known = {one.label: one for one in versions(of.store)}
        here = known.get(self.here.prompt or "")
        if here is None or here.predecessor is None:
            return "Ask this from a call whose prompt has a version before: the two are compared."
        before = here.predecessor.label
        return (term("prompt", before), before), (term("prompt", here.label), here.label)

    def _condition(self, of: scope.Chosen, text: str) -> "Condition":
        from tailllm.store.where.nodes import joined

        found = scope.readable(self.setting, text).condition(of.store.ledger)
        return joined(" AND ", [of.where, *([found] if found else [])])

    def _entry(self, one: Difference) -> Entry:
        worse = _is_bad_news(one)
        tone = "bad" if worse else ""
        texts = (
            (visible(_what(one)), tone),
            (_side(one, one.before), ""),
            (_side(one, one.after), tone),
            (f"{one.chance:.1g}", "quiet"),
        )
        return Entry(one, texts, self.glyphs.fail if worse else " ", tone)


def _empty(found: Compared) -> str:
    told = found.changes
    if told is None:
        return found.after
    if not told.enough:
        return "Not enough calls to tell: 20 on each side are needed."
    return f"Nothing differs that is more than chance, of {told.compared} things compared."


def _is_bad_news(one: Difference) -> bool:
    before, after = one.before.value or 0, one.after.value or 0
    bad = one.what in ("errors", "failed", "validator", "error") or "failing" in one.what
    return after > before and (bad or one.what in ("latency_ms", "ttft_ms"))


def _what(one: Difference) -> str:
    if one.kind == "tail":
        return f"{'slowest' if one.what in ('latency_ms', 'ttft_ms') else 'largest'} {one.what}"
    words = f"{one.what} {one.name}" if one.name else one.what
    return f"{words} fails" if one.what == "validator" else words


def _side(one: Difference, side: Side) -> str:
    if side.value is None:
        return "-"
    if one.kind == "number":
        return f"{side.value:,.4g}"
    return f"{cells.percent(side.part or 0, side.n)} {side.part:,}/{side.n:,}"


def term_of(one: object) -> str:
    """The filter for the calls that have a difference."""
    from tailllm.store.filter import term

    if not isinstance(one, Difference):
        return ""
    if one.what in _NUMBERS:
        name, unit = _NUMBERS[one.what]
        least = one.after.p95 if one.kind == "tail" else one.after.value
        return f"{name}>={least or 0:.0f}{unit}" if name != "cost" else f"cost>={least or 0:.6f}"
    if one.what.startswith("failing of "):
        return f"{term(one.what.removeprefix('failing of '), one.name)} is:bad"
    return _FILTERS.get(one.what) or term(one.what, one.name)
