"""Many calls at once, column by column: one call at a time costs Python several times as much."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, chain
from typing import Any, NamedTuple

from tailllm.records.line import Address, Lines
from tailllm.records.row import Row

COLUMNS = Row._fields[:-1]
"""What a batch has a column of: all of a row but its source."""


class Batch(NamedTuple):
    """Rows in columns, all of the same length and in the same order."""

    columns: Mapping[str, Sequence[Any]]
    """The values of each of `COLUMNS`."""
    files: Sequence[str | None]
    offsets: Sequence[int | None]
    lengths: Sequence[int | None]
    more: Mapping[int, tuple[Address, ...]]
    """The whole source of those calls, by place, that have not exactly one address."""

    @classmethod
    def of_lines(cls, columns: Mapping[str, Sequence[Any]], lines: Lines) -> "Batch":
        """A call for each line."""
        lengths = list(map(len, lines.texts))
        return cls(columns, [lines.file] * len(lengths), lines.offsets, lengths, {})

    def __len__(self) -> int:
        return len(self.offsets)

    def rows(self) -> list[Row]:
        """The same calls one by one."""
        places = map(Address, self.files, self.offsets, self.lengths)  # type: ignore[arg-type]
        sources: list[tuple[Address, ...]] = list(zip(places))
        for place, source in self.more.items():
            sources[place] = source
        return list(map(Row, *(self.columns[name] for name in COLUMNS), sources))

    def plain(self) -> list[tuple[Any, ...]]:
        """The values of the rows, as bytes can hold them: addresses are tuples too."""
        places = zip(self.files, self.offsets, self.lengths, strict=True)
        sources: list[tuple[tuple[Any, ...], ...]] = list(zip(places))
        for place, source in self.more.items():
            sources[place] = tuple(map(tuple, source))
        return list(zip(*(self.columns[name] for name in COLUMNS), sources, strict=True))

    def ordered(self, order: Sequence[int]) -> "Batch":
        """The calls at these places, in this order."""
        came_from = dict(zip(order, range(len(order)), strict=True)) if self.more else {}
        return Batch(
            {name: _at(values, order) for name, values in self.columns.items()},
            _at(self.files, order),
            _at(self.offsets, order),
            _at(self.lengths, order),
            {came_from[place]: source for place, source in self.more.items()},
        )


def batch_of(rows: Sequence[Row]) -> Batch:
    """Rows as a batch."""
    values = list(zip(*rows, strict=True)) if rows else [()] * len(Row._fields)
    *columns, sources = values
    nowhere = (None, None, None)
    firsts = [source[0] if source else nowhere for source in sources]
    files, offsets, lengths = zip(*firsts, strict=True) if firsts else ((), (), ())
    more = {place: source for place, source in enumerate(sources) if len(source) != 1}
    return Batch(dict(zip(COLUMNS, columns, strict=True)), files, offsets, lengths, more)


def joined(batches: Sequence[Batch]) -> Batch:
    """The calls of all of them, in that order."""
    starts = accumulate(map(len, batches), initial=0)
    return Batch(
        {name: _chain(one.columns[name] for one in batches) for name in COLUMNS},
        _chain(one.files for one in batches),
        _chain(one.offsets for one in batches),
        _chain(one.lengths for one in batches),
        {
            start + place: source
            for start, one in zip(starts, batches, strict=False)
            for place, source in one.more.items()
        },
    )


def _chain(parts: Iterable[Sequence[Any]]) -> list[Any]:
    return list(chain.from_iterable(parts))


def _at(values: Sequence[Any], order: Sequence[int]) -> Sequence[Any]:
    return list(map(values.__getitem__, order))
