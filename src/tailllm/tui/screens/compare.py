"""Two calls, or two prompt versions, side by side: what differs, word by word."""

from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType

from tailllm.ask.pair import Pair, pair, prompt_pair
from tailllm.errors import UsageError
from tailllm.ink import line as visible
from tailllm.store import labels
from tailllm.tui.cells import Chunk
from tailllm.tui.commands import bindings
from tailllm.tui.screens.pages import PageQuestion
from tailllm.tui.widgets.difference import sections
from tailllm.tui.widgets.reading_page import Section

if TYPE_CHECKING:
    from tailllm.records.call import Call
    from tailllm.records.row import Row
    from tailllm.store.errand import Errand
    from tailllm.tui.scope import Scope
    from tailllm.tui.setting import Setting


class CompareScreen(PageQuestion):
    """The first is `[-gone-]`, the second `{+new+}`."""

    NAME = "compare"
    TITLE_WORD = "DIFF"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("compare")]

    def __init__(
        self,
        setting: "Setting",
        scope: "Scope",
        *,
        rows: "tuple[Row, Row] | None" = None,
        versions: tuple[str, str] | None = None,
    ) -> None:
        super().__init__(setting, scope)
        self.rows = rows
        self.versions = versions

    def again(self) -> "CompareScreen":
        """This screen as it stands."""
        return CompareScreen(self.setting, self.scope, rows=self.rows, versions=self.versions)

    def ask(self, _errand: "Errand") -> Pair:
        """Read both calls again and compare them."""
        if self.rows is not None:
            return pair(*(self.feed.call(row) for row in self.rows))
        one, other = self.versions or ("", "")
        return prompt_pair(self._sample(one), self._sample(other))

    def command(self) -> list[str]:
        """The headless twin."""
        if self.rows is not None:
            return ["diff", *(row.key for row in self.rows)]
        return ["prompts", "--diff", *(self.versions or ())]

    def headline(self) -> list[Chunk]:
        """Which two."""
        names = self.versions or tuple(row.key for row in self.rows or ())
        return [Chunk(0, visible(" → ".join(names)))]

    def read(self) -> list[Section]:
        """What differs."""
        return sections(self.answer)

    def _sample(self, label: str) -> "Call":
        """The newest call of a version that is held."""
        for _, row in self.feed.window.newest_first():
            if labels.prompt(row) == label:
                return self.feed.call(row)
        raise UsageError(
            f"no call of {label} is held any more", fix="Compare two of its calls in their log."
        )
