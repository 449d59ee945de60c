"""A path we watch, and what it led to."""

import os
import sys
from typing import TYPE_CHECKING

from tailllm.sources import siblings
from tailllm.sources.handles import open_regular
from tailllm.sources.siblings import PACKED

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

    from tailllm.records.line import NoticeKind
    from tailllm.sources.trail import Identity, Trail

COPY_S = 1.0
"""A file that starts like a log it may be a copy of, and stands still this long, is its own."""
QUIET_S = 60.0


class Place:
    """A path we watch, and the file it led to when we last looked."""

    def __init__(self, path: str, *, named: bool) -> None:
        self.path = path
        self.named = named
        """The user named exactly this path."""
        self.chosen = named or path.endswith(PACKED)
        """Compressed files are only here when asked for, so one of them is no accident."""
        self.trail: Trail | None = None
        self.changed_at = float("-inf")
        self.missing_since: float | None = None
        self.told: NoticeKind | None = None
        """What the reader last heard about this path not being readable."""
        self.retry_at = float("-inf")
        self.copied_bytes = -1
        self.copied_at = 0.0
        """When its file, perhaps a copy in the making, last grew."""
        self.real = path
        """Where its file lies: rotation happens beside the target of a symlink."""
        self.beside: dict[int, int] = {}
        """Inode → size in the folder when its file came: a rotated one among them is not news."""

    def is_quiet(self, now: float) -> bool:
        """Whether its file has not changed for a while."""
        return self.trail is not None and now - self.changed_at > QUIET_S

    def is_copy(self, fd: int, size: int, trails: "Iterable[Trail]", now: float) -> bool | None:
        """Whether its file was copied from one we read; None while the copy may still grow."""
        verdicts = {trail.is_copied_in(fd, size) for trail in trails}
        if True in verdicts or None not in verdicts:
            return True in verdicts
        if size != self.copied_bytes:
            self.copied_bytes, self.copied_at = size, now
        return None if now - self.copied_at < COPY_S else False

    def missed(self, known: "Container[Identity]") -> "Iterator[tuple[str, int, os.stat_result]]":
        """Rotated files, open, that are neither known nor were there when the last one came."""
        rotated = siblings.generations(self.real)
        real = os.path.realpath(self.path)
        if os.path.dirname(real) == os.path.dirname(self.real):
            rotated |= siblings.generations(real)
        for identity, path in rotated.items():
            if identity in known:
                continue
            try:
                fd, status = open_regular(path)
            except OSError:
                continue
            # Smaller than before: the inode of a deleted file, given to a new one.
            if status.st_size < self.beside.get(identity[1], sys.maxsize):
                yield path, fd, status
            else:
                os.close(fd)
