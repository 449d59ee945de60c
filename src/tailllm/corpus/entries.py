"""Read the heads of all lines of a marks file: fast, tolerant, without the prompts in them."""

import collections
import contextlib
import errno
import itertools
import json
import operator
import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal, TypeVar

import msgspec

from tailllm.corpus.record import SCHEMA

CHUNK_BYTES = 128 << 10
"""Small enough for the processor's cache, and to come from the heap and not from the system."""

LINE_BYTES = 256 << 20
"""A line longer than this is damage; no mark of one call comes near it."""


class Brief(msgspec.Struct, gc=False):
    """As much of an entry as says which calls are marked."""

    schema: Literal[1]
    kind: Literal["mark", "edit", "unmark"]
    mark_id: str
    key: str = ""


class Entry(Brief, gc=False):
    """What somebody decided at one time. `None` means: nothing said about this."""

    at: str = ""
    by: str = ""
    host: str = ""
    note: str | None = None
    labels: tuple[str, ...] | None = None
    expected: str | None = None
    path: str = ""
    """The file this was read from; with `offset` and `length`, where to read it in full."""
    offset: int = 0
    length: int = 0


_HEAD = Entry.__struct_fields__
_NEWLINE = re.compile(b"\n")
_Shape = TypeVar("_Shape", bound=Brief)


class Entries:
    """The readable lines of one file in order, and counts of the others."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.damaged = 0
        """Lines nobody can read: torn by a crash, or damaged by a merge."""
        self.newer = 0
        """Lines of a later version of tailllm; left alone."""

    def __iter__(self) -> Iterator[Entry]:
        """Each readable line.

        Raises:
            OSError: the file is there and cannot be read.
        """
        return itertools.chain.from_iterable(self.batches())

    def batches(self) -> Iterator[list[Entry]]:
        """The same in runs: a million lines are read with few steps of Python for each.

        Raises:
            OSError: the file is there and cannot be read.
        """
        path = str(self.path)
        for offset, text, found in self._runs(Entry):
            if found is None:
                yield self._one_by_one(offset, text)
                continue
            ends = [end.start() for end in _NEWLINE.finditer(text)]
            starts = [0, *(end + 1 for end in ends[:-1])]
            _set_all(found, "path", itertools.repeat(path))
            _set_all(found, "offset", map(offset.__add__, starts))
            _set_all(found, "length", map(operator.sub, ends, starts))
            yield found

    def briefs(self) -> Iterator[Sequence[Brief]]:
        """The same without what was said, for half the time and a third of the memory.

        Raises:
            OSError: the file is there and cannot be read.
        """
        for offset, text, found in self._runs(Brief):
            yield self._one_by_one(offset, text) if found is None else found

    def _runs(self, shape: type[_Shape]) -> Iterator[tuple[int, bytes, list[_Shape] | None]]:
        """Whole lines and what stands in them; None when they must be looked at one by one."""
        decode = msgspec.json.Decoder(shape).decode_lines
        for offset, text in runs(self.path, self._torn):
            try:
                found = decode(text)
            except (msgspec.MsgspecError, RecursionError):
                yield offset, text, None
            else:
                # Blank lines, and an object over two lines, are counted one by one as well.
                yield offset, text, found if len(found) == text.count(b"\n") else None

    def _one_by_one(self, offset: int, text: bytes) -> list[Entry]:
        decode = msgspec.json.Decoder(Entry).decode
        found = []
        for line in text.removesuffix(b"\n").split(b"\n"):
            entry: Entry | None
            try:
                entry = decode(line)
            except (msgspec.MsgspecError, RecursionError):
                entry = self._slowly(line)
            if entry is not None:
                entry.path, entry.offset, entry.length = str(self.path), offset, len(line)
                found.append(entry)
            offset += len(line) + 1
        return found

    def _slowly(self, line: bytes) -> Entry | None:
        """A line that msgspec refuses: it stops at an escape of half a surrogate pair."""
        try:
            whole = json.loads(line)
            if whole["schema"] == SCHEMA:
                head = {name: whole[name] for name in _HEAD if name in whole}
                return msgspec.convert(head, Entry)
            self.newer += 1
        except (msgspec.MsgspecError, ValueError, RecursionError, KeyError, TypeError):
            self.damaged += bool(line.strip())
        return None

    def _torn(self) -> None:
        self.damaged += 1


def _set_all(entries: list[Entry], name: str, values: Iterable[object]) -> None:
    collections.deque(map(setattr, entries, itertools.repeat(name), values), maxlen=0)


def lines(path: Path, too_long: Callable[[], None] = lambda: None) -> Iterator[tuple[int, bytes]]:
    """Offset and bytes of each line, in bounded memory whatever the file holds.

    Raises:
        OSError: the file is there and cannot be read.
    """
    for start, text in runs(path, too_long):
        offset = start
        for line in text.removesuffix(b"\n").split(b"\n"):
            yield offset, line
            offset += len(line) + 1


def runs(path: Path, too_long: Callable[[], None] = lambda: None) -> Iterator[tuple[int, bytes]]:
    """Offset and bytes of whole lines, many at a time; only the last may lack its newline.

    Raises:
        OSError: the file is there and cannot be read.
    """
    offset, rest, skipping = 0, b"", False
    with _opened(path) as file:
        while chunk := os.read(file, max(CHUNK_BYTES, len(rest))):
            text = rest + chunk
            end = text.rfind(b"\n") + 1
            begin = text.index(b"\n") + 1 if skipping and end else 0
            skipping = skipping and not end
            if begin < end:
                yield offset + begin, text[begin:end]
            offset, rest = offset + end, text[end:]
            if len(rest) > LINE_BYTES:
                if not skipping:
                    too_long()
                skipping = True
                offset, rest = offset + len(rest), b""
    if rest and not skipping:
        yield offset, rest


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[int]:
    """The file for reading; one that is not there is empty."""
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        file = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
    else:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            os.close(file)
            raise OSError(errno.EINVAL, "it is not a regular file", str(path))
    try:
        yield file
    finally:
        os.close(file)
