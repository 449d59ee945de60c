"""One file by its identity: how far we have read, and how to know it is still the same."""

import hashlib
import os
from typing import TYPE_CHECKING

from tailllm.records.line import Address, RawLine
from tailllm.sources.cutter import Cutter
from tailllm.sources.stretch import Proof, is_same

if TYPE_CHECKING:
    from collections.abc import Iterable

Identity = tuple[int, int]
"""Device and inode."""
HEAD_BYTES = 1024
ANCHOR_BYTES = 256
SLACK_BYTES = 64 << 10
"""Read beyond the size we know of: a busy file has grown since."""


class Trail:
    """What we know of one file, whatever its name is by now.

    The first bytes and the bytes before the offset are compared at every growth. That catches
    what no size shows: truncated and refilled, rewritten in place, the inode used again.
    """

    def __init__(self, identity: Identity, path: str, number: int) -> None:
        self.identity = identity
        self.path = path
        """Best known name."""
        self.number = number
        """Order of discovery: an older generation is read before the one that followed it."""
        self.file: str | None = None
        """File id; None until the first line says what it is."""
        self.fd: int | None = None
        self.size = 0
        self.stamps = (0, 0)
        """mtime and ctime in ns: a rewrite with an old mtime still moves the ctime."""
        self.dirty = False
        self.is_read = True
        """Not so for a compressed file: it is all past."""
        self.cut_off_bytes = 0
        """Bytes we knew of that a truncation took before we read them."""
        self.before: Trail | None = None
        """Generation whose lines come first."""
        self.loose_until: float | None = None
        """No path leads here any more; watched until then."""
        self.named_by: set[str] = set()
        """Paths we watch that lead here."""
        self.ended = False
        """Nobody watches it any more; kept to read a line again, and in case it comes back."""
        self.cut: tuple[bytes, bytes, int] | None = None
        """Head, anchor and offset before the last truncation: how to know a copy made for it."""
        self.retry_at = 0.0
        self.retry_s = 0.0
        self.head = b""
        self.glimpse = b""
        """What it began with when it came, if nothing of it has been read since."""
        self.anchor = b""
        self.cutter = Cutter()

    def restart(self) -> None:
        """The bytes are others now: read from the first one again, under a new file id."""
        self.file, self.cut = None, (self.head, self.anchor, self.offset)
        self.head = self.anchor = self.glimpse = b""
        self.cutter = Cutter()
        self.dirty = True

    def stand_at(self, offset: int, head: bytes, anchor: bytes) -> None:
        """Begin in the middle: what lies before is the past."""
        self.head, self.anchor = head, anchor
        self.cutter = Cutter(offset)

    @property
    def offset(self) -> int:
        """Of the next byte to read."""
        return self.cutter.offset

    @property
    def behind_bytes(self) -> int:
        """Known on disk, not yet read."""
        return max(0, self.size - self.offset)

    def look(self, status: os.stat_result) -> bool:
        """Take note of size and times; whether anything changed."""
        stamps = (status.st_mtime_ns, status.st_ctime_ns)
        if (status.st_size == self.size and stamps == self.stamps) or not self.is_read:
            return False
        self.cut_off_bytes += max(0, self.size - max(status.st_size, self.offset))
        self.size, self.stamps, self.dirty = status.st_size, stamps, True
        return True

    def read(self, fd: int, limit_bytes: int) -> list[tuple[int, bytes]] | None:
        """The next lines, or None when the bytes behind us are not those we read.

        The anchor comes in the same read as the new bytes, so that nothing can change between.
        """
        if os.pread(fd, len(self.head), 0) != self.head:
            return None
        self._pass_hole(fd)
        kept = len(self.anchor)
        limit_bytes = min(limit_bytes, self.behind_bytes + SLACK_BYTES)
        data = os.pread(fd, kept + limit_bytes, self.offset - kept)
        if not data.startswith(self.anchor or self.glimpse[: len(data)]):
            return None
        self.glimpse = b""
        chunk = data[kept:]
        self.dirty = len(chunk) == limit_bytes
        self._remember(chunk)
        return self.cutter.feed(chunk)

    def pass_over(self, fd: int, end: int) -> Proof | None:
        """Go on at `end`, where a line begins; None when the bytes behind us are not ours.

        The new anchor is read before the old one is compared: had the file been cut and filled
        between, one of the two would tell.
        """
        if self.offset == len(self.head) < HEAD_BYTES:
            head = self.head + os.pread(fd, HEAD_BYTES - len(self.head), self.offset)
        else:
            head = self.head
        start = max(0, end - ANCHOR_BYTES)
        anchor = os.pread(fd, end - start, start)
        proof = Proof(self.offset - len(self.anchor), self.anchor)
        if len(anchor) != end - start or not is_same(fd, head, proof, end):
            return None
        self.head, self.anchor, self.cutter, self.dirty = head, anchor, Cutter(end), True
        return proof

    def is_copied_in(self, fd: int, size: int) -> bool | None:
        """Whether a file holds what we have read here; None while it may become that.

        Rotation by copy and truncate leaves one, and a folder or glob would show it as news.
        """
        memories = [(self.head, self.anchor, self.offset)] + ([self.cut] if self.cut else [])
        verdict: bool | None = False
        for head, anchor, offset in memories:
            if not head or os.pread(fd, min(size, len(head)), 0) != head[:size]:
                continue
            if size < offset:
                verdict = None
            elif os.pread(fd, len(anchor), offset - len(anchor)) == anchor:
                return True
        return verdict

    def name(self, taken: "Iterable[str]") -> str:
        """Give the file its id: stable over rename, growth and a second process."""
        plain = file_id(self.identity, self.head)
        self.file, again = plain, 1
        while self.file in taken:
            again += 1
            self.file = f"{plain}.{again}"
        return self.file

    def _remember(self, chunk: bytes) -> None:
        if self.offset == len(self.head) < HEAD_BYTES:
            self.head += chunk[: HEAD_BYTES - len(self.head)]
        self.anchor = (self.anchor + chunk[-ANCHOR_BYTES:])[-ANCHOR_BYTES:]

    def _pass_hole(self, fd: int) -> None:
        """Jump over a hole at the start of a line: a stale writer can leave one of many GB."""
        if self.cutter.held_bytes or self.behind_bytes < 1 << 20:
            return
        try:
            data_at = os.lseek(fd, self.offset, os.SEEK_DATA)
        except OSError:
            return
        if data_at > self.offset:
            hole_bytes = data_at - self.offset
            self._remember(b"\0" * min(hole_bytes, HEAD_BYTES))
            self.cutter.skip(hole_bytes)


def addressed(file: str, pieces: "Iterable[tuple[int, bytes]]") -> list[RawLine]:
    """Lines with their address in the file with this id."""
    return [RawLine(Address(file, at, len(text)), text) for at, text in pieces]


def file_id(identity: Identity, head: bytes) -> str:
    """Device, inode and a hash of the first line's first bytes, in hex."""
    first = head.split(b"\n", 1)[0][:HEAD_BYTES]
    return f"{identity[0]:x}:{identity[1]:x}:{hashlib.sha256(first).hexdigest()[:16]}"
