"""The line under the reading pane: what is searched, and where we are."""

from dataclasses import dataclass

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from tailllm import ink
from tailllm.tui import cells
from tailllm.tui.widgets.field import Field


class FindLine(Horizontal):
    """Shows words and hits; becomes an input while somebody types."""

    @dataclass
    class Sought(Message):
        """Somebody wants to find this text; empty clears."""

        words: str

    def compose(self) -> ComposeResult:
        """A line of text, and the input that takes its place."""
        yield Static(id="find-status", markup=False)
        yield Field(id="find-words", placeholder="find in this tab", compact=True)

    def on_mount(self) -> None:
        """Nobody is typing yet."""
        self._input.display = False

    @property
    def asking(self) -> bool:
        """Whether somebody is typing."""
        return bool(self._input.display)

    @property
    def words(self) -> str:
        """What was typed last."""
        return self._input.value

    def ask(self) -> None:
        """Let somebody type, starting from the words before."""
        self._input.display = True
        self._input.focus()

    def close(self) -> None:
        """Stop asking."""
        self._input.display = False

    def say(self, left: str, right: str, tone: str = "dim") -> None:
        """Our words: `left` gives way when there is no room."""
        width = self.size.width - 2
        room = max(0, width - cell_len(right) - 2)
        shown = cells.cut(ink.line(left), room)
        line = Content.styled(f" {shown}  ", tone) + Content.styled(right, "dim")
        self._status.update(line)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter searches."""
        event.stop()
        self.close()
        self.post_message(self.Sought(event.value))

    @property
    def _input(self) -> Input:
        return self.query_one("#find-words", Input)

    @property
    def _status(self) -> Static:
        return self.query_one("#find-status", Static)
