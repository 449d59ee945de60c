"""What the ledger keeps of a call: numbers, names and an address; no prompt, no answer."""

from collections.abc import Callable, Mapping, Sequence
from math import isfinite
from typing import Any

from tailllm.records.batch import Batch
from tailllm.store import labels
from tailllm.store.names import Names
from tailllm.store.span import times_of

Value = str | int | float | None
Verdict = tuple[str, str]

CALLS = """
CREATE TABLE calls (
    seq BIGINT, time_s DOUBLE, is_error BOOLEAN, failed BOOLEAN,
    latency_ms DOUBLE, ttft_ms DOUBLE, cost DOUBLE, input_tokens BIGINT, output_tokens BIGINT,
    cache_read_input_tokens INTEGER, reasoning_output_tokens INTEGER, http_status INTEGER,
    tool_calls INTEGER, format INTEGER, status INTEGER, state INTEGER, operation INTEGER,
    provider INTEGER, model INTEGER, prompt_name INTEGER, prompt_version INTEGER, prompt INTEGER,
    finish INTEGER, error INTEGER, host INTEGER, route INTEGER, verdicts INTEGER, file INTEGER,
    byte_offset BIGINT, byte_length INTEGER, user_id VARCHAR, conversation_id VARCHAR,
    key VARCHAR,
    novelty DOUBLE
)"""
"""Names are numbers of `Bulk.names`, sets of verdicts numbers of `Bulk.verdicts`; `novelty` is
null until somebody has scored the call and asks."""

_LARGEST = {"BIGINT": 2**63, "INTEGER": 2**31}
COLUMNS = tuple(
    (column.split()[0], column.split()[-1])
    for column in CALLS[CALLS.index("(") + 1 : -1].split(",")
)
"""Each column and its type."""
NAMED = frozenset(
    {"format", "status", "state", "operation", "provider", "model", "prompt_name"}
    | {"prompt_version", "prompt", "finish", "error", "host", "route", "file"}
)
"""Columns that hold numbers of names."""
_AS_THEY_ARE = (
    *("input_tokens", "output_tokens", "cache_read_input_tokens", "reasoning_output_tokens"),
    *("user_id", "conversation_id", "key"),
)
_NAMED_AS_THEY_ARE = {
    "format": "format",
    "status": "status",
    "state": "state",
    "operation": "operation_name",
    "provider": "provider_name",
    "model": "model",
    "finish": "finish_reason",
    "host": "host",
    "route": "route",
}
Columns = dict[str, Sequence[Any]]


def columns(batch: Batch, names: Names[str], verdicts: Names[tuple[Verdict, ...]]) -> Columns:
    """The values of calls under the names of `CALLS`, but for `seq`.

    Args:
        names: Gets a number for every name.
        verdicts: Gets a number for every set of verdicts.
    """
    known = batch.columns
    return {
        **own_columns(known, batch.offsets, batch.lengths),
        **kind_columns(known, names, verdicts),
        **prompt_columns(known, names),
        "file": names.numbers(batch.files),
    }


def own_columns(
    known: Mapping[str, Sequence[Any]],
    offsets: Sequence[int | None],
    lengths: Sequence[int | None],
) -> Columns:
    """What each call has a value of its own of."""
    return {name: known[name] for name in _AS_THEY_ARE} | {
        "time_s": times_of(known["at"], known["arrived"]),
        "latency_ms": durations(known["latency_ms"]),
        "ttft_ms": durations(known["ttft_ms"]),
        "cost": _numbered(known["cost"]),
        "byte_offset": offsets,
        "byte_length": lengths,
        "novelty": [None] * len(offsets),
    }


def kind_columns(
    known: Mapping[str, Sequence[Any]], names: Names[str], verdicts: Names[tuple[Verdict, ...]]
) -> Columns:
    """What very many calls have in common."""
    found = {name: names.numbers(known[column]) for name, column in _NAMED_AS_THEY_ARE.items()}
    return found | {
        "http_status": known["http_status"],
        "tool_calls": known["tool_calls"],
        "is_error": [status == "error" for status in known["status"]],
        "failed": _labelled(known["verdicts"], _fails),
        "error": names.numbers(_errors(known)),
        "verdicts": verdicts.numbers(known["verdicts"]),
    }


def prompt_columns(known: Mapping[str, Sequence[Any]], names: Names[str]) -> Columns:
    """What a call's prompt settles."""
    prompts = list(zip(known["prompt_name"], known["prompt_version"], strict=True))
    return {
        "prompt_name": names.numbers(known["prompt_name"]),
        "prompt_version": names.numbers(known["prompt_version"]),
        "prompt": names.numbers(_labelled(prompts, lambda both: labels.prompt_of(*both))),
    }


def _errors(known: Mapping[str, Sequence[Any]]) -> list[str | None]:
    types, statuses = known["error_type"], known["status"]
    if "error" not in statuses and types.count(None) == len(types):
        return [None] * len(types)
    told = zip(types, statuses, known["http_status"], strict=True)
    return _labelled(list(told), lambda one: labels.error_of(*one))


def durations(values: Sequence[Any]) -> Sequence[float | None]:
    """Durations somebody could have measured; None for the others."""
    known = [value for value in values if value is not None]
    try:
        if not known or (isfinite(sum(known)) and min(known) >= 0):
            return values
    except (TypeError, OverflowError):
        pass
    return list(map(duration, values))


def duration(value: object) -> float | None:
    """A duration somebody could have measured: finite and not negative."""
    known = number(value)
    return known if known is not None and known >= 0 else None


def _numbered(values: Sequence[Any]) -> Sequence[float | None]:
    return values if values.count(None) == len(values) else list(map(number, values))


def number(value: object) -> float | None:
    """A finite number; None for what cannot be added up."""
    if isinstance(value, (int, float)):
        try:
            value = float(value)
        except OverflowError:
            return None
        return value if isfinite(value) else None
    return None


def cleaned(values: Sequence[Any], kind: str) -> list[Value]:
    """Values a column takes: what it cannot hold is None, broken text is repaired."""
    return [_clean(value, kind) for value in values]


def _fails(verdicts: tuple[Verdict, ...]) -> bool:
    return any(outcome == "failed" for _, outcome in verdicts)


def _labelled(values: Sequence[Any], label: Callable[[Any], Any]) -> list[Any]:
    found = {value: label(value) for value in set(values)}
    return list(map(found.__getitem__, values))


def _clean(value: object, kind: str) -> Value:
    if isinstance(value, str):
        repaired = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return repaired if kind == "VARCHAR" else None
    if isinstance(value, int):
        return value if kind not in _LARGEST or abs(value) < _LARGEST[kind] else None
    return number(value)
