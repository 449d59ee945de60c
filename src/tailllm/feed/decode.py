"""Lines to rows and parts, file by file: keeps one reader a file and counts what came out."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from tailllm.dialects.reader import Reader
from tailllm.feed.news import FileState
from tailllm.records.line import RawLine
from tailllm.records.part import Part, Reject
from tailllm.records.row import Row

Found = Row | Part | Reject
SAMPLE_LINES = 50


@dataclass
class _File:
    """One file's reader and its counts; lines wait until the format is settled."""

    reader: Reader
    parts: int = 0
    others: int = 0
    broken: int = 0
    settled: bool = False


class Decoder:
    """Turns the lines of many files into rows, parts of calls and rejects.

    Args:
        clock: Seconds since the epoch.
        quick: Whether a plain line may become a row without ever being a part: not when
            validators want to see all of it.
    """

    def __init__(self, clock: Callable[[], float] = time.time, *, quick: bool = True) -> None:
        self._clock = clock
        self._quick = quick
        self._files: dict[str, _File] = {}

    def settle(self, file: str, sample: Sequence[bytes]) -> Reader:
        """The file's reader, its format decided by `sample` if it was not before."""
        known = self._files.get(file)
        if known is None:
            known = self._files[file] = _File(Reader(file))
        if not known.settled and sample:
            known.reader.settle(sample)
            known.settled = True
        return known.reader

    def decode(self, lines: Sequence[RawLine]) -> Iterable[Found]:
        """What every line of `lines` says, in their order."""
        arrived = self._clock()
        for file, run in _runs(lines):
            self.settle(file, [line.text for line in run[:SAMPLE_LINES]])
            state = self._files[file]
            row = state.reader.row
            for line in run:
                quickly = row(line, arrived) if self._quick else None
                if quickly is not None:
                    state.parts += 1
                    yield quickly
                else:
                    yield from _general(state, line)

    def states(self, path_of: Callable[[str], str]) -> list[FileState]:
        """What came out of each file, for the screen."""
        return [
            FileState(path_of(file), s.reader.name, s.parts, s.others, s.broken)
            for file, s in list(self._files.items())
        ]


def _general(state: _File, line: RawLine) -> Sequence[Found]:
    found = state.reader.read(line)
    if isinstance(found, Reject):
        state.broken += found.kind == "broken"
        state.others += found.kind == "other"
        return (found,)
    state.parts += sum(part.kind in {"whole", "piece"} for part in found)
    return found


def _runs(lines: Sequence[RawLine]) -> Iterable[tuple[str, Sequence[RawLine]]]:
    """Neighbouring lines of one file together."""
    start = 0
    for index in range(1, len(lines) + 1):
        if index == len(lines) or lines[index].address.file != lines[start].address.file:
            yield lines[start].address.file, lines[start:index]
            start = index
