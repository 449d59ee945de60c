"""The ways from the live screen to the screens beside it, and back."""

from typing import Any

from textual.screen import Screen

from tailllm.tui.screens.commanding import Commanding
from tailllm.tui.screens.inspector_share import Sharing


class Beside(Sharing, Commanding):
    """Each screen is loaded when somebody first wants to see it."""

    def on_mount(self) -> None:
        """Begin with another screen where somebody asked for that; its end is the end."""
        if self.setting.begin == "rotation":
            self.call_after_refresh(self._begin_rotation)

    def _begin_rotation(self) -> None:
        from tailllm.tui.screens.rotation import RotationScreen

        if self.setting.deck is not None:
            self._open(RotationScreen(self.setting, self.setting.deck), self._leave)

    def _leave(self, _nothing: None) -> None:
        self.app.exit()

    def action_rejects(self) -> None:
        """Lines that gave no call."""
        from tailllm.tui.screens.rejects import RejectsScreen

        self._open(RejectsScreen(self.feed))

    def action_inbox(self) -> None:
        """What was marked or reported, to be triaged."""
        if self.setting.triage is None:
            self._answer("No corpus here.")
            return
        from tailllm.tui.screens.inbox import InboxScreen

        self.inbox_opened()
        self._open(InboxScreen(self.setting.triage(), self.setting.clock))

    def action_rotation(self) -> None:
        """Real calls, to be read one after the other."""
        if self.setting.deck is None:
            self._answer("No corpus here.")
            return
        from tailllm.tui.screens.rotation import RotationScreen

        self._open(RotationScreen(self.setting, self.setting.deck))

    def action_evals(self) -> None:
        """What the runs of the corpus found."""
        if self.setting.desk is None:
            self._answer("No corpus here.")
            return
        from tailllm.tui.screens.evals import EvalsScreen

        row = self.table.selected
        about = row.prompt_name if row else None
        self._open(EvalsScreen(self.setting.desk(), about), self._to_call)

    def _to_call(self, key: str | None) -> None:
        """From a case back to the call it came from."""
        if key is None:
            return
        held = self.feed.window.newest_first()
        seq = next((seq for seq, row in held if row.key == key), None)
        if seq is not None:
            self.table.view.reach(seq)
        if seq is None or self.table.view.place(seq) is None:
            self._answer(f"{key} is not among the calls here; its case names the log.")
        else:
            self.table.go(seq)

    def action_notices(self) -> None:
        """What happened to the files."""
        from tailllm.tui.screens.notices import NoticesScreen

        self._open(NoticesScreen(self.feed))

    def action_about(self) -> None:
        """What this program takes from the host."""
        from tailllm.tui.screens.about import AboutScreen

        self._open(AboutScreen(self.feed))

    def action_help(self) -> None:
        """What every key does here."""
        from tailllm.tui.screens.help import HelpScreen

        self._open(HelpScreen("live"))

    def _open(self, screen: Screen[Any], then: Any = None) -> None:
        self._answer("")
        self.app.push_screen(screen, then)
