"""Which calls are unusual for their kind: a badge in the list, a sentence over an opened call."""

from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

from textual.message import Message

from tailllm.records.row import Row
from tailllm.store.cohorts import Cohorts, Oddity
from tailllm.tui.messages import FactsCame
from tailllm.tui.screens.reporting import Reporting

if TYPE_CHECKING:
    from tailllm.tui.setting import Setting

AGAIN_S = 15.0
"""Comparing 50,000 calls takes a fifth of a second of a core."""
READING_S = 2.0
"""Before the first comparison, while a past is still being read."""
SOON_S = 0.01
GROWN = 0.05
"""Share of new calls under which what is usual is still usual."""
_SHORT = {
    "latency_ms": "ms",
    "ttft_ms": "ttft",
    "input_tokens": "in",
    "output_tokens": "out",
}
_USUAL = {
    "latency_ms": "time",
    "ttft_ms": "time to first token",
    "input_tokens": "input",
    "output_tokens": "output",
}


@dataclass
class Compared(Message):
    """What is usual is known anew."""

    cohorts: Cohorts


class Comparing(Reporting):
    """Compares each call with those of its model and prompt; nothing until there are enough."""

    def __init__(self, setting: "Setting") -> None:
        super().__init__(setting)
        self._cohorts: Cohorts | None = None
        self._compared_at = monotonic()
        self._compared_whole = False
        """Whether all of the past was there."""
        self._compared_to = 0
        self._comparing = False
        self.table.odd = self.badge

    def badge(self, row: Row) -> str:
        """`12x out`: how far the number that is farthest out is from the usual one."""
        far = self._farthest(row)
        return f"{_times(far)} {_SHORT[far.field]}" if far else ""

    def unusual(self, row: Row) -> str:
        """The same in words: `12x usual output of 1,240`."""
        far = self._farthest(row)
        return f"{_times(far)} usual {_USUAL[far.field]} of {far.calls:,}" if far else ""

    def on_facts_came(self, _message: FactsCame) -> None:
        """Compare again when enough calls have come, and not too often."""
        held, done = self.feed.window.end - self.feed.window.first, self.feed.progress.done
        whole = done and not self._compared_whole
        grown = abs(held - self._compared_to) > GROWN * held
        if self._comparing or not (grown or (whole and held)):
            return
        self._comparing, self._compared_whole = True, done
        since = AGAIN_S if self._cohorts else READING_S
        wait_s = 0.0 if whole else self._compared_at + since - monotonic()
        self.set_timer(max(SOON_S, wait_s), self._begin)

    def on_compared(self, message: Compared) -> None:
        """Draw the badges."""
        self._comparing, self._cohorts = False, message.cohorts
        self.table.refresh()

    def _begin(self) -> None:
        window = self.feed.window
        self._compared_at, self._compared_to = monotonic(), window.end - window.first
        self.run_worker(self._compare, thread=True, group="cohorts")

    def _compare(self) -> None:
        self.post_message(Compared(Cohorts(row for _, row in self.feed.window.newest_first())))

    def _farthest(self, row: Row) -> Oddity | None:
        found = self._cohorts.oddities(row) if self._cohorts is not None else []
        return max(found, key=lambda one: one.value / max(one.median, 1), default=None)


def _times(one: Oddity) -> str:
    return f"{one.value / max(one.median, 1):.0f}x"
