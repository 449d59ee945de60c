"""The keys that matter here, from the one list of commands."""

from collections.abc import Mapping

from tailllm.tui import cells
from tailllm.tui.cells import Chunk, Glyphs
from tailllm.tui.command import Command
from tailllm.tui.commands import COMMANDS, spell
from tailllm.tui.question_keys import QUESTIONS
from tailllm.tui.widgets.paint import Line, Paint


class Keys(Paint):
    """One line of keys; wide screens have room for more of them."""

    def __init__(
        self,
        screen: str,
        keymap: Mapping[str, str],
        *,
        glyphs: Glyphs = cells.UNICODE,
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(glyphs=glyphs, id=id)
        self._screen = screen
        self._keymap = keymap

    def lines(self, width: int) -> list[Line]:
        """As many keys as fit, help always among them."""
        line: Line = [(" ", "")]
        for chunk in cells.fit(self._chunks(), width, 2):
            if len(line) > 1:
                line.append(("  ", ""))
            key, _, label = chunk.text.partition(" ")
            line += [(key, "key"), (f" {label}", "quiet")]
        return [line]

    def _chunks(self) -> list[Chunk]:
        found = []
        for rank, command in enumerate(self._wanted()):
            key = spell(self._keymap.get(command.id, command.keys))[0]
            if self.glyphs is cells.ASCII and key == "⏎":
                key = "Enter"
            first = -1 if command.id in self._always else rank
            shown = command.show or command.id in self._always
            found.append(Chunk(first if shown else 100 + rank, f"{key} {command.label}"))
        return found

    @property
    def _always(self) -> tuple[str, ...]:
        """Who asked a question came from somewhere, and wants to know the way back."""
        return ("app.help", "app.back") if self._screen in QUESTIONS else ("app.help",)

    def _wanted(self) -> list[Command]:
        """Everybody knows how to move, and where one is."""
        here = [command for command in COMMANDS if self._screen in command.on]
        own = f"ask('{self._screen}')"
        return [one for one in here if not one.id.startswith("move.") and one.action != own]
