"""Where recorded calls go: a bounded queue, and a thread that writes what is in it.

The caller only hands over what it has; the line is built, redacted and written on the
thread. When the disk is slower than the service, the queue is full and calls are dropped
and counted: the service never waits.
"""

import atexit
import os
import time
import weakref
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event, RLock, Thread
from typing import Any, Protocol

from tailllm.errors import UsageError
from tailllm.record.appender import Appender, AppendError, Rotate
from tailllm.record.loss import Loss
from tailllm.record.verdicts import Verdicts

QUEUE_BYTES = 64 << 20
GATHER_S = 0.01
"""Lines are written in bursts: waking for each would cost the service more than the line."""
WRITE_BYTES = 64 << 10
"""Of calls that go to the file in one write: each write gives the interpreter away, and back,
and what is not written yet is lost with a `kill -9`."""
FLUSH_S = 2.0
"""How long the interpreter's end waits for the last lines."""


class Draft(Protocol):
    """A call on its way to the file."""

    size: int
    """Bytes it keeps in memory."""

    def line(self, *, redacted: bool, verdicts: Verdicts | None) -> bytes:
        """The native line, newline included."""


class Journal:
    """One file, its queue and its thread; may be used from any thread and after a fork.

    Args:
        path: The file. Its folder must exist.
        rotate: `"daily"`, or bytes; the old file is renamed and never deleted.
        redact: Whether secrets become tags.
        checks: A `tailllm.toml` whose validators judge every call before it is written.
        queue_bytes: What may wait for the disk; more is dropped and counted.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        rotate: Rotate = None,
        redact: bool = True,
        checks: str | Path | None = None,
        queue_bytes: int = QUEUE_BYTES,
    ) -> None:
        self.path = Path(os.path.abspath(path))
        self.options = {"rotate": rotate, "redact": redact, "checks": checks}
        self._appender = Appender(self.path, rotate)
        self._verdicts = Verdicts(checks) if checks is not None else None
        self._queue_bytes = queue_bytes
        self._begin()
        _ALL.add(self)

    @property
    def lost(self) -> int:
        """Calls that are not in the file, since this process began."""
        return self._loss.total

    def put(self, draft: Draft) -> None:
        """Hand over a call.

        Raises:
            Nothing. What cannot be taken is counted as lost.
        """
        try:
            with self._lock:
                if self._waiting_bytes + draft.size > self._queue_bytes:
                    self.lose("the disk is slower than the calls")
                    return
                self._waiting_bytes += draft.size
                self._queue.put(draft)
                if self._thread is None:
                    self._start()
        except Exception as error:  # noqa: BLE001 -- no call may fail because it is recorded
            self.lose(_reason(error))

    def lose(self, reason: str) -> None:
        """Count a call that is not recorded."""
        self._loss.add(reason)
        self._loss.say_aside()

    def flush(self, timeout_s: float = FLUSH_S) -> bool:
        """Wait until all that was put is written or lost; False when that took too long."""
        done = Event()
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                return not self._waiting_bytes
            self._queue.put(done)
        return done.wait(timeout_s)

    def say_losses(self) -> None:
        """Say now what is lost and was not said."""
        self._loss.say(now=True)

    def forked(self) -> None:
        """Begin anew in a child process: what waits is the parent's to write."""
        self._appender.close()
        self._begin()

    def _begin(self) -> None:
        # Reentrant, because a stream's finalizer may run in the middle of `put`.
        self._lock = RLock()
        self._queue: SimpleQueue[Draft | Event] = SimpleQueue()
        self._waiting_bytes = 0
        self._loss = Loss(str(self.path))
        self._thread: Thread | None = None

    def _start(self) -> None:
        thread = Thread(target=self._run, name="tailllm.record", daemon=True)
        thread.start()
        self._thread = thread

    def _run(self) -> None:
        while True:
            try:
                item = self._queue.get(timeout=self._loss.due_s())
            except Empty:
                self._loss.say()
                continue
            self._write(item, *self._next(item))
            if self._queue.empty():
                time.sleep(GATHER_S)

    def _next(self, first: "Draft | Event") -> "Iterator[Draft | Event]":
        """What waits behind the first, as far as one write should reach."""
        taken = _size(first)
        with suppress(Empty):
            while taken < WRITE_BYTES:
                item = self._queue.get_nowait()
                taken += _size(item)
                yield item

    def _write(self, *items: "Draft | Event") -> None:
        lines = [line for item in items if (line := self._line(item)) is not None]
        try:
            self._appender.append(*lines)
        except AppendError as error:
            self._loss.add(_reason(error), len(lines) - error.kept)
            self._loss.say()
        except Exception as error:  # noqa: BLE001 -- the thread must outlive every bad disk
            self._loss.add(_reason(error), len(lines))
            self._loss.say()
        with self._lock:
            self._waiting_bytes -= sum(map(_size, items))
        for item in items:
            if isinstance(item, Event):
                item.set()

    def _line(self, item: "Draft | Event") -> bytes | None:
        if isinstance(item, Event):
            return None
        try:
            return item.line(redacted=bool(self.options["redact"]), verdicts=self._verdicts)
        except Exception as error:  # noqa: BLE001 -- the thread must outlive every bad call
            self._loss.add(_reason(error))
            self._loss.say()
            return None


def _size(item: "Draft | Event") -> int:
    return 0 if isinstance(item, Event) else item.size


def journal(where: str | Path | Journal, **options: Any) -> Journal:
    """The process's journal for a path, made when it is not there yet.

    Raises:
        UsageError: The path is already recorded to with other options.
    """
    if isinstance(where, Journal):
        return where
    path = os.path.abspath(where)
    with _LOCK:
        known = _SHARED.get(path)
        if known is None:
            return _SHARED.setdefault(path, Journal(path, **options))
    _same(known, options)
    return known


def flush(timeout_s: float = FLUSH_S) -> bool:
    """Wait until every journal has written what it was given."""
    done = [each.flush(timeout_s) for each in list(_ALL)]
    return all(done)


def _same(known: Journal, options: Mapping[str, Any]) -> None:
    for name, value in options.items():
        if name in known.options and known.options[name] != value:
            raise UsageError(
                f"{known.path} is already recorded to with {name}={known.options[name]!r}",
                fix="Give every recorder of one file the same options.",
            )


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return f"{type(error).__name__}: {error}"[:200]


# One thread and one open file for a path, however many clients a service makes; and at
# the interpreter's end and after a fork somebody must know them all.
_ALL: "weakref.WeakSet[Journal]" = weakref.WeakSet()
_SHARED: dict[str, Journal] = {}
_LOCK = RLock()


def _forked() -> None:
    global _LOCK  # noqa: PLW0603 -- another thread may have held it at the fork
    _LOCK = RLock()
    for each in list(_ALL):
        each.forked()


def _ending() -> None:
    flush()
    for each in list(_ALL):
        each.say_losses()


atexit.register(_ending)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)
