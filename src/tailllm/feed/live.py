"""What is appended while we follow, into the store in the order in which it was written.

One thread reads. Of a file that grows faster than that, it passes over stretches and has
helper processes read them; what comes behind a stretch waits until its calls are in.
"""

from collections import deque
from collections.abc import Callable
from concurrent.futures import wait
from typing import TYPE_CHECKING, NamedTuple

from tailllm.feed.clocks import Clocks
from tailllm.feed.decode import Decoder
from tailllm.feed.intake import Intake
from tailllm.feed.pool import Pool
from tailllm.records.line import Notice, RawLine
from tailllm.sources.follow import Batch, Follower

if TYPE_CHECKING:
    from concurrent.futures import Future

    from tailllm.feed.portion import Answer
    from tailllm.sources.ahead import Ahead

HELP_WORTH_S = 0.5
"""Work that lies before us when helpers are called: a burst is read before they have started."""
_LINE_S, _BYTE_S = 25e-6, 1e-9
"""What reading costs here, roughly: only the choice whether to have help rests on it."""
PORTION_LINES = 2_000
PORTION_BYTES = (1 << 20, 16 << 20)
"""The least and the most: calls of a portion are seen together, so it is not for long."""
WAITING_BYTES = 64 << 20
"""Passed over and not taken in yet, at most."""
PATIENCE_S = 0.02
"""How long the next look may wait for a portion."""
ALONE_S = 10.0
"""A file that helpers could not read is read here for so long."""


class _Asked(NamedTuple):
    """A stretch that a helper reads."""

    ahead: "Ahead"
    future: "Future[Answer | None]"


class Live:
    """Takes in what is appended.

    Args:
        say: Hears what befell the files.
        follows: Whether calls are written now, so that their times should be ours.
        in_portions: Whether helpers would find the same calls.
    """

    def __init__(
        self,
        follower: Follower,
        decoder: Decoder,
        intake: Intake,
        pool: Pool,
        clock: Callable[[], float],
        *,
        say: Callable[[Notice], None],
        follows: bool,
        in_portions: bool,
    ) -> None:
        self.behind_bytes = 0
        """Known to be on disk, and not in the store."""
        self._follower = follower
        self._decoder = decoder
        self._intake = intake
        self._pool = pool
        self._clock = clock
        self._clocks = Clocks(follower.path, say) if follows else None
        self._caught_up = clock()
        self._say = say
        self._in_portions = in_portions
        self._queue: deque[list[RawLine] | _Asked] = deque()
        self._alone_until: dict[str, float] = {}

    @property
    def lag_s(self) -> float:
        """Seconds for which bytes known to be on disk have been waiting; 0 when caught up."""
        return self._clock() - self._caught_up if self.behind_bytes else 0.0

    def step(self) -> bool:
        """Read what has come since; whether anything had, or is being read."""
        now = self._clock()
        changed = self._take_in()
        batch = self._follower.poll(
            self._wanted if self._in_portions else None, reads=self._has_room()
        )
        for notice in batch.notices:
            self._say(notice)
        self._queue_up(batch)
        changed |= self._take_in()
        self.behind_bytes = batch.behind_bytes + self._waiting_bytes()
        if not self.behind_bytes:
            self._caught_up = now
        self._pool.look()
        if self._queue and not changed:
            wait([one.future for one in self._queue if isinstance(one, _Asked)][:1], PATIENCE_S)
        return changed or bool(batch.notices or self._queue)

    def close(self) -> None:
        """Let go of what nobody will read any more."""
        for one in self._queue:
            if isinstance(one, _Asked):
                one.ahead.close()
        self._queue.clear()

    def _wanted(self, file: str, behind_bytes: int) -> int | None:
        """How many bytes of a file helpers shall read; None where that must wait for room."""
        line_bytes = self._decoder.line_bytes(file)
        if line_bytes is None or self._clock() < self._alone_until.get(file, 0.0):
            return 0
        size = int(max(PORTION_BYTES[0], min(PORTION_BYTES[1], PORTION_LINES * line_bytes)))
        work_s = behind_bytes * (_BYTE_S + _LINE_S / line_bytes)
        if work_s > HELP_WORTH_S:
            self._pool.call()
        helpers = self._pool.helpers
        if helpers is None or not helpers.started or behind_bytes < size:
            return 0
        self._pool.call()
        return size if self._has_room() else None

    def _has_room(self) -> bool:
        helpers = self._pool.helpers
        asked = sum(isinstance(one, _Asked) for one in self._queue)
        most = 0 if helpers is None else helpers.count
        return not self._queue or (asked <= most and self._waiting_bytes() < WAITING_BYTES)

    def _waiting_bytes(self) -> int:
        return sum(
            one.ahead.size if isinstance(one, _Asked) else sum(line.address.length for line in one)
            for one in self._queue
        )

    def _queue_up(self, batch: Batch) -> None:
        begun = 0
        for place, ahead in batch.ahead:
            self._queue_lines(batch.lines[begun:place])
            self._queue.append(self._ask(ahead))
            begun = place
        self._queue_lines(batch.lines[begun:])

    def _queue_lines(self, lines: list[RawLine]) -> None:
        if lines:
            self._queue.append(lines)

    def _ask(self, ahead: "Ahead") -> _Asked:
        from tailllm.feed.portion import Portion

        origin = ahead.origin(self._decoder.sample(ahead.file))
        portion = Portion(
            origin,
            ahead.start,
            ahead.end,
            ahead.end,
            self._clock(),
            wants_rows=True,
            proof=ahead.proof,
        )
        return _Asked(ahead, self._pool.call().ask(portion))

    def _take_in(self) -> bool:
        """What is due and ready, in its order; whether there was any."""
        changed = False
        while self._queue:
            one = self._queue[0]
            if isinstance(one, _Asked) and not one.future.done():
                break
            self._queue.popleft()
            begun = self._intake.window.end
            if isinstance(one, _Asked):
                self._take_answer(one)
            else:
                self._take_lines(one)
            if self._clocks is not None:
                self._clocks.look(self._intake.window, begun)
            changed = True
        return changed

    def _take_lines(self, lines: list[RawLine]) -> None:
        self._intake.take(self._decoder.decode(lines), arrived=self._clock(), older=False)

    def _take_answer(self, asked: _Asked) -> None:
        ahead, answer = asked.ahead, _result(asked)
        try:
            if answer is not None and self._intake.adopt_newer(answer):
                self._decoder.count(ahead.file, answer.ready.calls, answer.rejects)
                return
            self._alone_until[ahead.file] = self._clock() + ALONE_S
            for lines in ahead.lines():
                self._take_lines(lines)
        finally:
            ahead.close()


def _result(asked: _Asked) -> "Answer | None":
    """What a helper found; None where none was left to look."""
    from concurrent.futures import CancelledError

    try:
        return asked.future.result()
    except (CancelledError, ValueError, EOFError, TypeError):
        return None
