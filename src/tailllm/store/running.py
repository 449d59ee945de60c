"""The numbers of a stretch of time, kept up instead of counted again.

What comes is added, what leaves is taken back, and a call that is replaced is taken back before
it is deleted and added again as it is then. So a tick costs what has changed since the last one
and not what the stretch holds.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from tailllm.store.histogram import BUCKETS, LOWEST_MS, PER_DOUBLING, bucket_of
from tailllm.store.sums import Cells, Counted, Sum

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

FEW_CALLS = 3_000
"""Calls that Python counts one by one; for more the database does it, and takes longer to begin."""
STEP = 500_000
MOST_NAMES = 200
"""Groups whose numbers are kept; with more of them each question is asked of the database."""

GROUPED = ("model", "prompt")
Groups = dict[int | None, Sum]

_CALLS = f"""
    SELECT {{sign}} AS sign, {", ".join(GROUPED)}, verdicts, is_error, failed, input_tokens,
           output_tokens, cost, latency_ms, ttft_ms, time_s
    FROM calls WHERE {{which}}"""  # noqa: S608 - here and below: our own words
_SEEN = "seq >= ? AND seq < ?"
_INSIDE = "time_s >= ? AND time_s <= ?"
_AMONG = "seq BETWEEN ? AND ? AND seq IN (SELECT unnest(?::BIGINT[]))"
_BUCKET = (
    f"CASE WHEN {{0}} IS NOT NULL THEN CASE WHEN {{0}} <= {LOWEST_MS} THEN 0 ELSE"
    f" least({BUCKETS - 1}, floor(log2({{0}} / {LOWEST_MS}) * {PER_DOUBLING}))::INTEGER END END"
)
_COUNTS = f"""
    SELECT {", ".join(GROUPED)}, verdicts, is_error, failed, count(*),
           coalesce(sum(input_tokens), 0), count(input_tokens),
           coalesce(sum(output_tokens), 0), count(output_tokens),
           coalesce(sum(cost), 0), count(cost)
    FROM calls WHERE {_SEEN} AND {_INSIDE} GROUP BY ALL"""  # noqa: S608
_BUCKETS = f"""
    SELECT {", ".join(GROUPED)}, {_BUCKET}, count(*)
    FROM calls WHERE {_SEEN} AND {_INSIDE} AND {{0}} IS NOT NULL GROUP BY ALL"""  # noqa: S608
_CELLS = f"""
    SELECT floor((time_s - ?) / ?)::BIGINT, {_BUCKET.format("latency_ms")}, count(*),
           count(*) FILTER (failed OR is_error)
    FROM calls WHERE {_SEEN} AND {_INSIDE} GROUP BY ALL"""  # noqa: S608


class _Call(NamedTuple):
    """What is counted of a call; `sign` is -1 where it is taken back."""

    sign: int
    model: int | None
    prompt: int | None
    verdicts: int | None
    is_error: bool
    failed: bool
    given: int | None
    made: int | None
    cost: float | None
    latency: float | None
    ttft: float | None
    at: float


class Running:
    """Counts of the calls of a stretch; whoever writes or asks holds the ledger's lock.

    Args:
        start, end: The stretch, both included; `start` may move on.
        cells: For the picture over time.
        step: Calls that are counted at once: nothing is loaded meanwhile.
    """

    def __init__(self, start: float, end: float, cells: Cells, *, step: int = STEP) -> None:
        self._step = step
        self.start, self.end = start, end
        self.total = Sum()
        self.groups: dict[str, Groups | None] = {name: {} for name in GROUPED}
        """By the numbers of names; None where there are too many."""
        self.cells = cells
        self._low = self._high = 0
        self._again: set[int] = set()
        """Calls between those bounds that are not counted just now."""

    def begin(self, held: range) -> None:
        """Count all calls held, the newest first."""
        self._low = self._high = held.stop

    def forget(self, cursor: duckdb.DuckDBPyConnection, stale: Sequence[int]) -> None:
        """Take calls back that are about to be deleted; if they come again, they count again."""
        counted = [seq for seq in stale if self._low <= seq < self._high and seq not in self._again]
        if counted:
            self._walk(cursor, [_among(-1, counted, self.start, self.end)])
            self._again.update(counted)

    def keep_up(self, cursor: duckdb.DuckDBPyConnection, held: range, start: float) -> bool:
        """Count what has come and what has left, at most a step.

        Args:
            held: The numbers of all calls in the table.
            start: Where the stretch begins now.

        Returns:
            Whether nothing is left to count.
        """
        parts = []
        if self._again:
            self._walk(cursor, [_among(1, sorted(self._again), self.start, self.end)])
            self._again.clear()
        if start > self.start:
            inside = f"{_SEEN} AND time_s >= ? AND time_s < ?"
            parts.append((-1, inside, (self._low, self._high, self.start, start)))
            self.start = start
        if self._high < held.stop:
            more = range(self._high, min(held.stop, self._high + self._step))
            self._high = more.stop
        else:
            more = range(max(held.start, self._low - self._step), self._low)
            self._low = more.start
        bounds = (more.start, more.stop, self.start, self.end)
        if len(more) > min(FEW_CALLS, self._step // 2):
            self._count_many(cursor, bounds)
        elif more:
            parts.append((1, f"{_SEEN} AND {_INSIDE}", bounds))
        if parts:
            self._walk(cursor, parts)
        self.cells.unite()
        return self._low <= held.start and self._high >= held.stop

    def _walk(
        self,
        cursor: duckdb.DuckDBPyConnection,
        parts: Sequence[tuple[int, str, tuple[object, ...]]],
    ) -> None:
        """Add calls one by one."""
        sql = " UNION ALL ".join(_CALLS.format(sign=sign, which=which) for sign, which, _ in parts)
        values = list(chain.from_iterable(some for _, _, some in parts))
        for row in cursor.execute(sql, values).fetchall():
            self._count_one(_Call(*row))

    def _count_one(self, call: _Call) -> None:
        sign, is_bad = call.sign, call.failed or call.is_error
        sums = [sign * part for one in (call.given, call.made, call.cost) for part in _known(one)]
        some = Counted(call.verdicts, call.is_error, call.failed, sign, *sums)
        slow = None if call.latency is None else bucket_of(call.latency)
        begun = None if call.ttft is None else bucket_of(call.ttft)
        for one in self._sums(call.model, call.prompt):
            one.count(some)
            if slow is not None:
                one.latency.count(slow, sign)
            if begun is not None:
                one.ttft.count(begun, sign)
        self.cells.count(self.cells.place(call.at), slow, sign, sign if is_bad else 0)

    def _count_many(self, cursor: duckdb.DuckDBPyConnection, bounds: tuple[object, ...]) -> None:
        """Add calls that the database has counted."""
        for model, prompt, *counted in cursor.execute(_COUNTS, bounds).fetchall():
            for one in self._sums(model, prompt):
                one.count(Counted(*counted))
        for name in ("latency_ms", "ttft_ms"):
            rows = cursor.execute(_BUCKETS.format(name), bounds).fetchall()
            for model, prompt, bucket, calls in rows:
                for one in self._sums(model, prompt):
                    histogram = one.latency if name == "latency_ms" else one.ttft
                    histogram.count(bucket, calls)
        grid = (self.cells.start, self.cells.width_s)
        for cell, bucket, calls, bad in cursor.execute(_CELLS, (*grid, *bounds)).fetchall():
            self.cells.count(cell, bucket, calls, bad)

    def _sums(self, *numbers: int | None) -> list[Sum]:
        """Everywhere a call counts."""
        found = [self.total]
        for field, number in zip(GROUPED, numbers, strict=True):
            known = self.groups[field]
            if known is None:
                continue
            one = known.get(number)
            if one is None:
                if len(known) >= MOST_NAMES:
                    self.groups[field] = None
                    continue
                one = known[number] = Sum()
            found.append(one)
        return found


def _among(
    sign: int, seqs: Sequence[int], start: float, end: float
) -> tuple[int, str, tuple[object, ...]]:
    values: tuple[Any, ...] = (min(seqs), max(seqs), list(seqs), start, end)
    return sign, f"{_AMONG} AND {_INSIDE}", values


def _known(value: Any) -> tuple[Any, int]:
    return (0, 0) if value is None else (value, 1)
