"""A `.gz` file: all past, read from the start, addressed in its unpacked bytes."""

import gzip
import zlib
from collections.abc import Iterator

from tailllm.errors import GoneError
from tailllm.records.line import RawLine
from tailllm.sources.cutter import Cutter
from tailllm.sources.past import SAMPLE_BYTES, SAMPLE_LINES, Past, Tell
from tailllm.sources.trail import HEAD_BYTES, Trail, addressed, file_id

_DAMAGE = (OSError, EOFError, zlib.error)


class PackedPast(Past):
    """The unpacked lines of one `.gz`; its unpacked size is not known before it is read.

    `backward` gives the same as `forward`: a compressed stream has no way back.
    """

    def __init__(self, trail: Trail, tell: Tell) -> None:
        self._trail = trail
        self._tell = tell
        self.size = 0
        self.file = trail.file = file_id(trail.identity, self._start(HEAD_BYTES))

    def sample(self) -> list[bytes]:
        """The first complete lines, for finding out the format."""
        cutter = Cutter()
        lines = cutter.feed(self._start(SAMPLE_BYTES)) or cutter.flush()
        return [text for _, text in lines[:SAMPLE_LINES]]

    def backward(
        self, chunk_bytes: int = 4 << 20, *, first: int = 0, end: int | None = None
    ) -> Iterator[list[RawLine]]:
        """Oldest first all the same."""
        return self.forward(chunk_bytes)

    def forward(self, chunk_bytes: int = 4 << 20) -> Iterator[list[RawLine]]:
        """Whole lines from the first one on; a damaged end is said, what came before is kept."""
        cutter = Cutter()
        try:
            with gzip.open(self.path, "rb") as stream:
                while chunk := stream.read(chunk_bytes):
                    yield addressed(self.file, cutter.feed(chunk))
        except _DAMAGE as error:
            self._tell(
                "missing", self.path, f"is damaged after {cutter.offset:,} bytes: {error}", 0
            )
        yield addressed(self.file, cutter.flush())

    def read(self, offset: int, length: int) -> bytes:
        """The same bytes again: everything before them has to be unpacked.

        Raises:
            GoneError: The file is gone or damaged before that place.
        """
        try:
            with gzip.open(self.path, "rb") as stream:
                stream.seek(offset)
                text = stream.read(length)
        except _DAMAGE as error:
            raise _gone(self.path) from error
        if len(text) != length:
            raise _gone(self.path)
        return text

    def _start(self, size: int) -> bytes:
        try:
            with gzip.open(self.path, "rb") as stream:
                return stream.read(size)
        except _DAMAGE:
            return b""


def _gone(path: str) -> GoneError:
    return GoneError(
        f"{path} no longer holds this line", fix="Look for a copy of the archive and name that."
    )
