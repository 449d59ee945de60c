"""What people ask and no case is near: each kind by its terms, Enter shows its typical calls."""

from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual.app import ComposeResult
from textual.binding import BindingType

from tailllm.drift.blind import Blind, blind_spots
from tailllm.ink import counted
from tailllm.ink import line as visible
from tailllm.records.row import Row
from tailllm.tui import cells, scope
from tailllm.tui.cells import Chunk
from tailllm.tui.commands import bindings
from tailllm.tui.facts import SPANS
from tailllm.tui.screens.question import Question
from tailllm.tui.widgets.sheet import Col, Entry, Sheet

if TYPE_CHECKING:
    from tailllm.store.errand import Errand
    from tailllm.tui.scope import Scope
    from tailllm.tui.setting import Setting

COLUMNS = (
    Col("blind spot", 30, right=False),
    Col("calls", 6),
    Col("share", 6),
    Col("most typical", 0, right=False),
)


class Answer(NamedTuple):
    """What was found, and the calls it was found in."""

    blind: Blind
    rows: tuple[Row, ...]


class BlindScreen(Question):
    """One row a kind of message; Enter shows its most typical calls, to be marked."""

    NAME = "blind"
    TITLE_WORD = "BLIND SPOTS"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("blind")]

    def __init__(self, setting: "Setting", scope: "Scope") -> None:
        super().__init__(setting, scope)
        self.sheet = Sheet(glyphs=self.glyphs, id="sheet")

    def compose(self) -> ComposeResult:
        """The question, the kinds of message."""
        yield self.title_lines
        yield self.sheet
        yield self.keys()

    def on_mount(self) -> None:
        """The sheet takes the keys."""
        self.sheet.focus()

    def ask(self, errand: "Errand") -> Answer:
        """Compare the calls in memory with the cases."""
        span = self.feed.span_ending_now(SPANS[self.scope.span][1])
        held = scope.rows(self.setting, self.scope.filter, errand.step)
        rows = tuple(row for row in held if row.preview and span.holds(row.at))
        scorer = self.setting.scorer
        cases = {} if scorer is None else scorer.cases
        return Answer(blind_spots([row.preview for row in rows], cases), rows)

    def command(self) -> list[str]:
        """The headless twin."""
        return ["corpus", "coverage"]

    def headline(self) -> list[Chunk]:
        """How much no case is near, and how that was found out."""
        found: Answer | None = self.answer
        if found is None:
            return []
        blind = found.blind
        low, high = blind.share.interval
        said = f"{blind.share.part:,} of {blind.share.of:,} messages have no case near"
        return [
            Chunk(0, said, "warn" if blind.share.part else "good"),
            Chunk(1, f"{low:.0%} to {high:.0%}"),
            Chunk(2, counted(blind.cases, "case")),
            Chunk(3, f"by {blind.by}", "quiet"),
        ]

    def show(self) -> None:
        """Draw the kinds, the largest first."""
        found: Answer = self.answer
        empty = "No blind spot: what has no case near is like nothing else."
        if not found.rows:
            empty = "No message here. Calls that pass the filter would be compared with the cases."
        entries = [self._entry(number, found) for number in range(len(found.blind.spots))]
        self.sheet.fill(COLUMNS, entries, empty)

    def action_open(self) -> None:
        """Show the most typical calls, the cursor on the first of them."""
        entry = self.sheet.selected
        if entry is None or self.answer is None:
            return
        from tailllm.store.filter import term

        found: Answer = self.answer
        number = next(n for n, one in enumerate(found.blind.spots) if _key(one.terms) == entry.key)
        keys = [found.rows[place].key for place in found.blind.spots[number].typical]
        wanted = " OR ".join(term("key", key) for key in keys)
        window = self.feed.window
        seq = next((seq for seq, row in window.newest_first() if row.key == keys[0]), None)
        self.leave_for(self.scope._replace(filter=wanted), seq)

    def _entry(self, number: int, found: Answer) -> Entry:
        spot = found.blind.spots[number]
        first = found.rows[spot.typical[0]]
        texts = (
            (visible(" · ".join(spot.terms)), ""),
            (cells.count(spot.messages), ""),
            (cells.percent(spot.messages, found.blind.share.of), ""),
            (visible(first.preview), "quiet"),
        )
        return Entry(_key(spot.terms), texts, " ", "")


def _key(terms: tuple[str, ...]) -> str:
    return "\n".join(terms)
