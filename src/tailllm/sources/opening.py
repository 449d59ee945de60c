"""What a file is when we first see it: all past, partly past, or all news."""

import os
from typing import TYPE_CHECKING

from tailllm.sources.past import Past, Tell
from tailllm.sources.siblings import PACKED
from tailllm.sources.trail import ANCHOR_BYTES, HEAD_BYTES, Trail

if TYPE_CHECKING:
    from tailllm.sources.handles import Handles
    from tailllm.sources.packed import PackedPast
    from tailllm.sources.scout import Arrival

BACK_BYTES = 256 << 10
PACKED_MAGICS = (b"\x1f\x8b", b"\x28\xb5\x2f\xfd")
"""gzip and zstd."""
UTF16 = (b"\xff\xfe", b"\xfe\xff")


class Opening:
    """Draws the line between past and live, and gives files their ids."""

    def __init__(self, handles: "Handles", tell: Tell, *, follow: bool) -> None:
        self.past: list[Past] = []
        self.packed: dict[str, PackedPast] = {}
        self.ids: dict[str, Trail] = {}
        self.is_anything_there = False
        self._handles = handles
        self._tell = tell
        self._follow = follow
        self._closed = False
        self._modified: dict[str, int] = {}

    def begin(self, arrival: "Arrival") -> bool:
        """Start a file; whether it is one that can be followed."""
        trail, fd, status, chosen = arrival
        self.is_anything_there = True
        start = os.pread(fd, 4, 0)
        if start.startswith(PACKED_MAGICS):
            self._begin_packed(trail, status, start)
            return False
        if chosen and trail.path.endswith(PACKED) and status.st_size:
            text = "is compressed in a way we cannot read; unpack it and pipe it to `tailllm -`"
            self._tell("unreadable", trail.path, text, None)
            return False
        if start.startswith(UTF16):
            text = "is UTF-16; write the log as UTF-8, or pipe it through iconv to `tailllm -`"
            self._tell("unreadable", trail.path, text, None)
        if self._closed:
            trail.dirty = True
            trail.glimpse = os.pread(fd, HEAD_BYTES, 0).rstrip(b"\0")
        else:
            self.begin_at(trail, fd, status)
        return True

    def begin_at(self, trail: Trail, fd: int, status: os.stat_result) -> None:
        """Take what is there as past, up to the last newline; without following, all of it."""
        self.is_anything_there = True
        size = status.st_size
        edge = after_last_newline(fd, size) if self._follow else size
        trail.stand_at(
            edge,
            os.pread(fd, min(edge, HEAD_BYTES), 0),
            os.pread(fd, min(edge, ANCHOR_BYTES), max(0, edge - ANCHOR_BYTES)),
        )
        trail.look(status)
        trail.dirty = size > edge
        if edge:
            self.name(trail)
            self._keep(Past(trail, edge, self._handles, self._tell), status)

    def name(self, trail: Trail) -> str:
        """Give the file its id."""
        file = trail.name(self.ids)
        self.ids[file] = trail
        return file

    def close(self) -> None:
        """From here on every file that comes is news."""
        self.past.sort(key=lambda past: self._modified[past.file])
        self._closed = True

    def _begin_packed(self, trail: Trail, status: os.stat_result, start: bytes) -> None:
        if self._closed:
            text = "is compressed and came while following; open it by its name to read it"
            self._tell("unreadable", trail.path, text, None)
            return
        from tailllm.sources import packed  # unpacking takes loading

        try:
            past = packed.PackedPast(trail, self._tell, packed.unpacker(start))
        except packed.MissingUnpackerError as error:
            self._tell("unreadable", trail.path, str(error), None)
            return
        self.ids[past.file] = trail
        self.packed[past.file] = past
        self._keep(past, status)

    def _keep(self, past: Past, status: os.stat_result) -> None:
        self.past.append(past)
        self._modified[past.file] = status.st_mtime_ns


def after_last_newline(fd: int, size: int, *, floor: int = 0) -> int:
    """Where the unfinished last line starts; `floor` when there is no newline after it."""
    end = size
    while end > floor:
        start = max(floor, end - BACK_BYTES)
        newline = os.pread(fd, end - start, start).rfind(b"\n")
        if newline >= 0:
            return start + newline + 1
        end = start
    return floor
