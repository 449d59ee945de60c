"""A stretch of a file's past, read by anybody who knows its path: for another process."""

import os
from typing import NamedTuple

from tailllm.records.line import Lines
from tailllm.sources.cutter import CAP_BYTES, whole_lines

MORE_BYTES = 256 << 10


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


class Stretch(NamedTuple):
    """Whole lines that lie together."""

    start: int
    """Offset of the first byte of the first line; the limit when none begins here."""
    lines: Lines


def stretch(origin: Origin, start: int, end: int, limit: int) -> Stretch | None:
    """The lines that begin at `start` or later, and before `end`.

    Args:
        limit: Where a line begins that is known already, or the past ends.

    Returns:
        None when the file is no longer the one it was, or a line is too long to go on.
    """
    try:
        fd = os.open(origin.path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    except OSError:
        return None
    try:
        status = os.fstat(fd)
        if (status.st_dev, status.st_ino) != origin.identity or status.st_size < limit:
            return None
        if os.pread(fd, len(origin.head), 0) != origin.head:
            return None
        return _read(fd, origin.file, (start, end, limit))
    except OSError:
        return None
    finally:
        os.close(fd)


def _read(fd: int, file: str, where: tuple[int, int, int]) -> Stretch | None:
    start, end, limit = where
    data = os.pread(fd, end - start, start)
    if len(data) != end - start:
        return None
    if start and os.pread(fd, 1, start - 1) != b"\n":
        cut = data.find(b"\n") + 1 or len(data)
        start, data = start + cut, data[cut:]
    if not data:
        return Stretch(limit, Lines(file, [], []))
    rest = _rest(fd, data, end, limit)
    if rest is None:
        return None
    if len(data) + len(rest) > CAP_BYTES:
        return None
    return Stretch(start, Lines(file, *whole_lines(start, data + rest if rest else data)))


def _rest(fd: int, data: bytes, end: int, limit: int) -> bytes | None:
    """What the last line lacks."""
    rest = b""
    while end < limit and not data.endswith(b"\n"):
        more = os.pread(fd, min(MORE_BYTES, limit - end), end)
        newline = more.find(b"\n") + 1
        rest += more[:newline] if newline else more
        end += len(more)
        if newline:
            return rest
        if not more or len(rest) > CAP_BYTES:
            return None
    return rest
