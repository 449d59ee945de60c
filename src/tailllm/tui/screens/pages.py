"""A question whose answer is a page to read."""

from textual.app import ComposeResult

from tailllm.tui.screens.question import Question
from tailllm.tui.widgets.reading import ReadingPane
from tailllm.tui.widgets.reading_page import Page, Section
from tailllm.tui.widgets.reading_text import Para


class PageQuestion(Question):
    """Shows sections; Enter folds one, `{` and `}` step through them."""

    def compose(self) -> ComposeResult:
        """The question, the page."""
        yield self.title_lines
        yield ReadingPane(id="pane")
        yield self.keys()

    def on_mount(self) -> None:
        """The page takes the keys."""
        self.pane.focus()

    @property
    def pane(self) -> ReadingPane:
        """What is read."""
        return self.query_one(ReadingPane)

    def read(self) -> list[Section]:
        """The answer as a page."""
        raise NotImplementedError

    def show(self) -> None:
        """Draw the page; who reads stays where she is."""
        self.pane.show(Page(self.read()), self.pane.scroll_offset.y)

    def complain(self, sentence: str) -> list[Section]:
        """A page that says why there is nothing to read."""
        return [Section("", [Para(sentence, "dim", 1)])]

    def action_message(self, direction: int) -> None:
        """The next part, or the one before."""
        self.pane.go_to_section(direction)

    def action_fold(self) -> None:
        """Fold or unfold the part."""
        self.pane.toggle_fold()
