"""A portion of a file's past, read in a helper process: what is asked, and what is answered.

Both are plain values all through, because they cross a pipe.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from tailllm.dialects import canonical
from tailllm.dialects.assembly import Assembler
from tailllm.dialects.dialect import Gathers
from tailllm.dialects.reader import Reader
from tailllm.records.batch import Batch, batch_of, joined
from tailllm.records.line import Address, Lines, RawLine
from tailllm.records.part import Reject
from tailllm.records.row import Row
from tailllm.sources.stretch import Origin, Proof, Stretch
from tailllm.store import arrow, pages
from tailllm.store.bulk import Bulk, bulk, bulk_of

AT_ONCE = 128
"""Lines decoded together: few enough to stay in the processor's cache."""


class Portion(NamedTuple):
    """What to read."""

    origin: Origin
    start: int
    end: int
    limit: int
    """As in `sources.stretch.Stretch`."""
    arrived: float
    """Seconds since the epoch."""
    wants_rows: bool
    proof: Proof | None = None
    """Of what is live: it is read forward, and counts only if this is still true after."""

    def plain(self) -> tuple[Any, ...]:
        """For the pipe."""
        proof = None if self.proof is None else tuple(self.proof)
        return (tuple(self.origin), *self[1:-1], proof)


class Answer(NamedTuple):
    """What was in it, the newest first; of what is live the oldest."""

    start: int
    """Where its first line begins."""
    ready: Bulk
    rows: list[Row]
    """Empty unless they were wanted."""
    rejects: list[Reject]
    held: list[pages.Ready]
    """Of what is live: the rows as `store.pages` holds them, instead of `rows`."""

    def plain(self) -> tuple[Any, ...]:
        """For the pipe."""
        rows = [(*row[:-1], tuple(map(tuple, row.source))) for row in self.rows]
        rejects = [(tuple(address), *rest) for address, *rest in self.rejects]
        ready = (self.ready.calls, [one.plain() for one in self.ready.columns], *self.ready[2:])
        held = [(tuple(signs), *rest) for signs, *rest in self.held]
        return (self.start, ready, rows, rejects, held)


def portion(plain: tuple[Any, ...]) -> Portion:
    """From the pipe."""
    origin, *rest = plain
    asked = Portion(Origin(*origin), *rest)
    return asked if asked.proof is None else asked._replace(proof=Proof(*asked.proof))


def answer(plain: tuple[Any, ...]) -> Answer:
    """From the pipe."""
    start, (calls, columns, *ready), rows, rejects, held = plain
    return Answer(
        start,
        Bulk(calls, [arrow.packed(one) for one in columns], *ready),
        [Row._make((*row[:-1], tuple(Address(*one) for one in row[-1]))) for row in rows],
        [Reject(Address(*address), *rest) for address, *rest in rejects],
        [(pages.Signs(*signs), count, page) for signs, count, page in held],
    )


class Portions:
    """Reads portions; keeps a reader for each file."""

    def __init__(self) -> None:
        self._readers: dict[str, Reader] = {}

    def read(self, asked: Portion) -> Answer | None:
        """Every call of a portion.

        Returns:
            None when it cannot be read here: the file is another by now, or its calls are
            spread over lines.
        """
        reader = self._reader(asked.origin)
        if not reader.is_plain:
            return None
        rejects: list[Reject] = []
        found = Stretch(asked.origin, asked.start, asked.end, asked.limit)
        some = _few(found, asked.proof)
        gatherer = None if asked.wants_rows or asked.proof else reader.gatherer(asked.arrived)
        if gatherer is None:
            said = _batched(reader, some, asked, rejects)
        elif all(_gathered(gatherer, reader, few, asked, rejects) for few in some):
            said = (bulk_of(gatherer.gathered.settled()), [], [])
        else:
            said = None
        if said is None or found.is_lost:
            return None
        ready, rows, held = said
        return Answer(found.start, ready, rows, rejects, held)

    def _reader(self, origin: Origin) -> Reader:
        reader = self._readers.get(origin.file)
        if reader is None:
            reader = self._readers[origin.file] = Reader(origin.file)
            reader.settle(origin.sample)
        return reader


def newest_first(lines: Lines) -> Iterator[Lines]:
    """The lines from the last to the first, a few at a time."""
    for end in range(len(lines), 0, -AT_ONCE):
        start = max(0, end - AT_ONCE)
        yield Lines(lines.file, lines.offsets[start:end][::-1], lines.texts[start:end][::-1])


def _few(found: Stretch, proof: Proof | None) -> Iterator[Lines]:
    """The lines of a stretch a few at a time: from the newest on, or from the oldest if live."""
    if proof is None:
        for lines in found.backward():
            yield from newest_first(lines)
    else:
        for lines in found.forward(proof):
            for start in range(0, len(lines), AT_ONCE):
                yield lines.some(start, start + AT_ONCE)


def _batched(
    reader: Reader, some: Iterator[Lines], asked: Portion, rejects: list[Reject]
) -> tuple[Bulk, list[Row], list[pages.Ready]] | None:
    """The calls with what the window keeps of them; None where a call is spread over lines."""
    batches: list[Batch] = []
    for few in some:
        one = _batch(reader, few, asked, rejects)
        if one is None:
            return None
        batches.append(one)
    whole = joined(batches)
    rows = whole.rows() if asked.wants_rows and asked.proof is None else []
    held = [] if asked.proof is None else pages.packed(whole.plain())
    return bulk(whole), rows, held


def _gathered(
    gatherer: Gathers, reader: Reader, lines: Lines, asked: Portion, rejects: list[Reject]
) -> bool:
    """Gather the calls of some lines; False where a call is spread over lines."""
    gathered, begun = gatherer.gathered, len(gatherer.gathered)
    left = gatherer.take(lines)
    if left is None:
        batch = _batch(reader, lines, asked, rejects)
        if batch is not None:
            gathered.add(batch)
        return batch is not None
    for passed, place in enumerate(left):
        said = _generally(reader, lines.line(place), asked.arrived)
        if said is None:
            return False
        if isinstance(said, Reject):
            rejects.append(said)
        elif said:
            gathered.put_between(begun + place - passed, batch_of(said))
    return True


def _batch(reader: Reader, lines: Lines, asked: Portion, rejects: list[Reject]) -> Batch | None:
    """The calls of some lines; None where a call is spread over lines."""
    quick = reader.batch(lines, asked.arrived, previews=asked.wants_rows)
    if quick is None:
        return None
    if not quick.left:
        return quick.batch
    left = set(quick.left)
    places = [place for place in range(len(lines)) if place not in left]
    rows: list[Row] = []
    for place in quick.left:
        said = _generally(reader, lines.line(place), asked.arrived)
        if said is None:
            return None
        if isinstance(said, Reject):
            rejects.append(said)
        else:
            rows += said
            places += [place] * len(said)
    both = joined([quick.batch, batch_of(rows)])
    return both.ordered(sorted(range(len(both)), key=places.__getitem__))


def _generally(reader: Reader, line: RawLine, arrived: float) -> list[Row] | Reject | None:
    """The rows of whole calls; None for parts that need others."""
    found = reader.read(line)
    if isinstance(found, Reject):
        return found
    if any(part.kind != "whole" for part in found):
        return None
    folds = Assembler().add(reversed(found))
    return [canonical.row(folded, arrived=arrived) for folded in folds]
