"""A stretch of a file that grows faster than one thread reads: somebody else may read it."""

import os
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from tailllm.records.line import RawLine
from tailllm.sources.cutter import Cutter
from tailllm.sources.past import AGAIN_AFTER_S
from tailllm.sources.stretch import Origin, Proof, is_same
from tailllm.sources.trail import addressed

if TYPE_CHECKING:
    from tailllm.sources.past import Tell
    from tailllm.sources.trail import Trail

CHUNK_BYTES = 1 << 20
OPEN_FILES = f"/proc/{os.getpid()}/fd"
"""Where Linux lets another process open what we have open, whatever its name is by now."""


class Ahead:
    """Whole lines that the follower has passed over, up to the newline before `end`.

    Keeps the file open, so that they can be read here whatever becomes of its name.

    Args:
        fd: The file, ours to close.
        start: Where the first line begins.
        proof: What was read just before, which tells that the file is still the same.
    """

    def __init__(self, trail: "Trail", fd: int, start: int, proof: Proof, tell: "Tell") -> None:
        self.file = trail.file or ""
        self.start, self.end = start, trail.offset
        self.proof = proof
        self._fd = fd
        self._trail = trail
        self._head = trail.head
        self._tell = tell

    @property
    def size(self) -> int:
        """Bytes of it."""
        return self.end - self.start

    def origin(self, sample: Sequence[bytes]) -> Origin:
        """What another process must know to read it, and by which lines to tell the format."""
        trail, path = self._trail, f"{OPEN_FILES}/{self._fd}"
        if not os.path.exists(path):
            path = trail.path
        return Origin(path, self.file, trail.identity, self._head, list(sample))

    def lines(self) -> Iterator[list[RawLine]]:
        """Read it here after all; what is lost by now is told."""
        cutter = Cutter(self.start)
        while cutter.offset < self.end:
            some = self._bytes(cutter.offset, min(self.end, cutter.offset + CHUNK_BYTES))
            if some is None:
                return
            yield addressed(self.file, cutter.feed(some))

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._fd)

    def _bytes(self, start: int, end: int) -> bytes | None:
        """The bytes, or None and a notice when they are gone."""
        why = "was truncated before it was read; what came just before may be missing"
        for pause_s in (*AGAIN_AFTER_S, None):
            try:
                some = os.pread(self._fd, end - start, start)
                if len(some) == end - start and is_same(self._fd, self._head, self.proof, end):
                    return some
                break
            except OSError as error:
                why = f"cannot be read ({error.strerror})"
                time.sleep(pause_s or 0.0)
        missing = self.end - start
        self._tell("truncated", self._trail.path, f"{why}, at least {missing:,} bytes", missing)
        return None
