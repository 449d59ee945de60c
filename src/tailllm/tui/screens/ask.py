"""One question over a screen, answered in one line."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tailllm import ink
from tailllm.tui.widgets.field import Field


class AskScreen(ModalScreen[str | None]):
    """Gives what was typed; None when somebody thinks better of it."""

    CSS_PATH = "../inspector.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "cancel", priority=True),
        Binding("ctrl+c", "app.quit", "quit", show=False, priority=True),
    ]

    def __init__(self, title: str, hint: str, value: str = "") -> None:
        super().__init__()
        self._title = title
        self._hint = hint
        self._value = value

    def compose(self) -> ComposeResult:
        """The question, the line, the keys."""
        with Vertical(id="ask-box"):
            yield Static(ink.line(self._title), id="ask-title", markup=False)
            yield Field(ink.line(self._value), placeholder=self._hint, id="ask-line", compact=True)
            yield Static("⏎ says so   Esc cancels", id="ask-keys")

    def on_mount(self) -> None:
        """Ready to type, after what stands there already."""
        field = self.query_one(Input)
        field.focus()
        field.cursor_position = len(field.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Hand back what was said."""
        self.dismiss(event.value.strip())

    def action_cancel(self) -> None:
        """Say nothing."""
        self.dismiss(None)
