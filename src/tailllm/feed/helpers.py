"""Helper processes that read the past, so that the screen has this one's time for itself."""

import os
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from marshal import dumps, loads
from queue import SimpleQueue

from tailllm.feed.portion import Answer, Portion, answer
from tailllm.feed.wire import READY, read, write

MOST = 3
COMMAND = (sys.executable, "-m", "tailllm.feed.helper")


class Helpers:
    """A few processes; each reads one portion at a time.

    A helper that dies answers nothing from then on, and its portions come back as None:
    whoever asked reads them himself.
    """

    def __init__(self, count: int | None = None, *, niceness: int = 0) -> None:
        self._command = (*COMMAND, str(niceness))
        self.count = count or max(1, min(MOST, (os.cpu_count() or 1) - 1))
        self._idle: SimpleQueue[subprocess.Popen[bytes]] = SimpleQueue()
        self._all: list[subprocess.Popen[bytes]] = []
        self._closed = False
        self.started = False
        """Whether one of them is up."""
        self.is_broken = False
        """Whether one of them has died."""
        self._threads = ThreadPoolExecutor(self.count, thread_name_prefix="backfill")
        for _ in range(self.count):
            self._threads.submit(self._start)

    @property
    def ready(self) -> bool:
        """Whether one of them waits for work."""
        return not self._idle.empty()

    def ask(self, portion: Portion) -> "Future[Answer | None]":
        """Have a portion read."""
        return self._threads.submit(self._ask, portion)

    def close(self) -> None:
        """End them, whatever they are at."""
        self._closed = True
        self._threads.shutdown(wait=False, cancel_futures=True)
        for helper in self._all:
            helper.kill()
        for helper in self._all:
            helper.wait()

    def _ask(self, portion: Portion) -> Answer | None:
        helper = self._idle.get()
        try:
            block = _exchange(helper, dumps(portion.plain()))
        except OSError:
            block = None
        finally:
            self._idle.put(helper)
        self.is_broken |= block is None
        found = None if block is None else loads(block)  # noqa: S302 - our child's own bytes
        return None if found is None else answer(found)

    def _start(self) -> None:
        helper = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._all.append(helper)
        if self._closed:
            helper.kill()
        elif helper.stdout is not None and read(helper.stdout) == READY:
            self._idle.put(helper)
            self.started = True


def _exchange(helper: "subprocess.Popen[bytes]", question: bytes) -> bytes | None:
    if helper.stdin is None or helper.stdout is None:
        return None
    write(helper.stdin, question)
    return read(helper.stdout)
