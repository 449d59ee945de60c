"""Runs the corpus against its targets: as fast as they take it, and never for longer than asked.

Everything runs in one event loop. A job goes to the lane of its target; what comes back goes
to the course of its case, which may ask for more. Each answer is in the run file before the
next question of its worker goes out, so nothing that arrived is paid for twice.
"""

import asyncio
import signal
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from itertools import chain
from typing import NamedTuple

from tailllm.config.model import Config
from tailllm.config.targets import CommandTarget, Endpoint, PythonTarget, TargetSpec
from tailllm.errors import CorpusError
from tailllm.evals.answers import Answer, cost_of
from tailllm.evals.course import Course, Got, Job
from tailllm.evals.lane import Lane, Patience
from tailllm.evals.replies import Asker
from tailllm.evals.runs import Kept, RunFile, packed

TICK_S = 0.1
LEAVE_S = 10.0
"""Seconds for what is under way after the first Ctrl-C: an answer that is paid for is kept."""

Tell = Callable[[int, int, str], None]
"""Told now and then: cases done, of how many, and what holds us up."""


class Limits(NamedTuple):
    """When to stop; None: not for this reason."""

    jobs: int | None = None
    budget: float | None = None
    """US dollars."""
    deadline: float | None = None
    """By `time.monotonic`."""
    max_seconds: float | None = None
    """The same as it was asked for."""


