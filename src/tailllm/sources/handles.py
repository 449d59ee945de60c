"""Open files within the limit of the process: the longest unused gives way."""

import contextlib
import os
import resource
import stat
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

from tailllm.sources import siblings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tailllm.sources.trail import Trail

# Without blocking, because the path may have become a FIFO since we looked.
READ_ONLY = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY


class MovedError(OSError):
    """Another file stands where this one was, and it is not beside it either."""


class Handles:
    """Keeps a descriptor per followed file, so that a renamed or deleted one is read to its end."""

    def __init__(self, budget: int | None = None) -> None:
        self._budget = budget or _budget()
        self._open: OrderedDict[int, Trail] = OrderedDict()
        self._lock = threading.RLock()

    @contextlib.contextmanager
    def lend(self, trail: "Trail") -> "Iterator[int]":
        """A descriptor of the file that nobody closes meanwhile, also from another thread."""
        with self._lock:
            fd = os.dup(self._get(trail))
        try:
            yield fd
        finally:
            os.close(fd)

    @contextlib.contextmanager
    def lend_same(self, trail: "Trail | None", file: str) -> "Iterator[int | None]":
        """The same, where it still is the file of this id; else None."""
        with contextlib.ExitStack() as lent:
            fd = None
            if trail is not None:
                with contextlib.suppress(OSError):
                    fd = lent.enter_context(self.lend(trail))
                    is_same = trail.file == file and os.pread(fd, len(trail.head), 0) == trail.head
                    fd = fd if is_same else None
            yield fd

    def open(self, trail: "Trail") -> os.stat_result:
        """Make sure the file is open; its stat."""
        with self._lock:
            return os.fstat(self._get(trail))

    def close(self, trail: "Trail") -> None:
        """Give the descriptor back."""
        with self._lock:
            if trail.fd is not None:
                self._open.pop(trail.fd, None)
                os.close(trail.fd)
                trail.fd = None

    def adopt(self, trail: "Trail", fd: int) -> None:
        """Take over a descriptor that was opened elsewhere."""
        with self._lock:
            self._make_room()
            trail.fd = fd
            self._open[fd] = trail

    def close_all(self) -> None:
        """Give every descriptor back."""
        with self._lock:
            for trail in list(self._open.values()):
                self.close(trail)

    def _get(self, trail: "Trail") -> int:
        if trail.fd is None:
            self.adopt(trail, self._reopen(trail))
        fd = trail.fd
        if fd is None:
            raise MovedError(trail.path)
        self._open.move_to_end(fd)
        return fd

    def _reopen(self, trail: "Trail") -> int:
        for path in self._places(trail):
            with contextlib.suppress(FileNotFoundError):
                fd = os.open(path, READ_ONLY)
                status = os.fstat(fd)
                if (status.st_dev, status.st_ino) == trail.identity:
                    trail.path = path
                    return fd
                os.close(fd)
        raise MovedError(trail.path)

    def _places(self, trail: "Trail") -> "Iterator[str]":
        """Where the file may be; looking beside it reads the whole folder, so only if need be."""
        yield trail.path
        beside = siblings.find(trail.path, trail.identity)
        if beside is not None:
            yield beside

    def _make_room(self) -> None:
        while len(self._open) >= self._budget:
            named = (t for t in self._open.values() if t.loose_until is None)
            self.close(next(named, None) or next(iter(self._open.values())))


def open_regular(path: str) -> tuple[int, os.stat_result]:
    """Open a file for reading, and only a file: devices and pipes may never end."""
    status = os.stat(path)
    if not stat.S_ISREG(status.st_mode):
        raise OSError(_kind(status.st_mode))
    fd = os.open(path, READ_ONLY)
    status = os.fstat(fd)
    if not stat.S_ISREG(status.st_mode):
        os.close(fd)
        raise OSError(_kind(status.st_mode))
    return fd, status


def _kind(mode: int) -> str:
    for is_kind, name in (
        (stat.S_ISFIFO, "is a pipe; read it with `tailllm -` and `<`"),
        (stat.S_ISSOCK, "is a socket"),
        (stat.S_ISDIR, "is a folder"),
    ):
        if is_kind(mode):
            return name
    return "is a device"


def _budget() -> int:
    """Half of what the process may open: screens, ledger and marks need theirs."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return 1024 if soft == resource.RLIM_INFINITY else max(8, min(1024, soft // 2))
