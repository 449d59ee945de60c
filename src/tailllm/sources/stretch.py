"""A stretch of a file's past, read by anybody who knows its path: for another process."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from tailllm.records.line import Lines
from tailllm.sources.cutter import CAP_BYTES, whole_lines

BLOCK_BYTES = 256 << 10
"""Read at a time: what is read is soon decoded, and should still be in the processor's cache."""
LOOK_BYTES, MORE_BYTES = 8 << 10, 256 << 10
"""Read to find where a line ends, at first and then."""


class LostError(Exception):
    """What was to be read is no longer there."""


class Origin(NamedTuple):
    """Which file it must be; plain values, so that it can cross a pipe."""

    path: str
    file: str
    """File id."""
    identity: tuple[int, int]
    head: bytes
    """What it must begin with."""
    sample: list[bytes]
    """Its first lines, for finding out the format."""


class Proof(NamedTuple):
    """Bytes just before a stretch that were read before: they tell that the file is the same."""

    at: int
    text: bytes


class Stretch:
    """The lines that begin at `start` or later, and before `end`.

    Args:
        limit: Where a line begins that is known already, or the past ends.
    """

    def __init__(self, origin: Origin, start: int, end: int, limit: int) -> None:
        self.is_lost = False
        """Whether the file is no longer the one it was, or a line is too long to go on."""
        self.start = limit
        """Where the oldest line read so far begins."""
        self._origin = origin
        self._where = start, end, limit

    def backward(self, block_bytes: int = BLOCK_BYTES) -> Iterator[Lines]:
        """Whole lines, the newest block first; inside a block oldest first."""
        try:
            with opened(self._origin, self._where[2]) as fd:
                yield from self._blocks(fd, block_bytes)
        except (OSError, LostError):
            self.is_lost = True

    def forward(self, proof: Proof, block_bytes: int = BLOCK_BYTES) -> Iterator[Lines]:
        """Whole lines of what is live, from `start`, where a line begins, up to `end`.

        The file may be cut and filled again meanwhile: what was given counts only if it is not
        lost in the end.
        """
        try:
            with opened(self._origin, self._where[1]) as fd:
                yield from self._blocks_onward(fd, block_bytes)
                if not is_same(fd, self._origin.head, proof, self._where[1]):
                    raise LostError
        except (OSError, LostError):
            self.is_lost = True

    def _blocks_onward(self, fd: int, block_bytes: int) -> Iterator[Lines]:
        at, end, _ = self._where
        self.start = at
        while at < end:
            stop = _line_at(fd, at + block_bytes, end) if at + block_bytes < end else end
            data = os.pread(fd, stop - at, at)
            if len(data) != stop - at:
                raise LostError
            yield Lines(self._origin.file, *whole_lines(at, data))
            at = stop

    def _blocks(self, fd: int, block_bytes: int) -> Iterator[Lines]:
        first, end, limit = self._where
        stop = _line_at(fd, end, limit)
        while end > first:
            end = max(first, end - block_bytes)
            start = _line_at(fd, end, limit)
            data = os.pread(fd, stop - start, start)
            if len(data) != stop - start:
                raise LostError
            if data:
                self.start = start
                yield Lines(self._origin.file, *whole_lines(start, data))
            stop = start


@contextmanager
def opened(origin: Origin, size: int) -> Iterator[int]:
    """The file of this origin, open for reading.

    Raises:
        LostError: It is another one by now, or shorter than `size`.
        OSError: It cannot be read.
    """
    fd = os.open(origin.path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    try:
        status = os.fstat(fd)
        if (status.st_dev, status.st_ino) != origin.identity or status.st_size < size:
            raise LostError
        if os.pread(fd, len(origin.head), 0) != origin.head:
            raise LostError
        yield fd
    finally:
        os.close(fd)


def is_same(fd: int, head: bytes, proof: Proof, size: int) -> bool:
    """Whether a file is as long, begins as it did and has the same bytes where we left it.

    Who cuts a file and fills it again leaves others there: looked at last, it says that all
    that was read before was of the same file.
    """
    at, text = proof
    if os.pread(fd, len(head), 0) != head or os.pread(fd, len(text), at) != text:
        return False
    return os.fstat(fd).st_size >= size


def _line_at(fd: int, at: int, limit: int) -> int:
    """Where the first line begins that begins at `at` or later; `limit` if none does before."""
    if at == 0:
        return 0
    looked, end = at - 1, at - 1 + LOOK_BYTES
    while looked < limit:
        some = os.pread(fd, min(end, limit) - looked, looked)
        newline = some.find(b"\n")
        if newline >= 0:
            return looked + newline + 1
        if not some or looked - at > CAP_BYTES:
            raise LostError
        looked, end = looked + len(some), end + MORE_BYTES
    return limit
