"""What every key does on a screen, found by typing."""

from collections.abc import Iterator
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Key
from textual.widgets import Input, Static

from tailllm.tui.command import Command
from tailllm.tui.commands import COMMANDS, spell
from tailllm.tui.screens.side import SideScreen
from tailllm.tui.widgets.field import Field
from tailllm.tui.widgets.reading import ReadingPane
from tailllm.tui.widgets.reading_page import Page, Section
from tailllm.tui.widgets.reading_text import Para

TOPICS = {
    "move": "Moving",
    "call": "The call",
    "seek": "To other calls",
    "message": "Inside the call",
    "find": "Inside the call",
    "item": "The item",
    "eval": "The case",
    "deck": "The card",
    "drift": "The period",
    "view": "The view",
    "app": "Everywhere",
}


class HelpWords(Field):
    """Takes words, and lets `q` and `?` close what `?` opened while there are none."""

    def on_key(self, event: Key) -> None:
        """With nothing typed, a key that leaves is not a word."""
        if event.character in ("q", "?") and not self.value:
            event.prevent_default().stop()
            self.screen.dismiss()


class HelpScreen(SideScreen[None]):
    """Made from the list of commands, so it cannot lag behind the keys."""

    NAME = "help"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "escape", "clear, close", priority=True),
        Binding("enter", "back", "close", priority=True),
        Binding("down", "move(1)", "down", show=False, priority=True),
        Binding("up", "move(-1)", "up", show=False, priority=True),
        Binding("pagedown", "page(1)", "page", show=False, priority=True),
        Binding("pageup", "page(-1)", "page up", show=False, priority=True),
        Binding("ctrl+c", "quit", "quit", show=False),
    ]

    def __init__(self, screen_name: str) -> None:
        super().__init__()
        self._about = screen_name

    def compose(self) -> ComposeResult:
        """A title, what is typed, the keys."""
        yield Static(f" KEYS  {self._about} screen", id="help-title", markup=False)
        yield HelpWords(
            placeholder="type to narrow; Esc or q closes", id="help-words", compact=True
        )
        yield ReadingPane()

    def on_mount(self) -> None:
        """Everything, until somebody types."""
        self.query_one(Input).focus()
        self._draw("")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Only what matches."""
        self._draw(event.value)

    def action_escape(self) -> None:
        """Forget what was typed; with nothing typed, close."""
        words = self.query_one(Input)
        if words.value:
            words.value = ""
        else:
            self.action_back()

    def action_move(self, rows: int) -> None:
        """Scroll by rows."""
        self.query_one(ReadingPane).action_move(rows)

    def action_page(self, pages: int) -> None:
        """Scroll by pages."""
        self.query_one(ReadingPane).action_page(pages)

    def _draw(self, words: str) -> None:
        topics: dict[str, list[Para]] = {}
        for command, line in self._lines():
            if all(word in f"{line} {command.label}".lower() for word in words.lower().split()):
                topic = TOPICS.get(command.id.partition(".")[0], "More")
                topics.setdefault(topic, []).append(Para(line, indent=3))
        sections = [Section(topic, body) for topic, body in topics.items()]
        empty = Section("", [Para(f"No key does “{words}” here.", "dim", 1)])
        self.query_one(ReadingPane).show(Page(sections or [empty]))

    def _lines(self) -> Iterator[tuple[Command, str]]:
        for command in COMMANDS:
            moves = command.id.startswith("move.")
            if self._about in command.on or moves:
                why = command.why if self._about in command.on else f"{command.label.capitalize()}."
                yield command, f"{self._keys(command):<12} {why}"

    def _keys(self, command: Command) -> str:
        """The keys as they are now: the user's own where `[keys]` moved them."""
        setting = getattr(self.app, "setting", None)
        mine = setting.keymap if setting else {}
        keys = mine.get(command.id, command.keys)
        if self._about not in command.on:
            own = {k for c in COMMANDS if self._about in c.on for k in c.keys.split(",")}
            keys = ",".join(key for key in keys.split(",") if key not in own)
        return " ".join(spell(keys))
