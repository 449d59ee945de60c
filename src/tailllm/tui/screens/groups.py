"""The calls by any field: which group fails, since the window before, and how slow it is."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual.app import ComposeResult
from textual.binding import BindingType

from tailllm.ink import counted
from tailllm.ink import line as visible
from tailllm.store.groups import Group
from tailllm.store.where.nodes import joined
from tailllm.tui import cells, handing, scope
from tailllm.tui.cells import Chunk
from tailllm.tui.commands import bindings
from tailllm.tui.paths import told_apart
from tailllm.tui.screens.question import Question
from tailllm.tui.widgets.choice import ChoiceLine
from tailllm.tui.widgets.sheet import Col, Entry, Sheet

if TYPE_CHECKING:
    from tailllm.store.errand import Errand
    from tailllm.tui.scope import Scope
    from tailllm.tui.setting import Setting

FIELDS = (
    *("prompt", "validator", "user", "model", "host", "route", "error", "version", "finish"),
    *("operation", "provider", "status", "conversation", "file", "format", "novel"),
)
"""What calls can be shared out by, the most asked first."""
WIDE = ("user", "conversation")
"""Fields with as many values as a log likes."""
MOST = 1_000
"""Groups shown of a wide field: nobody reads more, and 300,000 take seconds to count."""
ENOUGH = 20
"""Calls on both sides, before a change is drawn as one."""
COLUMNS = (
    Col("", 0, right=False),
    Col("calls", 7),
    Col("bad", 6),
    Col("rate", 6),
    Col("change", 7, rank=2),
    Col("p50", 6, rank=1),
    Col("p95", 6),
    Col("ttft95", 6, rank=3),
    Col("in", 6, rank=5),
    Col("out", 6, rank=6),
    Col("tok/s", 6, rank=4),
    Col("cost", 8, rank=7),
)


def _shown(found: "Answer") -> str:
    """`7 groups`, or which of how many."""
    if found.of > len(found.groups):
        return f"the {len(found.groups):,} with most bad calls of {found.of:,} groups"
    return counted(len(found.groups), "group")


def _points(one: Group) -> float | None:
    """Percentage points against the window before."""
    now, before = one.bad_share, one.bad_share_before
    return None if now is None or before is None else 100 * (now - before)


Value = Callable[[Group], float | None]
SORTS: tuple[Value | None, ...] = (
    None,
    lambda one: one.now.calls,
    lambda one: one.now.bad,
    lambda one: one.bad_share,
    _points,
    lambda one: one.now.latency_ms.p50,
    lambda one: one.now.latency_ms.p95,
    lambda one: one.now.ttft_ms.p95,
    lambda one: one.now.input_tokens.sum,
    lambda one: one.now.output_tokens.sum,
    lambda one: one.tokens_per_s,
    lambda one: one.now.cost.sum,
)
CHANGE = 4
BAD = 2
"""The column it begins sorted by: what fails most."""


class Answer(NamedTuple):
    """The groups, and what they are part of."""

    by: str
    groups: Sequence[Group]
    of: int
    """Groups there are; more than shown where a field has thousands of values."""
    calls: int
    held: int


class GroupsScreen(Question):
    """One row a group; Enter shows its calls, `-` leaves it out."""

    NAME = "groups"
    TITLE_WORD = "GROUPS"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("groups")]

    def __init__(
        self,
        setting: "Setting",
        scope: "Scope",
        by: str = FIELDS[0],
        sort: tuple[int, bool] = (BAD, True),
    ) -> None:
        super().__init__(setting, scope)
        self.by = by
        self.sort = sort
        self.sheet = Sheet(glyphs=self.glyphs, id="sheet")
        self.fields = ChoiceLine(FIELDS, by, glyphs=self.glyphs, id="choice")
        self._order: list[str | None] = []
        self._files: dict[str, str] = {}
        """What a file is called among the others."""

    def compose(self) -> ComposeResult:
        """The question, the fields, the groups."""
        yield self.title_lines
        yield self.fields
        yield self.sheet
        yield self.keys()

    def on_mount(self) -> None:
        """The sheet takes the keys."""
        self.sheet.focus()

    def ask(self, errand: "Errand") -> Answer:
        """Count each group, and all calls together."""
        of = scope.chosen(self.setting, self.scope, errand)
        by, store, span, where = self.by, of.store, of.span, of.where
        total = store.count(span, where=where)
        few = store.worst(by, span, most=MOST, where=where) if by in WIDE else None
        if few is not None and few.of > MOST:
            where = joined(" AND ", [where, few.where])
        found = store.groups(by, span, where=where)
        return Answer(by, found, max(len(found), few.of if few else 0), total, of.held)

    def again(self) -> "GroupsScreen":
        """This screen as it stands."""
        return GroupsScreen(self.setting, self.scope, self.by, self.sort)

    def command(self) -> list[str]:
        """The headless twin."""
        window = handing.stretch(handing.window(self.setting, self.scope))
        return ["groups", "--by", self.by, *(["--window", window] if window else [])]

    def where(self) -> str:
        """The window is an argument of its own, for the one before it."""
        return handing.filter_of(self.setting, self.scope)

    def headline(self) -> list[Chunk]:
        """How many groups of how many calls."""
        found: Answer | None = self.answer
        if found is None:
            return [Chunk(0, f"by {self.by}")]
        compared = _compared(found)
        return [
            Chunk(0, f"by {found.by}"),
            Chunk(1, f"{_shown(found)} in {found.calls:,} of {found.held:,} calls"),
            Chunk(3, "" if compared else "no window before this one to compare with", "quiet"),
        ]

    def detail(self) -> list[Chunk]:
        """What the row under the cursor says in columns that found no room."""
        entry = self.sheet.selected
        if self.answer is None or entry is None:
            return []
        titles = [column.title for column in COLUMNS]
        said = [f"{titles[n]} {entry.texts[n][0]}" for n in self.sheet.hidden]
        return [Chunk(3, "  ".join(one for one in said if not one.endswith(" -")), "quiet")]

    def on_sheet_moved(self) -> None:
        """Tell of another row."""
        self.tell()

    def show(self) -> None:
        """Draw the groups in the order they have; new ones come last."""
        found: Answer = self.answer
        held = {one.name: one for one in found.groups}
        if found.by == "file":
            paths = {name: self.feed.path(name) for name in held if name is not None}
            short = told_apart(paths.values())
            self._files = {file: short[path] for file, path in paths.items()}
        if not self._order:
            self._order = [one.name for one in self._sorted(found)]
        self._order += [name for name in held if name not in set(self._order)]
        entries = [self._entry(held[name]) for name in self._order if name in held]
        self.sheet.sorted_by = self.sort
        columns = _columns(self.by, self.sort[0], compared=_compared(found))
        empty = "No calls here. Calls that pass the filter in this time window would be grouped."
        self.sheet.fill(columns, entries, empty)

    def action_pane(self, steps: int) -> None:
        """Another field."""
        fields = FIELDS
        self.by = fields[(fields.index(self.by) + steps) % len(fields)]
        self.fields.choose(self.by)
        self._afresh()

    def action_sort(self, steps: int) -> None:
        """Another column; 0 turns the order round."""
        number, down = self.sort
        number = number + steps
        self.sort = (max(0, min(len(COLUMNS) - 1, number)), not down if not steps else number > 0)
        self._order = []
        if self.answer is not None:
            self.show()

    def action_open(self) -> None:
        """Show the calls of this group."""
        term = self._term()
        if term:
            self.leave_for(self.scope.narrowed(term))

    def action_keep(self) -> None:
        """Keep only this group, and go on sharing out."""
        self._narrow(self._term())

    def action_hide(self) -> None:
        """Leave this group out."""
        self._narrow(self._term(hide=True))

    def _narrow(self, term: str) -> None:
        if term:
            self.scope = self.scope.narrowed(term)
            self._afresh()

    def _term(self, *, hide: bool = False) -> str:
        from tailllm.store.filter import term

        entry = self.sheet.selected
        if entry is None:
            return ""
        name = entry.key if isinstance(entry.key, str) else None
        if self.by == "file" and name is not None:
            name = self.feed.path(name)
        return term(self.by, name, hide=hide)

    def _afresh(self) -> None:
        self._order, self.remark = [], ""
        self.begin()

    def _sorted(self, found: Answer) -> list[Group]:
        number, down = self.sort
        get = SORTS[number]
        if get is None:
            return sorted(found.groups, key=lambda one: one.name or "", reverse=down)
        known = [(value, one) for one in found.groups if (value := get(one)) is not None]
        known.sort(key=lambda pair: pair[0], reverse=down)
        silent = [one for one in found.groups if get(one) is None]
        return [one for _, one in known] + silent

    def _entry(self, one: Group) -> Entry:
        now, bad = one.now, "bad" if one.now.bad else ""
        texts = (
            (visible(self._called(one)), bad),
            (cells.count(now.calls), ""),
            (cells.count(now.bad), bad),
            (cells.percent(now.bad, now.calls), bad),
            _change(one),
            (cells.seconds(now.latency_ms.p50), ""),
            (cells.seconds(now.latency_ms.p95), ""),
            (cells.seconds(now.ttft_ms.p95), ""),
            (cells.short(now.input_tokens.sum), "quiet"),
            (cells.short(now.output_tokens.sum), "quiet"),
            ("-" if one.tokens_per_s is None else f"{one.tokens_per_s:.0f}", ""),
            (cells.money(now.cost.sum), "quiet"),
        )
        return Entry(one.name, texts, self.glyphs.fail if now.bad else " ", bad)

    def _called(self, one: Group) -> str:
        if one.name is None:
            return "(the log does not say)"
        return self._files.get(one.name, one.name) if self.by == "file" else one.name


def _compared(found: Answer) -> bool:
    return any(one.before is not None for one in found.groups)


def _columns(by: str, sorted_by: int, *, compared: bool) -> list[Col]:
    """The columns; the one they are sorted by stays, an empty one goes first."""
    ranks = {sorted_by: 0} | ({} if compared else {CHANGE: len(COLUMNS)})
    columns = [one._replace(rank=ranks.get(n, one.rank)) for n, one in enumerate(COLUMNS)]
    return [columns[0]._replace(title=by), *columns[1:]]


def _change(one: Group) -> tuple[str, str]:
    points = _points(one)
    if points is None or one.before is None:
        return "-", "quiet"
    enough = min(one.now.calls, one.before.calls) >= ENOUGH
    tone = "quiet" if not enough or not round(points, 1) else "bad" if points > 0 else "good"
    return f"{points:+.1f}pp", tone
