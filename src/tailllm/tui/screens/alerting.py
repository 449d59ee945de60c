"""Limits of `[thresholds]` held against the time window: a line, bell and title if wanted."""

from typing import TYPE_CHECKING

from tailllm.tui import cells
from tailllm.tui.messages import FactsCame
from tailllm.tui.screens.watching import Watching

if TYPE_CHECKING:
    from tailllm.ask.check import Finding


class Alerting(Watching):
    """Says which limits are passed, for as long as they are."""

    _told = ""
    """What the terminal's title says."""

    def on_facts_came(self, message: FactsCame) -> None:
        """The numbers are counted anew."""
        if self.frozen:
            return
        alerts = tuple(map(_said, message.facts.alerts))
        if alerts and not self.status.alerts and self.setting.bell:
            self.app.bell()
        self.status.warn(alerts)
        if self.setting.title:
            self._entitle(", ".join(one.name for one in message.facts.alerts))

    def _entitle(self, names: str) -> None:
        text = f"! {names} over - tailllm" if names else "tailllm"
        entitle = getattr(self.app, "entitle", None)
        if text != self._told and entitle is not None and (names or self._told):
            entitle(text)
            self._told = text


def _said(one: "Finding") -> str:
    """`p95 2.31s over 2.00s`."""
    from tailllm.ask.check import SHARES

    if one.name in SHARES:
        return f"{one.name} {cells.percent(one.value or 0, 1)} over {cells.percent(one.most, 1)}"
    return f"{one.name} {cells.seconds(one.value)} over {cells.seconds(one.most)}"
