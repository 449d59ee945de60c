"""What the ledger keeps of a call: numbers, names and an address; no prompt, no answer."""

from collections.abc import Sequence
from math import isfinite

from tailllm.records.row import Row
from tailllm.store.span import time_of

Value = str | int | float | None

CALLS = """
CREATE TABLE calls (
    seq BIGINT, time_s DOUBLE, key VARCHAR, format VARCHAR, status VARCHAR, state VARCHAR,
    latency_ms DOUBLE, ttft_ms DOUBLE, operation_name VARCHAR, provider_name VARCHAR,
    model VARCHAR, prompt_name VARCHAR, prompt_version VARCHAR, finish_reason VARCHAR,
    input_tokens BIGINT, output_tokens BIGINT, cache_read_input_tokens BIGINT,
    reasoning_output_tokens BIGINT, cost DOUBLE, error_type VARCHAR, http_status BIGINT,
    trace_id VARCHAR, conversation_id VARCHAR, user_id VARCHAR, tool_calls BIGINT,
    failed BOOLEAN, file VARCHAR, byte_offset BIGINT, byte_length BIGINT
)"""
EVALUATIONS = """
CREATE TABLE evaluations (seq BIGINT, time_s DOUBLE, name VARCHAR, outcome VARCHAR)"""

_LONGEST = 2**63


def call(seq: int, row: Row) -> tuple[Value, ...]:
    """One row of `calls`, as logged; `cleaned` makes it fit when the database refuses."""
    source = row.source[0] if row.source else (None, None, None)
    return (
        seq,
        time_of(row),
        row.key,
        row.format,
        row.status,
        row.state,
        duration(row.latency_ms),
        duration(row.ttft_ms),
        row.operation_name,
        row.provider_name,
        row.model,
        row.prompt_name,
        row.prompt_version,
        row.finish_reason,
        row.input_tokens,
        row.output_tokens,
        row.cache_read_input_tokens,
        row.reasoning_output_tokens,
        number(row.cost),
        row.error_type,
        row.http_status,
        row.trace_id,
        row.conversation_id,
        row.user_id,
        row.tool_calls,
        bool(row.failed),
        *source,
    )


def evaluations(seq: int, row: Row) -> list[tuple[Value, ...]]:
    """The rows of `evaluations` for one call."""
    at = time_of(row)
    return [(seq, at, name, outcome) for name, outcome in row.verdicts]


def cleaned(values: Sequence[object]) -> tuple[Value, ...]:
    """Values any database takes: what no column can hold is None, broken text is repaired."""
    return tuple(_clean(value) for value in values)


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


def _clean(value: object) -> Value:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, int):
        return value if -_LONGEST <= value < _LONGEST else None
    return number(value)
