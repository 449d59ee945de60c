"""What was in the files when we opened them, the newest calls first.

Several files are merged by time, so the first screen shows the newest calls of all of them.
A file whose lines only make sense in order (or that cannot be read backward, such as `.gz`)
is read forward before the others.
"""

from collections.abc import Iterable, Iterator, Sequence
from heapq import merge
from typing import NamedTuple

from tailllm.feed.decode import Decoder, Found
from tailllm.records.line import RawLine
from tailllm.records.part import Part
from tailllm.records.row import Row
from tailllm.sources.past import Past


class Left(NamedTuple):
    """What of a file's past is still to be read."""

    past: Past
    end: int
    """Where its oldest line known begins."""


class Step(NamedTuple):
    """One row, part or reject on the way in."""

    at: float
    """Seconds since the epoch by which files are merged; the neighbour's where silent."""
    found: Found | None
    """None at the end of a chunk."""
    read_bytes: int = 0
    """Bytes of the chunk that ends here."""


class History:
    """The past of all files as two streams.

    Args:
        chunk_bytes: How much of a file is read and decoded at a time.
    """

    def __init__(
        self, pasts: Sequence[Past], decoder: Decoder, *, chunk_bytes: int = 4 << 20
    ) -> None:
        self._decoder = decoder
        self._chunk_bytes = chunk_bytes
        self.total_bytes = sum(past.size for past in pasts)
        self.enough = False
        """Set when the newest calls are known: the files' chunks at hand are the last ones."""
        self._edges = {past.file: past.size for past in pasts}
        self._forward: list[Past] = []
        self._backward: list[Past] = []
        for past in pasts:
            reader = decoder.settle(past.file, past.sample())
            (self._forward if reader.ordered or not past.size else self._backward).append(past)

    def oldest_first(self) -> Iterator[Step]:
        """Files that must be read forward, merged by time."""
        streams = [self._read(past.forward(), reverse=False) for past in self._forward]
        return merge(*streams, key=lambda step: step.at) if len(streams) > 1 else _only(streams)

    def newest_first(self) -> Iterator[Step]:
        """Files that can be read backward, merged by time."""
        streams = [
            self._read(past.backward(self._chunk_bytes), reverse=True) for past in self._backward
        ]
        return merge(*streams, key=lambda step: -step.at) if len(streams) > 1 else _only(streams)

    def plain(self) -> list[Past]:
        """The files that can be read in portions."""
        return [past for past in self._backward if self._decoder.is_plain(past.file)]

    def left(self) -> tuple[list[Left], list[Left]]:
        """What `newest_first` has not read: what can be read in portions, and the rest."""
        left = [Left(p, self._edges[p.file]) for p in self._backward if self._edges[p.file]]
        plain = [one for one in left if self._decoder.is_plain(one.past.file)]
        return plain, [one for one in left if one not in plain]

    def steps(self, past: Past, first: int, end: int) -> Iterator[Step]:
        """A part of one file, newest first."""
        return self._read(past.backward(first=first, end=end), reverse=True)

    def _read(self, chunks: Iterable[list[RawLine]], *, reverse: bool) -> Iterator[Step]:
        """One file's steps; a silent line takes the time of the line read before it."""
        at: float | None = None
        for lines in chunks:
            size = sum(line.address.length + 1 for line in lines)
            found = list(self._decoder.decode(lines))
            if reverse:
                found.reverse()
            for part in found:
                at = _time(part, at)
                yield Step(at, part)
            if lines and reverse:
                address = lines[0].address
                self._edges[address.file] = address.offset
            yield Step(at or 0.0, None, size)
            if self.enough:
                return


def _only(streams: list[Iterator[Step]]) -> Iterator[Step]:
    return streams[0] if streams else iter(())


def _time(found: Found, before: float | None) -> float:
    if isinstance(found, Row):
        return found.at
    start = found.fields.get("start_time") if isinstance(found, Part) else None
    return float(start) if start is not None else before or 0.0