class Live:
    """One run.

    Raises:
        SourceError: A key is not set.
        ConfigError: The certificates of a target cannot be read.
        CorpusError: The run file cannot be written, from `run`; what is in it counts.
    """

    def __init__(
        self,
        config: Config,
        targets: list[str],
        *,
        environ: Mapping[str, str],
        limits: Limits,
        file: RunFile,
        kept: Mapping[str, Kept],
    ) -> None:
        self._config = config
        self._makers = {name: maker(name, config.targets[name], environ) for name in targets}
        self._limits = limits
        self._file = file
        self._kept = kept
        self._lanes: dict[str, Lane] = {}
        self._open = 0
        self._stopping: str | None = None
        self._refused: CorpusError | None = None
        self._cost = 0.0
        self._priced = 0
        self.answers: dict[str, list[Kept]] = {name: [] for name in targets}
        """What arrived, by target; with what a run before this one had."""
        self.trouble: list[str] = []

    def run(self, courses: list[Course], tell: Tell) -> None:
        """Take every course as far as it goes."""
        asyncio.run(self._run(courses, tell))

    async def _run(self, courses: list[Course], tell: Tell) -> None:
        settings = self._config.eval
        patience = Patience(settings.patience_s, settings.throttled_s)
        jobs = self._limits.jobs or settings.jobs
        for name, connect in self._makers.items():
            self._lanes[name] = Lane(
                name, connect, self._deliver, note=self._under_way, jobs=jobs, patience=patience
            )
        self._done = asyncio.Event()
        with self._signals():
            timer = self._timer()
            self._open += 1  # held until all are in: the first may be over before the last begins
            for course in courses:
                self._submit(course.start())
            self._settled()
            await self._wait(courses, tell)
            if timer:
                timer.cancel()
        for lane in self._lanes.values():
            await lane.end()
        if self._refused is not None:
            raise self._refused
        self._say_trouble()

    def _submit(self, jobs: list[Job]) -> None:
        for job in jobs:
            self._open += 1
            before = self._kept.get(job.key)
            if before is not None:
                self._remember(before._replace(id=job.id))
                self._receive(job, before.answer)
            else:
                self._lanes[job.request.target].add(job)

    def _deliver(self, job: Job, got: Got) -> None:
        if isinstance(got, Answer):
            kept = Kept(job.request.target, job.id, job.sample, job.key, got)
            self._write(lambda: self._file.keep(kept))
            self._remember(kept)
            self._count_cost(job, got)
        self._receive(job, got)

    def _under_way(self, job: Job, out: bool) -> None:
        self._write(lambda: self._file.note(job.id, job.sample, job.key, out=out))

    def _write(self, line: Callable[[], None]) -> None:
        """Add to the run file; what cannot be kept must not be paid for, so nobody asks on."""
        try:
            line()
        except CorpusError as error:
            self._refused = self._refused or error
            self._stop(error.what, now=True)

    def _receive(self, job: Job, got: Got) -> None:
        self._submit(job.receive(got))
        self._settled()

    def _settled(self) -> None:
        self._open -= 1
        if self._open == 0:
            self._done.set()

    def _remember(self, kept: Kept) -> None:
        self.answers[kept.target].append(packed(kept))

    def _count_cost(self, job: Job, answer: Answer) -> None:
        cost = cost_of(self._config.targets[job.request.target], job.request.kind, answer)
        if cost is None or self._limits.budget is None:
            return
        self._cost += cost
        self._priced += 1
        under_way = sum(lane.under_way for lane in self._lanes.values())
        if self._cost + (1 + under_way) * self._cost / self._priced > self._limits.budget:
            self._stop(f"the budget of ${self._limits.budget:g} is spent (${self._cost:.4f})")

    def _stop(self, why: str, *, now: bool = False) -> None:
        if self._stopping is None:
            self._stopping = why
            self.trouble.append(why)
        for lane in self._lanes.values():
            lane.close(self._stopping, now=now)

    def _timer(self) -> asyncio.TimerHandle | None:
        deadline = self._limits.deadline
        if deadline is None:
            return None
        why = f"--max-seconds {self._limits.max_seconds:g} is over"
        left_s = max(0.0, deadline - time.monotonic())
        return asyncio.get_running_loop().call_later(left_s, lambda: self._stop(why, now=True))

    async def _wait(self, courses: list[Course], tell: Tell) -> None:
        while not self._done.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(TICK_S):
                    await self._done.wait()
            self._look_for_bugs()
            finished = sum(course.is_over for course in courses)
            tell(finished, len(courses), self._note())

    def _look_for_bugs(self) -> None:
        """A worker that fell over would be waited for without end."""
        for worker in chain(*(lane.workers for lane in self._lanes.values())):
            error = worker.exception() if worker.done() and not worker.cancelled() else None
            if error is not None:
                raise error

    def _note(self) -> str:
        """What holds us up, if anything does."""
        held = [lane for lane in self._lanes.values() if lane.is_failing]
        return "; ".join(f"{lane.trouble}, trying again" for lane in held)

    def _say_trouble(self) -> None:
        for lane in self._lanes.values():
            if lane.closed and lane.closed != self._stopping:
                self.trouble.append(lane.closed)

    def _signals(self) -> "_Signals":
        return _Signals(self._interrupted)

    def _interrupted(self, times: int) -> None:
        if times == 1:
            loop = asyncio.get_running_loop()
            self._stop("interrupted; the same command goes on from here")
            loop.call_later(LEAVE_S, lambda: self._stop("", now=True))
        else:
            self._stop("interrupted", now=True)


class _Signals:
    """Ctrl-C and the end asked for by the system: once gently, twice at once."""

    def __init__(self, tell: Callable[[int], None]) -> None:
        self._tell = tell
        self._times = 0

    def __enter__(self) -> None:
        loop = asyncio.get_running_loop()
        with suppress(NotImplementedError, RuntimeError, ValueError):
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.add_signal_handler(number, self._came)

    def __exit__(self, *_: object) -> None:
        loop = asyncio.get_running_loop()
        with suppress(NotImplementedError, RuntimeError, ValueError):
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(number)

    def _came(self) -> None:
        self._times += 1
        self._tell(self._times)


def maker(name: str, target: TargetSpec, environ: Mapping[str, str]) -> Callable[[], Asker]:
    """What makes the askers of a target; a missing key is said before anything is sent.

    Raises:
        SourceError, ConfigError: As `Destination`.
    """
    if isinstance(target, Endpoint):
        from tailllm.evals.endpoint import Connection, Destination

        destination = Destination(name, target, environ)
        return lambda: Connection(destination)
    if isinstance(target, PythonTarget):
        from tailllm.evals.functions import Function

        function = Function(target)
        return lambda: function
    if isinstance(target, CommandTarget):
        from tailllm.evals.programs import Program

        program = Program(target)
        return lambda: program
    raise TypeError(target)
