"""Many older calls made ready for the store somewhere else, so that taking them is cheap."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from tailllm.records.row import Row
from tailllm.store import columns
from tailllm.store.histogram import bucket_of, is_measured
from tailllm.store.span import is_believable, time_of

_Values = msgspec.defstruct("_Values", [(name, Any) for name, _ in columns.COLUMNS], gc=False)
_lines = msgspec.json.Encoder().encode_lines


class Bulk(NamedTuple):
    """What the store must know of some calls; plain values, so that it can cross a pipe.

    The numbers of names are this bulk's own, until the ledger gives them its numbers.
    """

    calls: int
    columns: bytes
    """A JSON object a line for each call, in the order of the calls; `seq` is its place."""
    names: list[str]
    verdicts: list[tuple[columns.Verdict, ...]]
    oldest_at: float | None
    newest_at: float | None
    latencies: dict[str | None, dict[int, int]]
    """For each model, how many calls are in which bucket of `Histogram`."""


def bulk(rows: Sequence[Row]) -> Bulk:
    """Make rows ready."""
    known = columns.Columns()
    values = [_Values(*known.of(place, row)) for place, row in enumerate(rows)]
    times = [time_of(row) for row in rows if is_believable(row)]
    counts = Counter(
        (row.model, bucket_of(row.latency_ms))
        for row in rows
        if row.latency_ms is not None and is_measured(row.latency_ms)
    )
    latencies: dict[str | None, dict[int, int]] = {}
    for (model, bucket), calls in counts.items():
        latencies.setdefault(model, {})[bucket] = calls
    return Bulk(
        len(rows),
        _lines(values),
        known.names.known,
        known.verdicts.known,
        min(times, default=None),
        max(times, default=None),
        latencies,
    )
