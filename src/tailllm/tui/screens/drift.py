"""Did the world move? This period against the one before it, and the loop week by week."""

from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual.app import ComposeResult
from textual.binding import BindingType

from tailllm.drift.period import Moved, Periods, compare
from tailllm.drift.weeks import Week, added, history
from tailllm.store.span import Span
from tailllm.store.where.moments import Now
from tailllm.tui import scope
from tailllm.tui.cells import Chunk
from tailllm.tui.commands import bindings
from tailllm.tui.facts import EVERYTHING
from tailllm.tui.screens import drift_page as pages
from tailllm.tui.screens.changed import term_of
from tailllm.tui.screens.question import Question
from tailllm.tui.widgets.choice import ChoiceLine
from tailllm.tui.widgets.reading import ReadingPane
from tailllm.tui.widgets.reading_page import Page
from tailllm.tui.widgets.sheet import Sheet

if TYPE_CHECKING:
    from tailllm.corpus.case import Case
    from tailllm.novelty.index import NoveltyIndex
    from tailllm.records.row import Row
    from tailllm.rotation.desk import Desk
    from tailllm.store.errand import Errand
    from tailllm.store.where.nodes import Condition
    from tailllm.tui.scope import Scope
    from tailllm.tui.setting import Setting

VIEWS = ("what moved", "over weeks")
DAY_S = 86_400.0
PERIODS = (
    ("1h", DAY_S / 24, "4h", DAY_S / 6),
    ("1d", DAY_S, "7d", 7 * DAY_S),
    ("7d", 7 * DAY_S, "28d", 28 * DAY_S),
)
"""The period asked about and the one before it."""


class Found(NamedTuple):
    """The answer to both views."""

    moved: Moved
    weeks: list[Week]
    cases: int
    """Of the corpus, as it is."""
    whole: bool
    """Whether all of the log had been read."""


class DriftScreen(Question):
    """Tab goes from what moved to the weeks; Enter shows the calls of a row."""

    NAME = "drift"
    TITLE_WORD = "DRIFT"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("drift")]

    def __init__(
        self, setting: "Setting", scope: "Scope", view: str = VIEWS[0], period: int = 2
    ) -> None:
        super().__init__(setting, scope)
        self.view = view
        self.period = period
        self.choice = ChoiceLine(VIEWS, view, glyphs=self.glyphs, id="choice")
        self.sheet = Sheet(glyphs=self.glyphs, id="sheet")

    def compose(self) -> ComposeResult:
        """The question, which view, the rows or the charts."""
        yield self.title_lines
        yield self.choice
        yield self.sheet
        yield ReadingPane(id="pane")
        yield self.keys()

    def on_mount(self) -> None:
        """The view takes the keys."""
        self._turn()

    def again(self) -> "DriftScreen":
        """This screen as it stands."""
        return DriftScreen(self.setting, self.scope, self.view, self.period)

    def ask(self, errand: "Errand") -> Found:
        """Compare the periods, then walk the weeks."""
        of = scope.chosen(self.setting, self.scope._replace(span=EVERYTHING), errand)
        rows = scope.rows(self.setting, self.scope.filter, errand.step)
        desk = None if self.setting.deck is None else self.setting.deck()
        cases = [] if desk is None else list(desk.inbox.cases().cases)
        _, current, _, reference = PERIODS[self.period]
        whole = self.feed.progress.done
        start = self._start(current)

        def within(span: "Span") -> "Condition":
            from tailllm.store.where.leaves import during
            from tailllm.store.where.nodes import joined

            return joined(" AND ", [of.where, during(span)])

        moved = compare(
            rows,
            of.store,
            Periods(start, reference),
            within=within,
            corpus=_index(cases),
            step=errand.step,
        )
        return Found(moved, self._history(desk, rows, cases, errand), len(cases), whole)

    def command(self) -> list[str]:
        """The headless twin."""
        current, _, reference, _ = PERIODS[self.period]
        if self.view == VIEWS[1]:
            return ["drift", "--weeks"]
        return ["drift", "--cur", current, "--ref", reference]

    def headline(self) -> list[Chunk]:
        """Three answers, apart."""
        found: Found | None = self.answer
        if found is None:
            return []
        return [Chunk(0, text, style) for text, style in pages.verdict(found.moved)]

    def window(self) -> str:
        """Both periods; the weeks are all there are."""
        current, _, reference, _ = PERIODS[self.period]
        if self.view == VIEWS[1]:
            return "all weeks of these logs and this corpus"
        return f"last {current} against the {reference} before"

    def show(self) -> None:
        """Draw both; who reads the charts stays where she is."""
        found: Found = self.answer
        rows = (
            pages.entries(found.moved, found.cases, self.glyphs)
            if found.moved.inputs.enough
            else []
        )
        self.sheet.fill(pages.COLUMNS, rows, pages.empty(found.moved.inputs))
        page = Page(pages.charts(found.weeks, self.glyphs))
        self._pane.show(page, self._pane.scroll_offset.y)

    def action_pane(self, steps: int) -> None:
        """The other view."""
        self.view = VIEWS[(VIEWS.index(self.view) + steps) % len(VIEWS)]
        self.choice.choose(self.view)
        self._turn()
        self.tell()

    def action_period(self, steps: int) -> None:
        """A longer period, or a shorter one."""
        self.period = max(0, min(len(PERIODS) - 1, self.period + steps))
        self.remark = ""
        self.begin()

    def action_open(self) -> None:
        """Show the calls a row is about; of the charts, fold one."""
        if self.view == VIEWS[1]:
            self._pane.toggle_fold()
            return
        entry = self.sheet.selected
        if entry is None or not isinstance(entry.key, pages.Example):
            return
        if entry.key.keys:
            self.leave_for(self.scope._replace(filter=_these(entry.key.keys)))
            return
        since = scope.during(Span(self._start(PERIODS[self.period][1]), None))
        of = entry.key.difference
        # A median has no example: it is about all calls of the period.
        about = self.scope if of is None else self.scope.narrowed(term_of(of))
        self.leave_for(about.narrowed(since))

    def _start(self, current_s: float) -> float:
        return Now(self.setting.clock(), self.feed.store.newest_at).back(current_s)

    def _once_more(self) -> None:
        """Weeks do not change in seconds: again only when more of the log has been read."""
        found: Found | None = self.answer
        if found is None or (not found.whole and self.feed.progress.done):
            super()._once_more()

    def _turn(self) -> None:
        rows = self.view == VIEWS[0]
        self.sheet.display, self._pane.display = rows, not rows
        (self.sheet if rows else self._pane).focus()

    def _history(
        self, desk: "Desk | None", rows: "list[Row]", cases: "list[Case]", errand: "Errand"
    ) -> list[Week]:
        from tailllm.corpus.coverage import coverage, failed_before

        if desk is None:
            return history(rows, (), (), (), never_failed=frozenset(), step=errand.step)
        never = coverage(cases, failed_before(desk.inbox.folder)).never_failed
        return history(
            rows,
            cases,
            added(desk.inbox.read().items),
            desk.listing().sessions,
            never_failed=frozenset(never),
            step=errand.step,
        )

    @property
    def _pane(self) -> ReadingPane:
        return self.query_one(ReadingPane)


def _index(cases: "list[Case]") -> "NoveltyIndex":
    from tailllm.corpus.wordings import wordings
    from tailllm.novelty.index import NoveltyIndex

    index = NoveltyIndex()
    for name, text in wordings(cases).items():
        index.add(name, text)
    return index


def _these(keys: tuple[str, ...]) -> str:
    from tailllm.store.filter import term

    return " OR ".join(term("key", key) for key in keys)
