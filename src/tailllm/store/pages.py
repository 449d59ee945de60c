"""Rows in order, packed where nobody is looking: a third of the memory, found again at once."""

from collections.abc import Iterable, Iterator
from itertools import islice
from marshal import dumps, loads
from typing import Any

from tailllm.records.line import Address
from tailllm.records.row import Row

PAGE_ROWS = 32
WARM_PAGES = 128
"""Pages kept ready to read: what is being written, what a screen shows, where a search stands."""

_SOURCE = len(Row._fields) - 1
"""The last field, and the only one whose values are not plain."""
_make, _address = Row._make, Address._make


class Pages:
    """A list of rows that grows at its end and is cut at either end.

    Rows read lately are ordinary rows; the others lie packed, 32 together, and are unpacked in
    a tenth of a millisecond when asked for. A row is equal to the one put in, not the same
    object. Not safe for threads by itself: the window holds its lock.
    """

    def __init__(self, page_rows: int = PAGE_ROWS) -> None:
        self._page_rows = page_rows
        self._pages: list[_Page] = []
        self._cut = 0
        """Rows of the first page that were dropped."""
        self._length = 0
        self._warm: dict[_Page, None] = {}

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, index: int) -> Row | None:
        page, place = divmod(index + self._cut, self._page_rows)
        return self._open(self._pages[page])[place]

    def run(self, start: int, stop: int) -> list[Row | None]:
        """The rows from `start` up to `stop`; reading them all leaves no page warm."""
        found: list[Row | None] = []
        start, stop = start + self._cut, stop + self._cut
        while start < stop:
            page, place = divmod(start, self._page_rows)
            rows = self._pages[page].peeked()[place : place + stop - start]
            found += rows
            start += len(rows)
        return found

    def __setitem__(self, index: int, row: Row | None) -> None:
        page, place = divmod(index + self._cut, self._page_rows)
        self._open(self._pages[page])[place] = row
        self._pages[page].packed = None

    def extend(self, rows: Iterable[Row]) -> None:
        """Add rows at the end."""
        coming: Iterator[Row] = iter(rows)
        while True:
            room = -(self._cut + self._length) % self._page_rows
            some = list(islice(coming, room or self._page_rows))
            if not some:
                return
            if not room:
                self._pages.append(_Page())
            page = self._pages[-1]
            self._open(page).extend(some)
            page.packed = None
            self._length += len(some)

    def drop_first(self, count: int) -> None:
        """Forget rows at the start."""
        self._length -= count
        gone, self._cut = divmod(self._cut + count, self._page_rows)
        self._forget(self._pages[:gone])
        del self._pages[:gone]

    def drop_last(self, count: int) -> None:
        """Forget rows at the end."""
        self._length -= count
        kept, rest = divmod(self._cut + self._length, self._page_rows)
        if rest:
            del self._open(self._pages[kept])[rest:]
            self._pages[kept].packed = None
            kept += 1
        self._forget(self._pages[kept:])
        del self._pages[kept:]

    def _open(self, page: "_Page") -> list[Row | None]:
        if page not in self._warm:
            if len(self._warm) >= WARM_PAGES:
                coldest = next(iter(self._warm))
                del self._warm[coldest]
                coldest.pack()
            self._warm[page] = None
        elif page is not self._pages[-1]:
            self._warm[page] = self._warm.pop(page)
        return page.unpacked()

    def _forget(self, pages: Iterable["_Page"]) -> None:
        for page in pages:
            self._warm.pop(page, None)


class _Page:
    """Rows that are packed together."""

    __slots__ = ("_rows", "packed")

    def __init__(self) -> None:
        self._rows: list[Row | None] | None = []
        self.packed: bytes | None = None
        """The rows as bytes; None when they have changed since."""

    def unpacked(self) -> list[Row | None]:
        """The rows, ready to read and to change."""
        if self._rows is None:
            self._rows = self.peeked()
        return self._rows

    def peeked(self) -> list[Row | None]:
        """The rows to read once."""
        if self._rows is not None:
            return self._rows
        return list(map(_row, loads(self.packed or b"")))  # noqa: S302 - our own bytes

    def pack(self) -> None:
        """Keep the rows as bytes alone; a page with something no bytes can hold stays open."""
        if self._rows is not None and self.packed is None:
            try:
                self.packed = dumps([_values(row) for row in self._rows])
            except ValueError:
                return
        self._rows = None


def _values(row: Row | None) -> tuple[object, ...] | None:
    return None if row is None else (*row[:_SOURCE], tuple(map(tuple, row.source)))


def _row(values: tuple[Any, ...] | None) -> Row | None:
    if values is None:
        return None
    *own, source = values
    own.append(tuple(map(_address, source)))
    return _make(own)
