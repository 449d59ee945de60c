"""Where the values of a filter's fields are: in a row, and in the ledger."""

from collections.abc import Callable
from typing import NamedTuple

from tailllm.records.row import Row
from tailllm.store import columns, labels


class Texts(NamedTuple):
    """A field that is text."""

    get: Callable[[Row], str | None]
    column: str | None = None
    """In the ledger; None when it holds no such text."""


class Numbers(NamedTuple):
    """A field that is a number."""

    get: Callable[[Row], float | None]
    sql: str


def tokens(row: Row) -> int | None:
    """Input and output tokens together; None when the log gives neither."""
    known = [n for n in (row.input_tokens, row.output_tokens) if n is not None]
    return sum(known) if known else None


TEXTS: dict[str, Texts] = {
    "model": Texts(lambda row: row.model, "model"),
    "provider": Texts(lambda row: row.provider_name, "provider"),
    "prompt": Texts(labels.prompt, "prompt"),
    "version": Texts(lambda row: row.prompt_version, "prompt_version"),
    "user": Texts(lambda row: row.user_id, "user_id"),
    "route": Texts(lambda row: row.route, "route"),
    "host": Texts(lambda row: row.host, "host"),
    "conversation": Texts(lambda row: row.conversation_id, "conversation_id"),
    "trace": Texts(lambda row: row.trace_id),
    "key": Texts(lambda row: row.key, "key"),
    "file": Texts(lambda row: row.source[0].file if row.source else None, "file"),
    "format": Texts(lambda row: row.format, "format"),
    "operation": Texts(lambda row: row.operation_name, "operation"),
    "finish": Texts(lambda row: row.finish_reason, "finish"),
    "asked": Texts(lambda row: row.preview),
    "reply": Texts(lambda row: row.reply),
}
NUMBERS: dict[str, Numbers] = {
    "latency": Numbers(lambda row: columns.duration(row.latency_ms), "latency_ms"),
    "ttft": Numbers(lambda row: columns.duration(row.ttft_ms), "ttft_ms"),
    "in": Numbers(lambda row: row.input_tokens, "input_tokens"),
    "out": Numbers(lambda row: row.output_tokens, "output_tokens"),
    "tokens": Numbers(
        tokens,
        "CASE WHEN input_tokens IS NOT NULL OR output_tokens IS NOT NULL"
        " THEN coalesce(input_tokens, 0) + coalesce(output_tokens, 0) END",
    ),
    "cached": Numbers(lambda row: row.cache_read_input_tokens, "cache_read_input_tokens"),
    "reasoning": Numbers(lambda row: row.reasoning_output_tokens, "reasoning_output_tokens"),
    "tools": Numbers(lambda row: row.tool_calls, "tool_calls"),
    "http": Numbers(lambda row: row.http_status, "http_status"),
    "cost": Numbers(lambda row: columns.number(row.cost), "cost"),
}
