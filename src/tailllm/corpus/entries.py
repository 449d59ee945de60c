"""Read the heads of all lines of a marks file: fast, tolerant, without the prompts in them."""

import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from tailllm.corpus.record import SCHEMA

CHUNK_BYTES = 4 << 20

LINE_BYTES = 256 << 20
"""A line longer than this is damage; no mark of one call comes near it."""


class Place(NamedTuple):
    """Where a line of the marks file lies, to read it again in full."""

    path: Path
    offset: int
    length: int


class Entry(msgspec.Struct, gc=False):
    """What somebody decided at one time. `None` means: nothing said about this."""

    schema: int
    kind: str
    """mark | edit | unmark"""
    mark_id: str
    at: str = ""
    by: str = ""
    host: str = ""
    key: str = ""
    note: str | None = None
    labels: tuple[str, ...] | None = None
    expected: str | None = None


class Entries:
    """The readable lines of one file in order, and counts of the others."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.damaged = 0
        """Lines nobody can read: torn by a crash, or damaged by a merge."""
        self.newer = 0
        """Lines of a later version of tailllm; left alone."""

    def __iter__(self) -> Iterator[tuple[int, int, Entry]]:
        """Offset, length and entry of each line.

        Raises:
            OSError: the file is there and cannot be read.
        """
        decode = msgspec.json.Decoder(Entry).decode
        for offset, line in self._lines():
            try:
                entry = decode(line)
            except (msgspec.MsgspecError, RecursionError, ValueError):
                found = _slowly(line)
                if found is None:
                    self.damaged += bool(line.strip())
                    continue
                entry = found
            if entry.schema == SCHEMA:
                yield offset, len(line), entry
            else:
                self.newer += 1

    def _lines(self) -> Iterator[tuple[int, bytes]]:
        offset, rest, skipping = 0, b"", False
        for chunk in _chunks(self.path):
            lines = (rest + chunk).split(b"\n")
            rest = lines.pop()
            for line in lines:
                if not skipping:
                    yield offset, line
                skipping = False
                offset += len(line) + 1
            if len(rest) > LINE_BYTES:
                self.damaged += not skipping
                skipping = True
                offset, rest = offset + len(rest), b""
        if rest and not skipping:
            yield offset, rest


def _chunks(path: Path) -> Iterator[bytes]:
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        return
    try:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            raise OSError(f"{path} is not a regular file")
        while chunk := os.read(file, CHUNK_BYTES):
            yield chunk
    finally:
        os.close(file)


def _slowly(line: bytes) -> Entry | None:
    """The standard library reads escapes of half a surrogate pair; msgspec does not."""
    try:
        whole: Any = json.loads(line)
        return msgspec.convert({name: whole.get(name) for name in _HEAD if name in whole}, Entry)
    except (msgspec.MsgspecError, ValueError, RecursionError, AttributeError, TypeError):
        return None


_HEAD = tuple(Entry.__struct_fields__)
