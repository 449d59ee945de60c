"""Steps from one call to another: failing, slow, marked, of the same conversation, any."""

from collections.abc import Callable
from typing import Any

from tailllm.records.row import Row
from tailllm.store.window import Window

Seek = Callable[[str, int, int], int | None]
"""(kind, direction, from seq) -> the next call's seq, or None when there is none.

Kinds: bad, slow, same, marked, any. Direction: 1 is newer, -1 is older.
"""


def seek_in(window: Window, store: Any, keeper: Any) -> Seek:
    """A seek over every call held, whatever the live screen filters."""

    def fits(kind: str, row: Row, start: Row | None) -> bool:
        if kind == "marked":
            return row.key in keeper.marked
        if kind == "slow":
            return _slow(row, store)
        if kind == "same":
            return start is not None and _same(row, start)
        return kind == "any" or row.is_bad

    def seek(kind: str, direction: int, seq: int) -> int | None:
        start = window.at(seq)
        end = window.end if direction > 0 else window.first - 1
        for found in range(seq + direction, end, direction):
            row = window.at(found)
            if row is not None and fits(kind, row, start):
                return found
        return None

    return seek


def _slow(row: Row, store: Any) -> bool:
    over = store.slow_over(row)
    return over is not None and row.latency_ms is not None and row.latency_ms > over


def _same(row: Row, start: Row) -> bool:
    if start.conversation_id:
        return row.conversation_id == start.conversation_id
    return bool(start.trace_id) and row.trace_id == start.trace_id
