"""Keeping a call with a note, labels and what should have come back."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, ClassVar

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.css.query import NoMatches
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tailllm import ink
from tailllm.errors import TailllmError
from tailllm.records.row import Row
from tailllm.tui.screens.inspector_header import short_key
from tailllm.tui.widgets.field import Field

FIELDS = (
    ("note", "note", "what is odd about it"),
    ("labels", "labels", "separated by commas: refund, tone"),
    ("expected", "expected", "what should have come back"),
)


class MarkScreen(ModalScreen[dict[str, Any] | None]):
    """Asks three things, all of them optional; gives None when somebody thinks better of it."""

    CSS_PATH = "../inspector.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", "save", priority=True),
        Binding("escape", "cancel", "cancel", priority=True),
        Binding("ctrl+c", "app.quit", "quit", show=False, priority=True),
    ]

    def __init__(self, row: Row, look: Callable[[Row], Sequence[str]]) -> None:
        """Ask about `row`; `look` names the rules that will put tags into its mark."""
        super().__init__()
        self._row = row
        self._look = look

    def compose(self) -> ComposeResult:
        """The call, the questions, the keys."""
        with Vertical(id="mark-box"):
            yield Static(f"MARK  {short_key(self._row.key)}", id="mark-title", markup=False)
            yield Static(f"user   {ink.line(self._row.preview)}", classes="said", markup=False)
            yield Static(f"reply  {ink.line(self._row.reply)}", classes="said", markup=False)
            yield Static("secrets  looking…", id="mark-secrets", markup=False)
            for name, label, hint in FIELDS:
                yield Static(label, classes="label", markup=False)
                yield Field(placeholder=hint, id=f"mark-{name}", compact=True)
            yield Static("⏎ or ^s saves   Tab next field   Esc cancels", id="mark-keys")

    def on_mount(self) -> None:
        """The note first."""
        self.query_one("#mark-note", Input).focus()
        self._say_secrets()

    @work(thread=True)
    def _say_secrets(self) -> None:
        """What is typed meanwhile is typed here: the box does not wait for the log."""
        try:
            text = about_secrets(self._look(self._row))
        except (TailllmError, OSError) as error:
            text = f"secrets  {ink.line(str(error))}"
        with suppress(NoMatches):
            self.app.call_from_thread(self.query_one("#mark-secrets", Static).update, Text(text))

    def on_input_submitted(self) -> None:
        """Enter saves from any field."""
        self.action_save()

    def action_save(self) -> None:
        """Hand back what was said; an empty field says nothing."""
        note, labels, expected = (self._said(name) for name, *_ in FIELDS)
        self.dismiss(
            {
                "note": note or None,
                "labels": [label.strip() for label in labels.split(",") if label.strip()],
                "expected": expected or None,
            }
        )

    def action_cancel(self) -> None:
        """Keep nothing."""
        self.dismiss(None)

    def _said(self, name: str) -> str:
        return self.query_one(f"#mark-{name}", Input).value.strip()


def about_secrets(rules: Sequence[str]) -> str:
    """What a mark will hold in place of secrets."""
    if not rules:
        return "secrets  none of a known shape; names and addresses are not looked for"
    return f"secrets  kept as tags, for good: {ink.line(', '.join(rules))}"
