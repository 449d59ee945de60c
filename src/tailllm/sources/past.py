"""What a file held when we came: read from the newest chunk back, or from the start."""

import os
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from tailllm.records.line import NoticeKind, RawLine
from tailllm.sources.cutter import CAP_BYTES, Cutter
from tailllm.sources.handles import MovedError
from tailllm.sources.stretch import Origin
from tailllm.sources.trail import addressed

if TYPE_CHECKING:
    from tailllm.sources.handles import Handles
    from tailllm.sources.trail import Trail

Tell = Callable[[NoticeKind, str, str, int | None], None]
"""kind, path, sentence, bytes that may be missing"""
SAMPLE_BYTES = 64 << 10
SAMPLE_LINES = 50
AGAIN_AFTER_S = (0.1, 0.5, 1.0)
"""A network disk that hiccups answers again after a moment, through a new descriptor."""
FIRST_CHUNK_BYTES = 512 << 10
"""Small, so that the first screen is there before the rest is read."""


class Past:
    """The complete lines of one file up to `size`; what comes after is live.

    Units:
        Sizes and offsets in bytes.
    """

    def __init__(self, trail: "Trail", size: int, handles: "Handles", tell: Tell) -> None:
        self.file = trail.file or ""
        self.size = size
        self._trail = trail
        self._handles = handles
        self._head = trail.head
        self._tell = tell

    @property
    def path(self) -> str:
        """Best known name of the file."""
        return self._trail.path

    def sample(self) -> list[bytes]:
        """The first complete lines, for finding out the format."""
        data = self._bytes(0, min(SAMPLE_BYTES, self.size)) or b""
        cutter = Cutter()
        lines = cutter.feed(data) or cutter.flush()
        return [text for _, text in lines[:SAMPLE_LINES]]

    def origin(self) -> Origin:
        """What another process must know to read here."""
        trail = self._trail
        return Origin(trail.path, self.file, trail.identity, self._head, self.sample())

    def backward(
        self, chunk_bytes: int = 4 << 20, *, first: int = 0, end: int | None = None
    ) -> Iterator[list[RawLine]]:
        """Whole lines, newest chunk first; inside a chunk oldest first.

        Args:
            first: Where the oldest line to read begins.
            end: Where the line after the newest one begins; None for all there is.
        """
        end = self.size if end is None else end
        step = min(FIRST_CHUNK_BYTES, chunk_bytes)
        carry = b""
        too_long = False
        while end > first:
            start, step = max(first, end - step), chunk_bytes
            data = self._bytes(start, end)
            if data is None:
                return
            if too_long:
                data = data[: data.rfind(b"\n") + 1]
                too_long = not data
            body = data + carry
            cut = _first_whole_line(data, body) if start > first else 0
            carry = body[:cut]
            yield self._whole(start + cut, body[cut:])
            if len(carry) > CAP_BYTES:
                self._say_too_long(start)
                carry, too_long = b"", True
            end = start

    def forward(self, chunk_bytes: int = 4 << 20) -> Iterator[list[RawLine]]:
        """Whole lines from the first one on."""
        cutter = Cutter()
        while cutter.offset < self.size:
            data = self._bytes(cutter.offset, min(self.size, cutter.offset + chunk_bytes))
            if data is None:
                return
            yield addressed(self.file, cutter.feed(data))
            while cutter.too_long:
                self._say_too_long(cutter.too_long.pop())
        yield addressed(self.file, cutter.flush())

    def _whole(self, start: int, body: bytes) -> list[RawLine]:
        cutter = Cutter(start)
        return addressed(self.file, cutter.feed(body) + cutter.flush())

    def _bytes(self, start: int, end: int) -> bytes | None:
        """The bytes of the past, or None and a notice when they are gone."""
        why = "was cut or replaced while its past was read"
        for pause_s in (*AGAIN_AFTER_S, None):
            try:
                with self._handles.lend(self._trail) as fd:
                    head = os.pread(fd, len(self._head), 0)
                    data = os.pread(fd, end - start, start)
            except MovedError:
                break
            except OSError as error:
                why = f"cannot be read ({error.strerror})"
                if pause_s is not None:
                    self._handles.close(self._trail)
                    time.sleep(pause_s)
                continue
            if self._trail.file == self.file and head == self._head and len(data) == end - start:
                return data
            break
        self._tell("missing", self.path, f"{why}; older calls are missing", end - start)
        return None

    def _say_too_long(self, offset: int) -> None:
        text = f"a line of more than {CAP_BYTES >> 20} MB near byte {offset:,} was left out"
        self._tell("too-long", self.path, text, None)


def _first_whole_line(data: bytes, body: bytes) -> int:
    """Where in `body` the first line starts that does not begin in an older chunk."""
    if not data.strip(b"\0"):
        return len(data)
    newline = body.find(b"\n")
    return len(body) if newline < 0 else newline + 1
