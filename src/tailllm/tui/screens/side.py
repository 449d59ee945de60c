"""What every screen beside the live one can do: help, back, quit; Esc never leaves."""

from pathlib import PurePath
from typing import ClassVar, TypeVar

from textual.screen import Screen

from tailllm.tui import cells
from tailllm.tui.widgets.footer import Keys

Result = TypeVar("Result")


class SideScreen(Screen[Result]):
    """A screen that is opened over another and left with `q`."""

    CSS_PATH: ClassVar[str | PurePath | list[str | PurePath] | None] = "../inspector.tcss"
    NAME = ""
    """The name under which `commands` lists its keys."""

    def keys(self) -> Keys:
        """The line of keys at the foot, as the user's keymap has them."""
        setting = getattr(self.app, "setting", None)
        if setting is None:
            return Keys(self.NAME, {}, id="keys")
        glyphs = cells.ASCII if setting.look.ascii else cells.UNICODE
        return Keys(self.NAME, setting.keymap, glyphs=glyphs, id="keys")

    def action_help(self) -> None:
        """Say what every key does here."""
        from tailllm.tui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen(self.NAME))

    def action_back(self) -> None:
        """Go back one level."""
        self.dismiss(None)

    def action_escape(self) -> None:
        """This screen is the box to close, unless something is open on it."""
        self.action_back()

    def action_quit(self) -> None:
        """Quit."""
        self.app.exit()
