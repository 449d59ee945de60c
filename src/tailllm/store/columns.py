"""What the ledger keeps of a call: numbers, names and an address; no prompt, no answer."""

from collections.abc import Sequence
from math import isfinite

from tailllm.records.row import Row
from tailllm.store import labels
from tailllm.store.names import Names
from tailllm.store.span import time_of

Value = str | int | float | None
Verdict = tuple[str, str]

CALLS = """
CREATE TABLE calls (
    seq BIGINT, time_s DOUBLE, is_error BOOLEAN, failed BOOLEAN,
    latency_ms DOUBLE, ttft_ms DOUBLE, cost DOUBLE, input_tokens BIGINT, output_tokens BIGINT,
    cache_read_input_tokens INTEGER, reasoning_output_tokens INTEGER, http_status INTEGER,
    tool_calls INTEGER, format INTEGER, status INTEGER, state INTEGER, operation INTEGER,
    provider INTEGER, model INTEGER, prompt_name INTEGER, prompt_version INTEGER, prompt INTEGER,
    finish INTEGER, error INTEGER, verdicts INTEGER, file INTEGER, byte_offset BIGINT,
    byte_length INTEGER, user_id VARCHAR, conversation_id VARCHAR, key VARCHAR
)"""
"""Names are numbers of `Columns.names`, sets of verdicts numbers of `Columns.verdicts`."""

_LARGEST = {"BIGINT": 2**63, "INTEGER": 2**31}
COLUMNS = tuple(
    (column.split()[0], column.split()[-1])
    for column in CALLS[CALLS.index("(") + 1 : -1].split(",")
)
"""Each column and its type."""
NAMED = frozenset(
    {"format", "status", "state", "operation", "provider", "model", "prompt_name"}
    | {"prompt_version", "prompt", "finish", "error", "file"}
)
"""Columns that hold numbers of names."""


class Columns:
    """Turns rows into columns, and remembers which number stands for which name."""

    def __init__(self) -> None:
        self.names: Names[str] = Names()
        self.verdicts: Names[tuple[Verdict, ...]] = Names()

    def of(self, seq: int, row: Row) -> tuple[Value, ...]:
        """The values of one call, in the order of `CALLS`."""
        name = self.names.number
        file, offset, length = row.source[0] if row.source else (None, None, None)
        return (
            seq,
            time_of(row),
            row.status == "error",
            bool(row.failed),
            duration(row.latency_ms),
            duration(row.ttft_ms),
            number(row.cost),
            row.input_tokens,
            row.output_tokens,
            row.cache_read_input_tokens,
            row.reasoning_output_tokens,
            row.http_status,
            row.tool_calls,
            name(row.format),
            name(row.status),
            name(row.state),
            name(row.operation_name),
            name(row.provider_name),
            name(row.model),
            name(row.prompt_name),
            name(row.prompt_version),
            name(labels.prompt(row)),
            name(row.finish_reason),
            name(labels.error(row)),
            self.verdicts.number(row.verdicts),
            name(file),
            offset,
            length,
            row.user_id,
            row.conversation_id,
            row.key,
        )


def cleaned(values: Sequence[object]) -> tuple[Value, ...]:
    """Values the table takes: what no column can hold is None, broken text is repaired."""
    return tuple(_clean(value, kind) for value, (_, kind) in zip(values, COLUMNS, strict=True))


def number(value: object) -> float | None:
    """A finite number; None for what cannot be added up."""
    if isinstance(value, (int, float)):
        try:
            value = float(value)
        except OverflowError:
            return None
        return value if isfinite(value) else None
    return None


def duration(value: object) -> float | None:
    """A duration somebody could have measured: finite and not negative."""
    known = number(value)
    return known if known is not None and known >= 0 else None


def _clean(value: object, kind: str) -> Value:
    if isinstance(value, str):
        repaired = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return repaired if kind == "VARCHAR" else None
    if isinstance(value, int):
        return value if kind not in _LARGEST or abs(value) < _LARGEST[kind] else None
    return number(value)
