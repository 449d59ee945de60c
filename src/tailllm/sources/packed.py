"""A `.gz` or `.zst` file: all past, read from the start, addressed in its unpacked bytes."""

import contextlib
import gzip
import importlib
import zlib
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from tailllm.errors import GoneError
from tailllm.records.line import RawLine
from tailllm.sources.cutter import Cutter
from tailllm.sources.past import SAMPLE_BYTES, SAMPLE_LINES, Past, Tell
from tailllm.sources.trail import HEAD_BYTES, Trail, addressed, file_id

GZIP = b"\x1f\x8b"


class MissingUnpackerError(Exception):
    """The library for this kind of file is not installed; the text says which."""


class Unpacker(NamedTuple):
    """A way to read one kind of packed file."""

    open: Callable[[str], Any]
    damage: tuple[type[Exception], ...]
    """What it raises over a file that is torn or damaged."""


def unpacker(start: bytes) -> Unpacker:
    """What reads a packed file that begins with `start`: gzip, else zstd.

    Raises:
        MissingUnpackerError: It is zstd, and the extra for that is not installed.
    """
    if start.startswith(GZIP):
        return Unpacker(lambda path: gzip.open(path, "rb"), (OSError, EOFError, zlib.error))
    zstd = _zstd()
    return Unpacker(lambda path: zstd.open(path, "rb"), (OSError, EOFError, zstd.ZstdError))


def _zstd() -> Any:
    for name in ("compression.zstd", "backports.zstd"):
        with contextlib.suppress(ImportError):
            return importlib.import_module(name)
    raise MissingUnpackerError(
        "is packed with zstd: `pip install 'tailllm[zstd]'`, or zstdcat it into `tailllm -`"
    )


class PackedPast(Past):
    """The unpacked lines of one packed file; its unpacked size is not known before it is read.

    `backward` gives the same as `forward`: a compressed stream has no way back.
    """

    def __init__(self, trail: Trail, tell: Tell, unpacker: Unpacker) -> None:
        self._trail = trail
        self._open, self._damage = unpacker
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
            with self._open(self.path) as stream:
                while chunk := stream.read(chunk_bytes):
                    yield addressed(self.file, cutter.feed(chunk))
        except self._damage as error:
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
            with self._open(self.path) as stream:
                stream.seek(offset)
                text: bytes = stream.read(length)
        except self._damage as error:
            raise _gone(self.path) from error
        if len(text) != length:
            raise _gone(self.path)
        return text

    def _start(self, size: int) -> bytes:
        try:
            with self._open(self.path) as stream:
                start: bytes = stream.read(size)
                return start
        except self._damage:
            return b""


def _gone(path: str) -> GoneError:
    return GoneError(
        f"{path} no longer holds this line", fix="Look for a copy of the archive and name that."
    )
