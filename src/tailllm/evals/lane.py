"""The way to one target: what waits to be asked, who asks, how fast, and when to give up."""

import asyncio
import heapq
import random
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

from tailllm.evals.course import Gap, Got, Job
from tailllm.evals.pace import Pace
from tailllm.evals.replies import Asker, Kind, Reply

TRIES = {Kind.DOWN: 6, Kind.BROKEN: 3, Kind.UNUSABLE: 1}
"""How often one request is sent while others are answered."""
HOPELESS = 10
"""Unusable or broken replies after which nobody asks on, if there was no answer at all."""
BACKOFF_S = 0.25
LONGEST_S = 20.0


@dataclass(slots=True)
class Item:
    """One job and how often it was tried."""

    job: Job
    tries: int = 0
    begun: float = 0.0
    """Loop time of the latest try."""


@dataclass(slots=True)
class Patience:
    """Seconds without any answer after which to give up."""

    failing_s: float
    throttled_s: float


class Lane:
    """Workers pull from one line; each has an asker of its own, made when it is first needed.

    `note` is told when a request goes out, and when it comes back without an answer.
    """

    def __init__(
        self,
        name: str,
        connect: Callable[[], Asker],
        deliver: Callable[[Job, Got], None],
        *,
        note: Callable[[Job, bool], None],
        jobs: int | None,
        patience: Patience,
    ) -> None:
        self.name = name
        self.pace = Pace(jobs, time.monotonic)
        self.closed: str | None = None
        """Why nothing more is asked."""
        self.under_way = 0
        self.answers = 0
        self.trouble = ""
        """The last thing that went wrong."""
        self._connect = connect
        self._deliver = deliver
        self._note = note
        self._patience = patience
        self._ready: deque[Item] = deque()
        self._later: list[tuple[float, int, Item]] = []
        self._idle: list[asyncio.Future[Item | None]] = []
        self._numbers = count()
        self._paused_until = 0.0
        self._failing_since: float | None = None
        self._answered_at = 0.0
        self._refused_alone = self._useless = 0
        self._over = False
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self.workers = [self._loop.create_task(self._work()) for _ in range(self.pace.most)]

    @property
    def is_failing(self) -> bool:
        """Whether nothing has been answered since the last failure."""
        return self._failing_since is not None

    def add(self, job: Job) -> None:
        """Take a job; a closed lane says at once that it will not be asked."""
        if self.closed is not None:
            self._deliver(job, Gap(self.closed))
            return
        self._ready.append(Item(job))
        self._pump()

    def close(self, why: str, *, now: bool = False) -> None:
        """Ask nothing more; what is under way may end, unless `now`."""
        if self.closed is None:
            self.closed = why
        waiting = [*self._ready, *(item for _, _, item in self._later)]
        self._ready.clear()
        self._later.clear()
        for item in waiting:
            self._deliver(item.job, Gap(self.closed))
        if now:
            for worker in self.workers:
                worker.cancel()

    async def end(self) -> None:
        """Wait until all workers have left."""
        self._over = True
        if self._timer:
            self._timer.cancel()
        for idle in self._idle:
            if not idle.done():
                idle.set_result(None)
        await asyncio.gather(*self.workers, return_exceptions=True)

    async def _work(self) -> None:
        asker: Asker | None = None
        try:
            while (item := await self._next()) is not None:
                asker = asker or self._connect()
                await self._ask(item, asker)
        finally:
            if asker is not None:
                await asker.close()

    async def _ask(self, item: Item, asker: Asker) -> None:
        item.tries += 1
        item.begun = self._loop.time()
        self._note(item.job, True)
        try:
            reply = await asker.ask(item.job.request)
        except asyncio.CancelledError:
            self._dropped(item)
            raise
        self.under_way -= 1
        self._came(item, reply)
        self._pump()

    async def _next(self) -> Item | None:
        item = self._take()
        if item is not None or self._over:
            return item
        waiting: asyncio.Future[Item | None] = self._loop.create_future()
        self._idle.append(waiting)
        self._wake_later()
        try:
            return await waiting
        except asyncio.CancelledError:
            if waiting.done() and not waiting.cancelled():
                self._dropped(waiting.result())
            raise

    def _dropped(self, item: Item | None) -> None:
        if item is not None:
            self.under_way -= 1
            self._deliver(item.job, Gap(self.closed or "interrupted"))

    def _take(self) -> Item | None:
        """A job that may go now; from here on it is under way."""
        now = self._loop.time()
        while self._later and self._later[0][0] <= now:
            self._ready.append(heapq.heappop(self._later)[2])
        if not self._ready or now < self._paused_until or self.under_way >= self.pace.limit:
            return None
        self.under_way += 1
        return self._ready.popleft()

    def _pump(self) -> None:
        """Hand out what may go; the worker that came last has the warmest connection."""
        while self._idle:
            if self._idle[-1].done():
                self._idle.pop()
                continue
            item = self._take()
            if item is None:
                break
            self._idle.pop().set_result(item)
        self._wake_later()

    def _wake_later(self) -> None:
        """Look again when a delay or a pause is over."""
        if self._timer is not None:
            self._timer.cancel()
        now = self._loop.time()
        due = [self._later[0][0]] if self._later else []
        if self._ready and self._paused_until > now:
            due.append(self._paused_until)
        if due and self._idle and self.under_way < self.pace.limit:
            self._timer = self._loop.call_at(max(min(due), self._paused_until), self._pump)

    def _came(self, item: Item, reply: Reply) -> None:
        if reply.kind is Kind.OK and reply.answer is not None:
            self.answers += 1
            self._refused_alone = 0
            self._failing_since = None
            self._answered_at = self._loop.time()
            self.pace.answered()
            self._deliver(item.job, reply.answer)
            return
        self.trouble = reply.why
        self._note(item.job, False)
        if reply.kind is Kind.THROTTLED:
            self._throttled(reply)
        self._judge(item, reply)
        if self.closed is not None or item.tries >= TRIES.get(reply.kind, item.tries + 1):
            self._deliver(item.job, Gap(self.closed or reply.why))
            return
        when = self._loop.time() + _wait(reply, item.tries)
        heapq.heappush(self._later, (when, next(self._numbers), item))

    def _throttled(self, reply: Reply) -> None:
        self.pace.refused(self.under_way)
        if not self.under_way:
            self._refused_alone += 1
            self._paused_until = self._loop.time() + _wait(reply, self._refused_alone)

    def _judge(self, item: Item, reply: Reply) -> None:
        """Give up when there is no hope: a run that cannot work must say so soon.

        A request that failed after ten seconds has told nothing for ten seconds, unless another
        was answered meanwhile.
        """
        now = self._loop.time()
        if self._failing_since is None:
            self._failing_since = max(item.begun, self._answered_at)
        failing_s = now - self._failing_since
        throttled = reply.kind is Kind.THROTTLED
        limit_s = self._patience.throttled_s if throttled else self._patience.failing_s
        if reply.kind in {Kind.BROKEN, Kind.UNUSABLE}:
            self._useless += 1
            if self._useless >= HOPELESS and not self.answers:
                self.close(f"{reply.why} (so did {self._useless} replies, and none answered)")
        elif reply.kind is Kind.DENIED:
            self.close(reply.why)
        elif (reply.retry_after_s or 0) > self._patience.throttled_s and not self.answers:
            self.close(f"{reply.why} (and asks to wait {reply.retry_after_s:.0f} s)")
        elif failing_s >= limit_s:
            self.close(f"{reply.why} (and so for {failing_s:.0f} s)")


def _wait(reply: Reply, tries: int) -> float:
    """As long as the endpoint says; else longer each time, and never all at the same moment."""
    if reply.retry_after_s is not None:
        return reply.retry_after_s
    return min(BACKOFF_S * 2.0 ** (tries - 1), LONGEST_S) * random.uniform(0.5, 1.0)  # noqa: S311
