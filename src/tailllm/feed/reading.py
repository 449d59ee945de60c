"""Reads what was in the files when we came: the newest calls first, the rest in portions."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from tailllm.feed.decode import Decoder
from tailllm.feed.intake import Intake
from tailllm.feed.news import Progress
from tailllm.feed.past import History, Step
from tailllm.feed.pool import Pool
from tailllm.sources.follow import Follower

if TYPE_CHECKING:
    from tailllm.feed.backfill import Given
    from tailllm.feed.helpers import Helpers
    from tailllm.sources.past import Past

SHORT_BYTES = 8 << 20
"""A shorter past is read before a helper has started, whatever is in it."""
FIRST_STEPS = 200
"""Past calls before the first news: a screenful, at once."""
STEPS = 2_000
"""Past lines between two looks at what is live."""


class PastReading:
    """The past of all files, into the store, a batch at a time.

    Args:
        in_portions: Whether reading in portions would find the same calls.
        pool: Has the helpers.
    """

    def __init__(
        self,
        follower: Follower,
        decoder: Decoder,
        intake: Intake,
        clock: Callable[[], float],
        *,
        in_portions: bool,
        pool: Pool,
    ) -> None:
        self.progress = Progress()
        self._follower = follower
        self._decoder = decoder
        self._intake = intake
        self._clock = clock
        self._in_portions = in_portions
        self._pool = pool

    def read(self) -> Iterator[Progress]:
        """Read it all; what is live may have its turn between two items."""
        history = History(self._follower.past, self._decoder)
        self.progress = Progress(0, history.total_bytes)
        yield from self._take(history.oldest_first(), older=False)
        plain = history.plain() if self._in_portions else []
        helpers = self._pool.call() if _is_long(plain) else None
        yield from self._newest(history, bool(plain))
        if history.enough:
            yield from self._older(history, helpers)
        waited = self._decoder.settle_past()
        self._intake.take(waited, arrived=self._clock(), older=True)
        self.progress = Progress(history.total_bytes, history.total_bytes, done=True)
        yield self.progress

    def _newest(self, history: History, in_portions: bool) -> Iterator[Progress]:
        """The newest calls of all files in the order of their times, until order is no matter."""
        alone = len(self._follower.past) == 1
        for progress in self._take(history.newest_first(), older=True):
            history.enough = in_portions and (alone or self._intake.is_full)
            yield progress

    def _older(self, history: History, helpers: "Helpers | None") -> Iterator[Progress]:
        """The rest: files without a short cut line by line, the others in portions."""
        history.enough = False
        plain, others = history.left()
        for past, end in others:
            yield from self._take(history.steps(past, 0, end), older=True)
        from tailllm.feed.backfill import backfill

        given = backfill(plain, helpers, clock=self._clock, wants_rows=self._intake.wants_rows)
        for one in given:
            if one is not None and not self._adopted(one):
                yield from self._take(history.steps(one.past, one.start, one.end), older=True)
            yield self.progress

    def _adopted(self, given: "Given") -> bool:
        answer = given.answer
        if answer is None or not self._intake.adopt(answer):
            return False
        self._decoder.count(given.past.file, answer.ready.calls, answer.rejects)
        self._count(given.end - given.start)
        return True

    def _take(self, steps: Iterable[Step], *, older: bool) -> Iterator[Progress]:
        stream, size = iter(steps), FIRST_STEPS
        while batch := list(islice(stream, size)):
            found = [step.found for step in batch if step.found is not None]
            self._intake.take(found, arrived=self._clock(), older=older)
            self._count(sum(step.read_bytes for step in batch))
            size = STEPS
            yield self.progress

    def _count(self, read_bytes: int) -> None:
        read = self.progress.read_bytes + read_bytes
        self.progress = self.progress._replace(read_bytes=read)


def _is_long(plain: "Sequence[Past]") -> bool:
    """Whether processes read it sooner; a short log never needs them."""
    if sum(past.size for past in plain) < SHORT_BYTES:
        return False
    from tailllm.feed.backfill import is_long

    return is_long(plain)
