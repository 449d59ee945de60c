"""Many calls made ready for the store, here or in another process, so that taking them is cheap."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from tailllm.records.batch import Batch
from tailllm.store.arrow import Packed, pack
from tailllm.store.columns import COLUMNS, Verdict, cleaned, columns
from tailllm.store.histogram import buckets_of
from tailllm.store.names import Names
from tailllm.store.span import believable_ends

OWN = tuple((name, kind) for name, kind in COLUMNS if name != "seq")
"""The columns of a bulk; the ledger adds the number of each call."""


class Bulk(NamedTuple):
    """What the store must know of some calls; plain values, so that it can cross a pipe.

    The numbers of names are this bulk's own, until the ledger gives them its numbers.
    """

    calls: int
    columns: list[Packed]
    """As `OWN` says, in the order of the calls."""
    names: list[str]
    verdicts: list[tuple[Verdict, ...]]
    oldest_at: float | None
    newest_at: float | None
    latencies: dict[str | None, dict[int, int]]
    """For each model, how many calls are in which bucket of `Histogram`."""


def bulk(
    batch: Batch,
    names: Names[str] | None = None,
    verdicts: Names[tuple[Verdict, ...]] | None = None,
) -> Bulk:
    """Make calls ready. What no column can hold is left out, and the call is kept.

    Args:
        names: The numbers to use; new ones if left out.
        verdicts: The same for sets of verdicts.
    """
    names = Names() if names is None else names
    verdicts = Names() if verdicts is None else verdicts
    values = columns(batch, names, verdicts)
    packed = [_packed(values[name], kind) for name, kind in OWN]
    latencies: dict[str | None, dict[int, int]] = {}
    models, measured = batch.columns["model"], values["latency_ms"]
    for (model, bucket), calls in Counter(zip(models, buckets_of(measured), strict=True)).items():
        if bucket is not None:
            latencies.setdefault(model, {})[bucket] = calls
    ends = believable_ends(batch, values["time_s"])
    return Bulk(len(batch), packed, names.known, verdicts.known, *ends, latencies)


def _packed(values: Sequence[Any], kind: str) -> Packed:
    try:
        return pack(kind, values)
    except (TypeError, ValueError, OverflowError):
        return pack(kind, cleaned(values, kind))
