"""One round: what came in, what was decided, what the runs say, and what is told of it."""

import contextlib
import fcntl
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tailllm.channel import decisions, runs
from tailllm.channel.cursors import Cursors
from tailllm.channel.keeper import Keeper
from tailllm.channel.ledger import Ledger, Step
from tailllm.channel.linking import Calls
from tailllm.channel.outbox import Outbox
from tailllm.channel.places import Places
from tailllm.channel.report import Report
from tailllm.channel.telling import Sent, Telling
from tailllm.channel.trouble import TroubleError
from tailllm.corpus.inbox import Inbox
from tailllm.corpus.record import moment
from tailllm.errors import SourceError

if TYPE_CHECKING:
    from tailllm.config.model import Config


class Looked(NamedTuple):
    """What a round found at one source."""

    channel: str
    new: int = 0
    """Reports."""
    known: int = 0
    """Reports that had come in before, as far as the source was read."""
    changed: int = 0
    """Edits, replies and withdrawals."""
    trouble: str = ""
    """Why it was not read to its end; empty when it was."""


class Round(NamedTuple):
    """All of it."""

    looked: tuple[Looked, ...]
    decided: int
    """Decisions that were noted."""
    ran: int
    """First green runs and cases that broke again."""
    sent: Sent
    notes: tuple[str, ...] = ()


class Sync:
    """Rounds over the channels of one config and one corpus; one at a time on a host."""

    def __init__(
        self,
        config: "Config",
        inbox: Inbox,
        places: Places,
        *,
        host: str,
        clock: Callable[[], float],
    ) -> None:
        self._config = config
        self._inbox = inbox
        self._places = places
        self._clock = clock
        folder = inbox.folder
        self.ledger = Ledger(folder, host=host, clock=clock)
        self.outbox = Outbox(folder, clock)

    def round(self, *, with_runs: bool) -> Round:
        """Do all of it once.

        Raises:
            CorpusError: Something could not be kept.
            SourceError: Somebody else syncs this corpus just now.
        """
        with alone(self._inbox.folder):
            calls = Calls(self._config.sync.logs, self._config, self._clock)
            try:
                keeper = Keeper(self._config, self._inbox, self.ledger, calls, self._clock)
                looked = tuple(self._look(name, keeper) for name in self._config.channels)
            finally:
                calls.close()
            decided = self._decide(keeper)
            ran = self._run(keeper) if with_runs else 0
            sent = Telling(self._config, self.outbox, self._places).tell(keeper.stories.values())
        notes = (f"the logs cannot be read: {calls.trouble}",) if calls.trouble else ()
        return Round(looked, decided, ran, sent, notes)

    def _look(self, name: str, keeper: Keeper) -> Looked:
        new, known, changed = 0, 0, 0
        try:
            source = self._places.source(name)
            cursors = Cursors(self._inbox.folder)
            for page in source.read(cursors.last(source.name), keeper.known):
                for found in page.found:
                    is_new = keeper.keep(found, name)
                    is_report = isinstance(found, Report)
                    new += is_new and is_report
                    known += is_report and not is_new
                    changed += is_new and not is_report
                if page.cursor is not None:
                    cursors.move(source.name, page.cursor, moment(self._clock()))
        except TroubleError as error:
            return Looked(name, new, known, changed, error.why)
        except (SourceError, ValueError) as error:
            return Looked(name, new, known, changed, str(error))
        return Looked(name, new, known, changed)

    def _decide(self, keeper: Keeper) -> int:
        items = {item.mark_id: item for item in self._inbox.read().items}
        steps = decisions.news(self.ledger, keeper.stories, items)
        self._note(keeper, steps)
        return len(steps)

    def _run(self, keeper: Keeper) -> int:
        steps = runs.news(self.ledger, keeper.stories, self._inbox.folder)
        self._note(keeper, steps)
        return len(steps)

    def _note(self, keeper: Keeper, steps: list[Step]) -> None:
        self.ledger.add(steps)
        for step in steps:
            keeper.stories[step.report].steps.append(step)


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Nobody else on this host syncs this corpus inside the block.

    Raises:
        SourceError: Somebody does.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise SourceError(
            f"another sync of {folder} is under way", fix="Wait for it, or end it."
        ) from None
    finally:
        os.close(file)
