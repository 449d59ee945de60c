"""New reports while somebody watches: a word in the status line, from a file."""

from tailllm.tui.screens.alerting import Alerting

LOOK_EVERY_S = 5.0
"""A sync runs every few minutes; asking costs two calls of the system."""


class Reporting(Alerting):
    """Says how many reports came in since the inbox was last open."""

    def on_mount(self) -> None:
        """Remember where the ledger ends, and look at its end from now on."""
        if self.setting.arrivals is not None:
            self.setting.arrivals.look()
            self.set_interval(LOOK_EVERY_S, self.listen)

    def listen(self) -> None:
        """Look once."""
        arrivals = self.setting.arrivals
        if arrivals is not None and not self.frozen and self.is_current:
            self.status.receive(arrivals.look())

    def inbox_opened(self) -> None:
        """What came in is being looked at."""
        if self.setting.arrivals is not None:
            self.setting.arrivals.look()
            self.setting.arrivals.seen()
            self.status.receive(0)
