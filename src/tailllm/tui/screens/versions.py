"""Every prompt version: when, on how many calls, with which numbers beside the one before."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.worker import get_current_worker

from tailllm.ask.versions import Version, versions
from tailllm.ink import counted
from tailllm.ink import line as visible
from tailllm.store.filter import term
from tailllm.store.stats import Stats
from tailllm.tui import cells, scope
from tailllm.tui.cells import Chunk
from tailllm.tui.commands import bindings
from tailllm.tui.screens.commits import CommitFound, find_commits
from tailllm.tui.screens.question import Question
from tailllm.tui.widgets.sheet import Col, Entry, Sheet

if TYPE_CHECKING:
    from tailllm.ask.origin import Commit
    from tailllm.store.errand import Errand
    from tailllm.tui.scope import Scope
    from tailllm.tui.setting import Setting

COLUMNS = (
    Col("prompt", 0, right=False),
    Col("first UTC", 9),
    Col("last UTC", 9, rank=3),
    Col("calls", 6),
    Col("share", 6, rank=4),
    Col("bad", 6),
    Col("(was)", 7),
    Col("p50", 6, rank=2),
    Col("(was)", 7, rank=2),
    Col("p95", 6),
    Col("(was)", 7, rank=1),
)


class Found(NamedTuple):
    """The versions, and which of them the calls on the list are about."""

    versions: tuple[Version, ...]
    meant: str | None
    calls: int


class VersionsScreen(Question):
    """One row a version; Enter shows what it changed, word by word."""

    NAME = "versions"
    TITLE_WORD = "PROMPT VERSIONS"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("versions")]

    def __init__(self, setting: "Setting", scope: "Scope", meant: str | None = None) -> None:
        super().__init__(setting, scope)
        self.meant = meant
        """The version to begin at; the one that fails most among the calls, if not given."""
        self.commits: dict[str, Commit | None] = {}
        self._sought: set[str] = set()
        self.sheet = Sheet(glyphs=self.glyphs, id="sheet")

    def compose(self) -> ComposeResult:
        """The question, the versions."""
        yield self.title_lines
        yield self.sheet
        yield self.keys()

    def on_mount(self) -> None:
        """The sheet takes the keys."""
        self.sheet.focus()

    def again(self) -> "VersionsScreen":
        """This screen as it stands."""
        return VersionsScreen(self.setting, self.scope, self._label)

    def ask(self, errand: "Errand") -> Found:
        """Count the versions of all calls: a filter must not hide the one before."""
        store = self.feed.store
        of = scope.chosen(self.setting, self.scope, errand)
        worst = of.store.worst("prompt", of.span, most=1, where=of.where).names
        known = len(self.feed.window) + self.feed.window.dropped
        return Found(versions(store), self.meant or (worst[0] if worst else None), known)

    def command(self) -> list[str]:
        """The headless twin."""
        return ["prompts"]

    def where(self) -> str:
        """All calls, whatever the filter: it must not hide the version before."""
        return ""

    def headline(self) -> list[Chunk]:
        """How many."""
        found: Found | None = self.answer
        if found is None:
            return []
        text = f"{counted(len(found.versions), 'version')} in all {found.calls:,} calls"
        return [Chunk(1, text), Chunk(2, "(was): the version before", "quiet")]

    def show(self) -> None:
        """Draw them, the cursor on the one that is meant."""
        found: Found = self.answer
        first = not self.sheet.entries
        entries = [self._entry(one) for one in found.versions]
        empty = "No prompt versions. A log that names them, or has system texts, fills this."
        self.sheet.fill(COLUMNS, entries, empty)
        if first and found.meant is not None:
            self.sheet.go(found.meant)

        self._look_for_commits()

    def detail(self) -> list[Chunk]:
        """The commit that made the version under the cursor."""
        if self._label not in self.commits:
            return []
        made = self.commits[self._label]
        if made is None:
            return [Chunk(1, "no commit of its file has this text", "quiet")]
        return [
            Chunk(0, f"commit {made.id[:10]}", "key"),
            Chunk(0, visible(made.subject)),
            Chunk(2, visible(f"{made.author}, {made.at[:16]}"), "quiet"),
        ]

    def on_commit_found(self, message: CommitFound) -> None:
        """Say it while the cursor is on its version."""
        self.commits[message.label] = message.commit
        self.tell()

    def on_sheet_moved(self) -> None:
        """Another version."""
        self.remark = ""
        self.tell()

    def action_open(self) -> None:
        """What this version changed against the one before."""
        from tailllm.tui.screens.compare import CompareScreen

        found: Found | None = self.answer
        here = next((v for v in found.versions if v.label == self._label), None) if found else None
        if here is None:
            return
        if here.predecessor is None:
            self.say(f"{here.label} is the first version seen of its prompt.")
            return
        labels = (here.predecessor.label, here.label)
        self.open(CompareScreen(self.setting, self.scope, versions=labels))

    def action_keep(self) -> None:
        """Show the calls of this version."""
        if self._label is not None:
            self.leave_for(self.scope.narrowed(term("prompt", self._label)))

    @property
    def _label(self) -> str | None:
        entry = self.sheet.selected
        return entry.key if entry is not None and isinstance(entry.key, str) else None

    def _look_for_commits(self) -> None:
        found: Found = self.answer
        files = self.setting.prompts
        new = [v for v in found.versions if v.prompt in files and v.label not in self._sought]
        self._sought |= {one.label for one in new}
        if new:
            work = partial(self._find_commits, new)
            self.run_worker(work, thread=True, group="commits", exclusive=True)

    def _find_commits(self, versions: list[Version]) -> None:
        worker = get_current_worker()
        find_commits(self.setting, versions, self.post_message, lambda: worker.is_cancelled)

    def _entry(self, one: Version) -> Entry:
        now, then = one.stats, one.predecessor.stats if one.predecessor else None
        bad = "bad" if now.bad else ""
        worse = then is not None and _share(one) > _share(one.predecessor)
        texts = (
            (visible(one.label), bad),
            (_clock(now.first), ""),
            (_clock(now.last), "quiet"),
            (cells.count(now.calls), ""),
            (f"{one.share:.0%}", "quiet"),
            (cells.percent(now.bad, now.calls), bad),
            (_was(then, _rate), "quiet"),
            (cells.seconds(now.latency_ms.p50), ""),
            (_was(then, lambda one: cells.seconds(one.latency_ms.p50)), "quiet"),
            (cells.seconds(now.latency_ms.p95), ""),
            (_was(then, lambda one: cells.seconds(one.latency_ms.p95)), "quiet"),
        )
        return Entry(one.label, texts, self.glyphs.fail if worse else " ", "bad" if worse else "")


def _share(one: Version | None) -> float:
    return one.stats.bad / one.stats.calls if one is not None and one.stats.calls else 0.0


def _clock(at: float | None) -> str:
    return "-" if at is None else cells.clock(at)


def _was(then: Stats | None, said: Callable[[Stats], str]) -> str:
    return "" if then is None else f"({said(then)})"


def _rate(stats: Stats) -> str:
    return cells.percent(stats.bad, stats.calls)
