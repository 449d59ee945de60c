"""Wrapped lines to the lines that the program wrote, whatever order the file is read in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from tailllm.dialects.wrappers import Wrapped, unwrap
from tailllm.records.line import Address, RawLine

_SLACK_BYTES = 16
"""Between two runs: a CR, a newline, a byte order mark. No wrapped line is so short."""
_REGIONS = 8
"""Runs that may wait for what lies between them; sources leave nothing out but damage."""
_LONGEST_BYTES = 64 << 20


class Written(NamedTuple):
    """One line as the program wrote it, or a line that is not wrapped."""

    lines: tuple[Address, ...]
    text: bytes | None
    time: object = None
    whole: bool = True
    """False when its end never came."""
    host: object = None


class _Cut(NamedTuple):
    address: Address
    inner: Wrapped


@dataclass
class _Region:
    """A stretch of the file that was read, and what is open at its two ends."""

    start: int
    end: int
    is_first: bool
    """Nothing can lie before it."""
    heads: dict[str, list[_Cut]] = field(default_factory=dict)
    """A stream's first line; the part before it may lie in older bytes."""
    begun: set[str] = field(default_factory=set)
    """Streams whose first line has ended."""
    tails: dict[str, list[_Cut]] = field(default_factory=dict)
    """A stream's last line, not ended yet."""


class Joiner:
    """Joins the parts of cut lines, stream by stream.

    Runs of lines may come newest first, or live ones between old ones: a run waits with the
    first line of each stream until the bytes before it are read. What a file holds that is
    not wrapped is given as it is.
    """

    def __init__(self) -> None:
        self._regions: list[_Region] = []

    def take(self, lines: Sequence[RawLine], *, alone: bool = False) -> list[Written]:
        """The lines that are now complete.

        Args:
            lines: Neighbours in the file, in their order.
            alone: Whether nothing that lies before them goes on in them.
        """
        if not lines:
            return []
        region = self._region(lines[0].address.offset, alone=alone)
        found = []
        for line in lines:
            inner = unwrap(line.text)
            if inner is None:
                found.append(Written((line.address,), line.text))
            else:
                found += _put(region, _Cut(line.address, inner))
        last = lines[-1].address
        region.end = max(region.end, last.offset + last.length + 1)
        found += self._meet(region)
        while len(self._regions) > _REGIONS:
            found += self._join(self._regions[0], self._regions[1])
        return found

    def settle(self) -> list[Written]:
        """All older bytes were given: nothing is to be waited for but what will be appended."""
        if not self._regions:
            return []
        first = self._regions[0]
        found: list[Written] = []
        if not first.is_first:
            before = _Region(first.start, first.start, is_first=True)
            self._regions.insert(0, before)
            first = before
        while len(self._regions) > 1:
            found += self._join(first, self._regions[1])
        return found

    def flush(self) -> list[Written]:
        """Nothing more will come: what is still open is given as it is."""
        found = self.settle()
        for region in self._regions:
            found += [_written(cuts, whole=False) for cuts in region.tails.values()]
            region.tails.clear()
        return found

    def _region(self, start: int, *, alone: bool) -> _Region:
        """The region that ends where these lines start, or a new one."""
        for region in self._regions:
            if region.end <= start <= region.end + _SLACK_BYTES:
                return region
        region = _Region(start, start, is_first=alone or start <= _SLACK_BYTES)
        self._regions.append(region)
        self._regions.sort(key=lambda each: each.start)
        return region

    def _meet(self, region: _Region) -> Iterator[Written]:
        place = self._regions.index(region) + 1
        if place < len(self._regions):
            newer = self._regions[place]
            if newer.start <= region.end + _SLACK_BYTES:
                yield from self._join(region, newer)

    def _join(self, older: _Region, newer: _Region) -> list[Written]:
        self._regions.remove(newer)
        found = [
            written for cuts in newer.heads.values() for cut in cuts for written in _put(older, cut)
        ]
        older.tails |= newer.tails
        older.end = newer.end
        return found


def unwrapped(sample: Sequence[bytes]) -> list[bytes]:
    """What the program wrote, from neighbouring lines of a file."""
    joiner, offset, lines = Joiner(), 0, []
    for line in sample:
        lines.append(RawLine(Address("", offset, len(line)), line))
        offset += len(line) + 1
    return [written.text or b"" for written in (*joiner.take(lines), *joiner.flush())]


def _put(region: _Region, cut: _Cut) -> list[Written]:
    """Add one wrapped line at the region's end; what it completes."""
    stream = cut.inner.stream
    if not (region.is_first or stream in region.begun):
        region.heads.setdefault(stream, []).append(cut)
        if cut.inner.ends:
            region.begun.add(stream)
        return []
    cuts = region.tails.setdefault(stream, [])
    cuts.append(cut)
    if not cut.inner.ends and sum(each.address.length for each in cuts) < _LONGEST_BYTES:
        return []
    del region.tails[stream]
    return [_written(cuts, whole=cut.inner.ends)]


def _written(cuts: list[_Cut], *, whole: bool) -> Written:
    texts = [cut.inner.text for cut in cuts]
    text = None if None in texts else b"".join(each for each in texts if each is not None)
    last = cuts[-1].inner
    return Written(tuple(cut.address for cut in cuts), text, last.time, whole, last.host)
