"""A reader's desk as a screen uses it: off the loop, and in the order of the keys."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from time import sleep
from typing import TYPE_CHECKING, TypeVar

from textual.message import Message
from textual.worker import Worker, get_current_worker

from tailllm.errors import TailllmError
from tailllm.ink import line as visible
from tailllm.tui.screens.side import SideScreen

if TYPE_CHECKING:
    from tailllm.feed.feed import Feed
    from tailllm.rotation.desk import Desk, Opened

LOOK_S = 0.05
Result = TypeVar("Result")


class AtDesk(SideScreen[None]):
    """Opens the deck when the log is read, and does one thing after the other."""

    @dataclass
    class Came(Message):
        """The deck is there, or why it is not."""

        opened: "Opened | None"
        trouble: str = ""

    @dataclass
    class ReadSoFar(Message):
        """The log is still being read."""

        read: int
        total: int

        def can_replace(self, message: Message) -> bool:
            """Only how far it is now matters."""
            return isinstance(message, AtDesk.ReadSoFar)

    def __init__(self, feed: "Feed", make: "Callable[[], Desk]") -> None:
        super().__init__()
        self.feed = feed
        self._make = make
        self._desk: Desk | None = None
        self._queue = ThreadPoolExecutor(1, "rotation")

    def on_unmount(self) -> None:
        """What was said is still kept; nothing new begins."""
        self._queue.shutdown(wait=False)

    def draw_deck(self) -> "Worker[None]":
        """Wait for the log, then open the deck."""
        return self.run_worker(self._open, thread=True, group="deck", exclusive=True)

    @property
    def desk(self) -> "Desk":
        """The desk, once the deck is there."""
        if self._desk is None:
            self._desk = self._make()
        return self._desk

    async def do(self, deed: Callable[[], Result]) -> Result:
        """Do it off the loop; the next key waits for it, so no key means a card not yet seen.

        Raises:
            TailllmError: It could not be done.
        """
        return await asyncio.wrap_future(self._queue.submit(deed))

    def _open(self) -> None:
        worker = get_current_worker()
        while not self._is_read():
            if worker.is_cancelled:
                return
            progress = self.feed.progress
            self.post_message(self.ReadSoFar(progress.read_bytes, progress.total_bytes))
            sleep(LOOK_S)
        try:
            came = self.Came(self.desk.open())
        except TailllmError as error:
            came = self.Came(None, visible(f"{error.what}. {error.fix}"))
        if not worker.is_cancelled:
            self.post_message(came)

    def _is_read(self) -> bool:
        return self.feed.progress.done or self.feed.window.is_full
