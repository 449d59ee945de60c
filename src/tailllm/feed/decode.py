"""Lines to parts, file by file: keeps one reader a file and counts what came out."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from tailllm.dialects.reader import Reader
from tailllm.feed.news import FileState
from tailllm.records.line import RawLine
from tailllm.records.part import Part, Reject

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
    """Turns the lines of many files into parts and rejects."""

    def __init__(self) -> None:
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

    def decode(self, lines: Sequence[RawLine]) -> Iterable[Part | Reject]:
        """Every part and reject of `lines`, in their order."""
        for file, run in _runs(lines):
            self.settle(file, [line.text for line in run[:SAMPLE_LINES]])
            state = self._files[file]
            for line in run:
                found = state.reader.read(line)
                if isinstance(found, Reject):
                    state.broken += found.kind == "broken"
                    state.others += found.kind == "other"
                    yield found
                else:
                    state.parts += sum(part.kind in {"whole", "piece"} for part in found)
                    yield from found

    def states(self, path_of: Callable[[str], str]) -> list[FileState]:
        """What came out of each file, for the screen."""
        return [
            FileState(path_of(file), s.reader.name, s.parts, s.others, s.broken)
            for file, s in list(self._files.items())
        ]


def _runs(lines: Sequence[RawLine]) -> Iterable[tuple[str, Sequence[RawLine]]]:
    """Neighbouring lines of one file together."""
    start = 0
    for index in range(1, len(lines) + 1):
        if index == len(lines) or lines[index].address.file != lines[start].address.file:
            yield lines[start].address.file, lines[start:index]
            start = index
