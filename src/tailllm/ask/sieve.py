"""Rules calls out by the bytes of the log, many lines at a look.

Reading a call again takes 300 µs; whether a word can be in it at all is known for a hundred
megabytes in the time of a few hundred calls. What is not ruled out here must be read.
"""

import re
import sys
from bisect import bisect_left
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

from tailllm.ask.pieces import LONGEST_BYTES, Pieces
from tailllm.records.line import Address

if TYPE_CHECKING:
    import regex

BLOCK_BYTES = 256 << 10
AHEAD = 8
"""Blocks looked into before somebody asks, once somebody goes through a file backward."""
THREADS = 2
"""The search for a pattern lets other threads run."""

_SIGN = re.compile(rb'"(?:re(?:sponse|quest)|(?:in|out)put_text|text)')
_LIST = re.compile(rb'\[\s*+\\*"')
"""A body of an API, a part of a text, a list of texts: a reason to look at the whole line."""
_STREAM = re.compile(rb'"re(?:sponse|quest)\\*"\s*:\s*(?![\s{])')
"""A body that is a list of pieces, or a text: what it says stands there in pieces."""
_JOINT = re.compile(
    rb'\}\s*,\s*\{(?!\s*\\*"role)(?:[^{}]*\{[^{}]*\})?[^{}]*"(?:input_|output_)?text\\*"'
    rb'|\}\s*,\s*\\*"[^"]*"\s*[,\]]'
    rb'|"(?:content|parts|system|instructions|response|result|output)\\*"\s*:\s*\[\s*\\*"'
)
"""Two parts of one text: a word may begin in the one and end in the other."""

Read = Callable[[str, int, int], bytes | None]
"""file id, offset, length: the bytes there now, fewer at the end; None when nobody can say"""


class _Block(NamedTuple):
    """What was found in one block of a file: offsets in the file, in order."""

    end: int
    """Where the bytes ended that were looked at."""
    found: list[int]
    """Where the piece stands, or what may hide it."""
    odd: list[int]
    """What makes it worth looking at the whole line."""
    is_read: bool = True
    """Not so where the bytes cannot be had."""


class Sieve:
    """Says of lines whether they can hold a text. Ask for the newest first."""

    def __init__(self, read: Read, pieces: Pieces) -> None:
        self._read = read
        self._pieces = pieces
        self._known: dict[tuple[str, int], _Block] = {}
        self._coming: dict[tuple[str, int], Future[_Block]] = {}
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="search")

    def may_hold(self, address: Address) -> bool:
        """Whether the text may stand in what a line of a plain call says."""
        file, start, length = address
        end = start + length
        is_odd = False
        for number in range(start // BLOCK_BYTES, max(start, end - 1) // BLOCK_BYTES + 1):
            block = self._known.get((file, number))
            if block is None or block.end < min(end, _reach(number)):
                block = self._looked(file, number)
            if not block.is_read or _within(block.found, start, end):
                return True
            is_odd = is_odd or _within(block.odd, start, end)
        return is_odd and self._in_pieces(address)

    def _in_pieces(self, address: Address) -> bool:
        line = self._read(*address)
        if line is None or len(line) < address.length:
            return True
        return bool(_STREAM.search(line) or _JOINT.search(line))

    def _looked(self, file: str, number: int) -> _Block:
        """A block nobody has looked into, or that has grown since."""
        if (file, number + 1) in self._known:
            for ahead in range(number, max(-1, number - AHEAD), -1):
                if (file, ahead) not in self._coming:
                    self._coming[file, ahead] = self._pool.submit(self._look, file, ahead)
        coming = self._coming.pop((file, number), None)
        block = self._look(file, number) if coming is None else coming.result()
        self._known[file, number] = block
        return block

    def _look(self, file: str, number: int) -> _Block:
        start = number * BLOCK_BYTES
        data = self._read(file, start, _reach(number) - start)
        if data is None:
            return _Block(sys.maxsize, [], [], is_read=False)
        pattern, hidden = self._pieces
        # Other threads may run meanwhile.
        found = [match.start() for match in pattern.finditer(data, concurrent=True)]
        found += _starts(hidden, data) if hidden else []
        odd = _starts(_SIGN, data) + _starts(_LIST, data)
        return _Block(start + len(data), _placed(found, start), _placed(odd, start))


def _reach(number: int) -> int:
    """How far one must read to see all that begins in a block."""
    return (number + 1) * BLOCK_BYTES + LONGEST_BYTES


def _starts(pattern: "re.Pattern[bytes] | regex.Pattern[bytes]", data: bytes) -> list[int]:
    return [match.start() for match in pattern.finditer(data)]


def _placed(places: list[int], start: int) -> list[int]:
    return sorted(start + place for place in places)


def _within(places: list[int], start: int, end: int) -> bool:
    at = bisect_left(places, start)
    return at < len(places) and places[at] < end
