"""Signals that end the program, at any moment and in good order."""

import signal
import time
from functools import partial
from typing import Any

from tailllm.errors import Exit
from tailllm.tui.typeahead import TypeAheadApp

DEAF_S = 0.5


class LeavingApp(TypeAheadApp):
    """An interrupt is a way to leave, as ctrl+c is; a hang-up or a polite kill, too."""

    def __init__(self, *arguments: Any, **words: Any) -> None:
        super().__init__(*arguments, **words)
        self._deaf_until = 0.0

    def hear_signals(self) -> None:
        """From now on leave the terminal as it was, whatever ends us."""
        import asyncio

        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, partial(self.exit, return_code=128 + number))
        # asyncio would cancel whatever is just being waited for, and where that is expected
        # to be cancelled the interrupt would be lost.
        loop.add_signal_handler(signal.SIGINT, self._interrupted)

    def was_away(self) -> None:
        """Another program had the terminal: an interrupt of just now was for that one."""
        self._deaf_until = time.monotonic() + DEAF_S

    def _interrupted(self) -> None:
        if time.monotonic() > self._deaf_until:
            self.exit(return_code=int(Exit.FINE))
