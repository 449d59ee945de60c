"""What a person sees while a log is read and a question answered; ctrl+c ends both at once."""

import sys
import time
from threading import Thread
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from tailllm.cli.output import progress

if TYPE_CHECKING:
    from collections.abc import Callable

    from tailllm.feed.news import Progress
    from tailllm.store.errand import Errand
    from tailllm.store.ledger import Ledger

FIRST_S = 0.5
"""What is done sooner needs no word."""
PAINT_S = 0.1
PATIENCE_S = 2.0
"""For a question that was given up to come to its end."""
MEGABYTE = 1e6

Answer = TypeVar("Answer")


class Patience:
    """One row on stderr, drawn over again; nothing where stderr is no terminal."""

    def __init__(self) -> None:
        self._drawn = sys.stderr.isatty()
        self._begun = time.monotonic()
        self._next = self._begun + FIRST_S
        self._painted = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._painted:
            progress("")

    def tell(self, doing: str, share: float | None = None) -> None:
        """Say so, if it is time to."""
        now = time.monotonic()
        if not self._drawn or now < self._next:
            return
        percent = "" if share is None else f" {share:.0%},"
        progress(f"tailllm: {doing}{percent} {now - self._begun:.0f} s (ctrl+c gives up)")
        self._painted = True
        self._next = now + PAINT_S

    def read(self, done: "Progress") -> None:
        """So much of the log has been read."""
        if done.total_bytes:
            self.tell(f"reading {done.total_bytes / MEGABYTE:,.0f} MB,", done.share)

    def searched(self, done: int, of: int) -> None:
        """So many calls have been looked at."""
        self.tell(f"searching {of:,} calls,", done / of if of else None)


def awaited(work: "Callable[[Errand], Answer]", ledger: "Ledger") -> Answer:
    """The answer of `work`, asked on a thread: while the database counts, ctrl+c is not heard.

    Raises:
        KeyboardInterrupt: Somebody gave up; so did the database.
    """
    from tailllm.store.errand import Errand

    errand = Errand()
    found: list[Answer] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            with ledger.on(errand):
                found.append(work(errand))
        except BaseException as error:  # noqa: BLE001  raised again where it is waited for
            failed.append(error)

    thread = Thread(target=run, name="question", daemon=True)
    with Patience() as patience:
        try:
            thread.start()
            while thread.is_alive():
                thread.join(PAINT_S)
                patience.tell("counting", errand.share)
        except KeyboardInterrupt:
            errand.give_up()
            thread.join(PATIENCE_S)
            raise
    if failed:
        raise failed[0]
    return found[0]
