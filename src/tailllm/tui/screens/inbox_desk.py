"""The inbox as a screen reads and changes it: off the loop, one thing after the other."""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from textual.message import Message

from tailllm.channel.board import Board, Standing
from tailllm.errors import TailllmError
from tailllm.feed.triage import Table, refusal
from tailllm.tui.screens import inbox_page
from tailllm.tui.screens.side import SideScreen

if TYPE_CHECKING:
    from tailllm.corpus.items import Item
    from tailllm.feed.triage import Triage


class Deciding(SideScreen[None]):
    """Does what was decided in the order it was decided in, and reads the inbox after it."""

    @dataclass
    class Looked(Message):
        """Inbox and corpus were read, after a decision or because time went by."""

        table: Table | None
        board: "Mapping[str, Standing]" = field(default_factory=lambda: inbox_page.NOTHING)
        """How the reports of items stand."""
        sentence: str = ""
        sticky: bool = False
        after_a_deed: bool = False
        """What was said about the deed stays until the next key or the next news."""

    def __init__(self, triage: "Triage", clock: Callable[[], float] = time.time) -> None:
        super().__init__()
        self._triage = triage
        self._clock = clock
        self._table: Table | None = None
        self._board = Board(triage.inbox.folder, clock)
        self._board_stamp: object = None
        self._everything = False
        self._sticky = False
        self._queue = ThreadPoolExecutor(1, "inbox")

    def on_unmount(self) -> None:
        """What was decided is still done; nothing new begins."""
        self._queue.shutdown(wait=False)

    def _look(self) -> None:
        self._submit(lambda: "")

    def news(self) -> None:
        """Look again if colleagues or a sync have changed something; it costs a few stats."""
        if self._triage.is_news() or self._board.stamp != self._board_stamp:
            self._look()

    def _decide(self, deed: Callable[[], str], item: "Item | None" = None) -> None:
        """Do it off the loop, one deed after the other; a decided item leaves the list at once.

        Whoever types faster than the disk means the next item with the next key.
        """
        if item and self._table and not self._everything:
            kept = tuple(each for each in self._table.items if each is not item)
            self.took_off(self._table._replace(items=kept))
        self._submit(deed)

    def _submit(self, deed: Callable[[], str]) -> None:
        self._queue.submit(self._do, deed).add_done_callback(self._fell)

    def _fell(self, done: Future[None]) -> None:
        """A bug is told too: silence would look like a decision that was kept."""
        error = None if done.cancelled() else done.exception()
        if error is not None:
            what = f"Not kept: {type(error).__name__} in tailllm itself. Please report it."
            self.post_message(self.Looked(None, sentence=what, sticky=True))

    def _do(self, deed: Callable[[], str]) -> None:
        try:
            sentence, sticky = deed(), False
        except (TailllmError, OSError) as error:
            sentence, sticky = refusal(error), True
        if sentence:
            self.post_message(self.Looked(None, sentence=sentence, sticky=sticky))
        self.post_message(self._looked(after_a_deed=bool(sentence)))

    def _looked(self, *, after_a_deed: bool) -> Looked:
        try:
            stamp = self._board.stamp
            table = self._triage.look(everything=self._everything)
            board = self._board.read()
            self._board_stamp = stamp
        except (TailllmError, OSError) as error:
            return self.Looked(None, sentence=refusal(error), sticky=True)
        return self.Looked(table, board, after_a_deed=after_a_deed)

    def took_off(self, table: Table) -> None:
        """A decided item is no longer in the list."""
        raise NotImplementedError
