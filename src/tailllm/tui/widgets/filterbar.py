"""The box under `/`: a filter, how many calls it shows, and what is wrong with it."""

from dataclasses import dataclass

from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from tailllm.tui.widgets.field import Field


class FilterBar(Horizontal):
    """Asks for a filter while the table already shows what it would keep."""

    @dataclass
    class Changed(Message):
        """The text is another one."""

        text: str

        def can_replace(self, message: Message) -> bool:
            """Only the latest text matters."""
            return isinstance(message, FilterBar.Changed)

    class Closed(Message):
        """Enter: the filter stays as it is."""

    class Cleared(Message):
        """Esc: no filter any more."""

    @dataclass
    class Completed(Message):
        """Tab: the next completion, or with shift the one before."""

        steps: int

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._input = Field(
            placeholder="words  model:gpt*  status:error  ms>2000  is:bad  -x  OR",
            select_on_focus=False,
            compact=True,
        )
        self._answer = Static(markup=False)
        self.display = False

    def compose(self) -> ComposeResult:
        """A slash, the text, and the answer."""
        yield Static(" /", markup=False, id="filter-slash")
        yield self._input
        yield self._answer

    @property
    def text(self) -> str:
        """What is typed."""
        return self._input.value

    def column(self, place: int) -> int:
        """Where the character at `place` is drawn, in cells from the first that is shown."""
        hidden = round(self._input.scroll_offset.x)
        return max(0, cell_len(self._input.value[:place]) - hidden)

    def open(self, text: str) -> None:
        """Ask, starting from the filter there is."""
        self.display = True
        with self.prevent(Input.Changed):
            self._input.value = text
        self._input.cursor_position = len(text)
        self.screen.set_focus(self._input)

    def put(self, text: str) -> None:
        """Put a completion in place of what was typed."""
        with self.prevent(Input.Changed):
            self._input.value = text
        self._input.cursor_position = len(text)

    def close(self) -> None:
        """Go away."""
        self.display = False

    def answer(self, text: str, *, wrong: bool = False) -> None:
        """Say how many there are, or what is wrong."""
        self._answer.set_class(wrong, "-wrong")
        self._answer.update(Text(text, no_wrap=True, overflow="ellipsis"))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Try the filter as it is typed."""
        event.stop()
        self.post_message(self.Changed(event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Keep it."""
        event.stop()
        self.post_message(self.Closed())

    def on_key(self, event: events.Key) -> None:
        """Esc clears the filter and goes away; Tab completes."""
        steps = {"tab": 1, "shift+tab": -1}.get(event.key)
        if event.key != "escape" and steps is None:
            return
        event.stop()
        event.prevent_default()
        self.post_message(self.Cleared() if steps is None else self.Completed(steps))
