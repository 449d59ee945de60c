"""A past log played as if live: its own lines, in the order and at the pace of their calls."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from tailllm.errors import GoneError
from tailllm.records.line import RawLine
from tailllm.records.row import Row

LONGEST_PAUSE_S = 5.0
"""Of the watcher's time: a quiet night is passed over."""


class Due(NamedTuple):
    """A line, and when to write it."""

    at_s: float
    """Seconds of the watcher's time after the start."""
    text: bytes
    """The exact bytes, newline not counted."""


def lines(
    rows: Iterable[Row],
    read: Callable[[Row], list[RawLine]],
    *,
    speed: float,
    start: float | None = None,
    longest_pause_s: float = LONGEST_PAUSE_S,
) -> Iterator[Due]:
    """The lines of calls when they are due.

    A call's lines come when it ended, as a service writes them; a line that holds several
    calls comes once, with the first. Lines that are no call are left out.

    Args:
        rows: The calls, in any order.
        read: From a row to its lines.
        speed: How many seconds of the log pass in one.
        start: Calls that ended before are all due at once, so that the picture is whole.
        longest_pause_s: Of the watcher's time.
    """
    written: set[tuple[str, int]] = set()
    begun: float | None = None
    shift = 0.0
    last = 0.0
    for row in sorted(rows, key=_end):
        if begun is None:
            begun = _end(row) if start is None else max(start, _end(row))
        due = max(0.0, (_end(row) - begun) / speed - shift)
        if due - last > longest_pause_s:
            shift += due - last - longest_pause_s
            due = last + longest_pause_s
        last = max(last, due)
        yield from (Due(due, text) for text in _unwritten(row, read, written))


def _unwritten(
    row: Row, read: Callable[[Row], list[RawLine]], written: set[tuple[str, int]]
) -> Iterator[bytes]:
    try:
        found = read(row)
    except GoneError:
        return
    for line in found:
        place = line.address.file, line.address.offset
        if place not in written:
            written.add(place)
            yield line.text


def _end(row: Row) -> float:
    return row.at + (row.latency_ms or 0.0) / 1e3
