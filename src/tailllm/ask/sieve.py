"""Rules calls out by the bytes of the log, many lines at a look.

Reading a call again takes 300 µs; whether a word can be in it at all is known for a gigabyte
in the time of a few hundred calls. What is not ruled out here must be read.
"""

import os
from bisect import bisect_left
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from functools import partial
from typing import NamedTuple, Protocol

from tailllm.ask import ripgrep
from tailllm.ask.pieces import LONGEST_BYTES, Pieces
from tailllm.ask.stretches import BLOCK_BYTES, UNREAD, Found, have_looked, is_in_parts, look
from tailllm.records.line import Address

AHEAD = 8
"""Blocks looked into before somebody asks, once somebody goes through a file backward."""
THREADS = 2
"""The search for a pattern lets other threads run."""
WORTH_BYTES = 8 << 20
"""Of a file for which ripgrep is started: what is less is looked at here before it has started."""
AT_ONCE_BYTES = 5 << 28
"""A longer file is looked at in parts, so that its newest end is known first."""
PART_BYTES = 1 << 28
OWN_PART_BYTES = 1 << 24


class Log(Protocol):
    """Where the bytes are."""

    def stretch(self, file: str, offset: int, length: int) -> bytes | None:
        """The bytes there now, fewer at the end; None when nobody can say."""

    def lend(self, file: str) -> AbstractContextManager[int | None]:
        """A descriptor of the file for a while; None when nobody can say."""


class Parting(NamedTuple):
    """How a file is looked at: in parts of so many bytes, as far as it goes now."""

    size: int
    step: int
    by_ripgrep: bool


class Sieve:
    """Says of lines whether they can hold a text. Ask for the newest first.

    Args:
        log: Where the bytes are.
        pieces: What to look for.
        given_up: Whether nobody waits any more.
        worth_bytes: Of a file for which ripgrep is started, where it is installed.
    """

    def __init__(
        self,
        log: Log,
        pieces: Pieces,
        *,
        given_up: Callable[[], bool] = lambda: False,
        worth_bytes: int = WORTH_BYTES,
    ) -> None:
        self._log = log
        self._pieces = pieces
        self._given_up = given_up
        self._worth_bytes = worth_bytes
        self._partings: dict[str, Parting] = {}
        self._parts: dict[tuple[str, int], Found] = {}
        self._known: dict[tuple[str, int], Found] = {}
        self._coming: dict[tuple[str, int], Future[Found]] = {}
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="search")

    def may_hold(self, address: Address) -> bool:
        """Whether the text may stand in what a line of a plain call says."""
        file, start, length = address
        end = start + length
        is_odd = False
        for found in self._over(file, start, end):
            if not found.is_read or _within(found.found, start, end):
                return True
            is_odd = is_odd or _within(found.odd, start, end)
        return is_odd and self.in_parts(address)

    def in_parts(self, address: Address) -> bool:
        """Whether texts of a line stand there in pieces, between which the text may lie."""
        line = self._log.stretch(*address)
        return line is None or len(line) < address.length or is_in_parts(line)

    def parting(self, file: str) -> Parting:
        """How a file is looked at, decided when first asked."""
        if file not in self._partings:
            self._partings[file] = self._parted(file)
        return self._partings[file]

    def part(self, file: str, number: int) -> Found:
        """What was found in a part. A line that reaches beyond it may hold anything."""
        if (file, number) not in self._parts:
            self._parts[file, number] = self._part(file, number)
        return self._parts[file, number]

    def close(self) -> None:
        """Nobody asks any more."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _over(self, file: str, start: int, end: int) -> Iterator[Found]:
        """What was found where a line lies."""
        size, step, by_ripgrep = self.parting(file)
        if by_ripgrep and end <= size:
            first, last = start // step, max(start, end - 1) // step
            yield UNREAD if first != last else self.part(file, first)
            return
        for number in range(start // BLOCK_BYTES, max(start, end - 1) // BLOCK_BYTES + 1):
            block = self._known.get((file, number))
            reach = (number + 1) * BLOCK_BYTES + LONGEST_BYTES
            if block is None or block.end < min(end, reach):
                block = self._looked(file, number)
            yield block

    def _parted(self, file: str) -> Parting:
        with self._log.lend(file) as fd:
            size = 0 if fd is None else os.fstat(fd).st_size
        if size < self._worth_bytes or not ripgrep.command():
            return Parting(size, OWN_PART_BYTES, by_ripgrep=False)
        return Parting(size, size if size <= AT_ONCE_BYTES else PART_BYTES, by_ripgrep=True)

    def _part(self, file: str, number: int) -> Found:
        size, step, by_ripgrep = self.parting(file)
        start, end = number * step, min(size, (number + 1) * step)
        found = None
        if by_ripgrep:
            with self._log.lend(file) as fd:
                if fd is not None:
                    whole = step == size
                    stop = None if whole else end
                    found = have_looked(fd, start, stop, self._pieces, self._given_up)
                    found = found and found._replace(end=end)
        return self._own(file, start, end) if found is None else found

    def _own(self, file: str, start: int, end: int) -> Found:
        """The same without ripgrep."""
        numbers = range(start // BLOCK_BYTES, -(-end // BLOCK_BYTES))
        blocks = (
            [] if self._given_up() else list(self._pool.map(partial(self._look, file), numbers))
        )
        if not blocks or not all(block.is_read for block in blocks):
            return UNREAD
        found = sorted({place for block in blocks for place in block.found})
        odd = sorted({place for block in blocks for place in block.odd})
        return Found(end, found, odd)

    def _looked(self, file: str, number: int) -> Found:
        """A block nobody has looked into, or that has grown since."""
        if (file, number + 1) in self._known:
            for ahead in range(number, max(-1, number - AHEAD), -1):
                if (file, ahead) not in self._coming:
                    self._coming[file, ahead] = self._pool.submit(self._look, file, ahead)
        coming = self._coming.pop((file, number), None)
        block = self._look(file, number) if coming is None else coming.result()
        self._known[file, number] = block
        return block

    def _look(self, file: str, number: int) -> Found:
        start = number * BLOCK_BYTES
        return look(partial(self._log.stretch, file), start, start + BLOCK_BYTES, self._pieces)


def _within(places: list[int], start: int, end: int) -> bool:
    at = bisect_left(places, start)
    return at < len(places) and places[at] < end
