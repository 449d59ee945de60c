"""Many calls made ready for the store, here or in another process, so that taking them is cheap."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from tailllm.records.batch import Batch
from tailllm.records.gathered import KIND, PROMPT, Gathered
from tailllm.store.arrow import Packed, coded, codes_of, pack
from tailllm.store.columns import (
    COLUMNS,
    Verdict,
    cleaned,
    columns,
    kind_columns,
    own_columns,
    prompt_columns,
)
from tailllm.store.histogram import buckets_of
from tailllm.store.names import Names
from tailllm.store.span import believable_ends

OWN = tuple((name, kind) for name, kind in COLUMNS if name != "seq")
"""The columns of a bulk; the ledger adds the number of each call."""
_KINDS = dict(OWN)


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
    latencies = _latencies(batch.columns["model"], values["latency_ms"])
    ends = believable_ends(batch.columns["at"], batch.columns["arrived"], values["time_s"])
    return Bulk(len(batch), packed, names.known, verdicts.known, *ends, latencies)


def bulk_of(gathered: Gathered) -> Bulk:
    """The same of calls that were gathered: what many have in common is written once."""
    names: Names[str] = Names()
    verdicts: Names[tuple[Verdict, ...]] = Names()
    arrived = [gathered.arrived] * len(gathered)
    own = own_columns(gathered.own | {"arrived": arrived}, gathered.offsets, gathered.lengths)
    kinds, prompts = _table(KIND, gathered.kinds), _table(PROMPT, gathered.prompts)
    found = {name: _packed(own[name], kind) for name, kind in OWN if name in own}
    found |= _coded(kind_columns(kinds, names, verdicts), gathered.kind)
    found |= _coded(prompt_columns(prompts, names), gathered.prompt)
    found |= _coded({"file": [names.number(gathered.file)]}, [0] * len(gathered))
    packed = [found[name] for name, _ in OWN]
    models: list[Any] = list(map(kinds["model"].__getitem__, gathered.kind))
    ends = believable_ends(gathered.own["at"], arrived, own["time_s"])
    latencies = _latencies(models, own["latency_ms"])
    return Bulk(len(gathered), packed, names.known, verdicts.known, *ends, latencies)


def _table(names: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> dict[str, tuple[Any, ...]]:
    """Values under their names, of each row."""
    found = tuple(zip(*rows, strict=True)) or ((),) * len(names)
    return dict(zip(names, found, strict=True))


def _coded(columns: Mapping[str, Sequence[Any]], codes: Sequence[int]) -> dict[str, Packed]:
    """Columns of which each call has the values under its code."""
    data = codes_of(codes)
    return {
        name: coded(_packed(values, _KINDS[name]), len(values), data)
        for name, values in columns.items()
    }


def _latencies(
    groups: Sequence[Any], values_ms: Sequence[float | None]
) -> dict[Any, dict[int, int]]:
    """For each group, how many calls are in which bucket."""
    found: dict[Any, dict[int, int]] = {}
    for (group, bucket), calls in Counter(zip(groups, buckets_of(values_ms), strict=True)).items():
        if bucket is not None:
            found.setdefault(group, {})[bucket] = calls
    return found


def _packed(values: Sequence[Any], kind: str) -> Packed:
    try:
        return pack(kind, values)
    except (TypeError, ValueError, OverflowError):
        return pack(kind, cleaned(values, kind))
