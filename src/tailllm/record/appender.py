"""One log file that several processes append whole lines to, and that may be renamed.

Lines are one `write` to a file opened for appending, so those of different processes never
mix. A lock is taken only where one write was not enough (a full disk) and to rename.
"""

import contextlib
import errno
import fcntl
import os
import stat
import time
from collections.abc import Iterator, Sequence
from itertools import accumulate, islice
from pathlib import Path
from typing import Literal

Rotate = Literal["daily"] | int | None
"""Daily at midnight UTC, or when the next line would make the file larger than these bytes."""

FLAGS = os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOCTTY
SETTLE_LOOKS, SETTLE_S = 10, 0.002
"""A write in progress shows its bytes page by page; half a line that rests so long is dead."""
LOCK_WAIT_S = 0.2
"""Whoever holds the lock longer is stopped; then we go on without."""


class AppendError(OSError):
    """Lines that are not in the file, or only a piece of the first that ends its line."""

    def __init__(self, cause: OSError, kept: int) -> None:
        super().__init__(*cause.args)
        self.kept = kept
        """How many of the lines before them are."""


class Appender:
    """Appends lines to `path`; used by one thread.

    The folder must exist: making it could fill the disk beneath a volume that is not mounted.
    """

    def __init__(self, path: Path, rotate: Rotate = None) -> None:
        self.path = path
        self._rotate: Rotate = rotate
        self._file: int | None = None
        self._regular = False
        self._day = 0

    def append(self, *lines: bytes) -> None:
        """Write lines, each of which ends in a newline: as many in one write as belong together.

        Raises:
            AppendError: Some are not in the file.
        """
        kept = 0
        try:
            while kept < len(lines):
                kept += self._append(lines[kept:])
        except AppendError as error:
            raise AppendError(error, kept + error.kept) from error
        except OSError as error:
            raise AppendError(error, kept) from error

    def _append(self, lines: Sequence[bytes]) -> int:
        """Write the first of the lines, and those that may go with it; how many that were."""
        file = self._current()
        count = self._fitting(file, lines)
        if not count:
            self._rename(file)
            file = self._current()
            count = self._fitting(file, lines) or 1
        apart = b"" if self._ends_whole(file) else b"\n"
        data = apart + b"".join(lines[:count])
        written = os.write(file, data)
        if written < len(data):
            try:
                self._finish(file, data, written)
            except OSError as error:
                kept = data.count(b"\n", len(apart), written)
                raise AppendError(error, kept) from error
        return count

    def close(self) -> None:
        """Let go of the file; the next line opens it again."""
        file, self._file = self._file, None
        if file is not None:
            with contextlib.suppress(OSError):
                os.close(file)

    def _current(self) -> int:
        """The file at `path` now: another process or logrotate may have renamed ours."""
        if self._file is not None and not self._is_at_path(self._file):
            self.close()
        if self._file is None:
            self._file = self._open()
            status = os.fstat(self._file)
            self._regular = stat.S_ISREG(status.st_mode)
            self._day = _day(status.st_mtime if status.st_size else time.time())
        return self._file

    def _open(self) -> int:
        # Reading is for the last byte. A pipe or a terminal has none, and must not become
        # its own reader.
        way = os.O_RDWR if not self.path.exists() or self.path.is_file() else os.O_WRONLY
        return os.open(self.path, FLAGS | way, 0o600)

    def _is_at_path(self, file: int) -> bool:
        try:
            return os.path.samestat(os.fstat(file), os.stat(self.path))
        except OSError:
            return False

    def _ends_whole(self, file: int) -> bool:
        """Whether our line would begin a line: a killed writer may have left half of one.

        A line that another process is just writing also looks like half of one, so a file
        that grows is given the time to end it.
        """
        if not self._regular:
            return True
        patience, seen = SETTLE_LOOKS, -1
        while patience:
            size = os.fstat(file).st_size
            if not size or os.pread(file, 1, size - 1) in (b"\n", b""):
                return True
            patience = patience - 1 if size == seen else SETTLE_LOOKS
            seen = size
            time.sleep(SETTLE_S)
        return False

    def _finish(self, file: int, lines: bytes, written: int) -> None:
        """Write the rest after a short write; a torn line anew when somebody wrote in between."""
        if not self._regular:
            _write_all(file, lines[written:])
            return
        end = os.lseek(file, 0, os.SEEK_CUR)
        with _lock(file):
            if os.fstat(file).st_size == end:
                _write_all(file, lines[written:])
            else:
                torn = lines[lines.rfind(b"\n", 0, written) + 1 :]
                _write_all(file, b"\n" * (not self._ends_whole(file)) + torn)

    def _fitting(self, file: int, lines: Sequence[bytes]) -> int:
        """How many of the lines may go into the file in one write; 0 when it is full.

        What is no regular file takes them one by one: it may mix long writes.
        """
        if not self._regular:
            return 1
        if self._rotate is None:
            return len(lines)
        if self._rotate == "daily":
            return len(lines) if _day(time.time()) == self._day else 0
        size = os.fstat(file).st_size
        ends = accumulate(map(len, lines), initial=size)
        return sum(end <= self._rotate for end in islice(ends, 1, None)) or int(not size)

    def _rename(self, file: int) -> None:
        """Rename the full file, unless another process has just done so."""
        with _lock(file) as held:
            if held and self._is_at_path(file):
                os.rename(self.path, self._free_name())
        self.close()

    def _free_name(self) -> Path:
        """`calls.jsonl.2026-11-22`, or with the time of day, or with a number after it."""
        at = time.gmtime(self._day * 86_400) if self._rotate == "daily" else time.gmtime()
        form = "%Y-%m-%d" if self._rotate == "daily" else "%Y-%m-%dT%H%M%SZ"
        name = f"{self.path.name}.{time.strftime(form, at)}"
        taken, number = name, 0
        while self.path.with_name(taken).exists():
            number += 1
            taken = f"{name}.{number}"
        return self.path.with_name(taken)


def _day(at: float) -> int:
    return int(at // 86_400)


def _write_all(file: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        written = os.write(file, rest)
        if written <= 0:
            raise OSError(errno.EIO, "the file took no bytes")
        rest = rest[written:]


@contextlib.contextmanager
def _lock(file: int) -> Iterator[bool]:
    """Hold the file's lock; gives False when somebody else keeps it too long."""
    deadline = time.monotonic() + LOCK_WAIT_S
    held = False
    while not held and time.monotonic() < deadline:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            held = True
        except BlockingIOError:
            time.sleep(0.002)
        except OSError:
            break
    try:
        yield held
    finally:
        if held:
            fcntl.flock(file, fcntl.LOCK_UN)
