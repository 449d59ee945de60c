"""The box under `:`: a command, its completion, and what became of it."""

from dataclasses import dataclass

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from tailllm.tui.widgets.field import Field


class CommandBar(Horizontal):
    """Asks for one command."""

    @dataclass
    class Given(Message):
        """Enter: do it."""

        text: str

    class Left(Message):
        """Esc: nothing."""

    @dataclass
    class Typed(Message):
        """The text is another one; Tab asks for its completion."""

        text: str
        tab: bool = False

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._input = Field(select_on_focus=False, compact=True)
        self.display = False

    def compose(self) -> ComposeResult:
        """A colon and the text."""
        yield Static(" :", markup=False, id="command-sign")
        yield self._input

    def open(self) -> None:
        """Ask."""
        self.display = True
        self.put("")
        self.screen.set_focus(self._input)

    def put(self, text: str) -> None:
        """Put a completion in place of what was typed."""
        with self.prevent(Input.Changed):
            self._input.value = text
        self._input.cursor_position = len(text)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say what it could become."""
        event.stop()
        self.post_message(self.Typed(event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Do it."""
        event.stop()
        self.post_message(self.Given(event.value))

    def on_key(self, event: events.Key) -> None:
        """Esc leaves, Tab completes."""
        if event.key not in ("escape", "tab"):
            return
        event.stop()
        event.prevent_default()
        text = self._input.value
        self.post_message(self.Left() if event.key == "escape" else self.Typed(text, tab=True))
