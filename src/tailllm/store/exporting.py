"""The columns of calls as a CSV or Parquet file, written by the database."""

import os
from collections.abc import Callable
from shutil import copyfileobj
from typing import TYPE_CHECKING, Literal

from tailllm.errors import UsageError
from tailllm.store.sql import HANDED_OVER
from tailllm.store.titles import TITLES
from tailllm.store.where.nodes import EVERYTHING, Condition

if TYPE_CHECKING:
    from tailllm.store.ledger import Ledger

Form = Literal["csv", "parquet"]
_PLAIN = (
    *("http_status", "latency_ms", "ttft_ms", "input_tokens", "output_tokens"),
    *("cache_read_input_tokens", "reasoning_output_tokens", "cost", "tool_calls"),
    *("is_error", "failed", "byte_offset", "byte_length"),
)
_TEXTS = ("key", "user_id", "conversation_id")
_GUARDED = "CASE WHEN regexp_matches({0}, '^[=+@\\t\\r-]') THEN '''' || {0} ELSE {0} END"
"""A spreadsheet would run a cell that begins so."""


def export(
    ledger: "Ledger",
    fd: int,
    form: Form,
    *,
    where: Condition = EVERYTHING,
    path: Callable[[str], str] = str,
    clean: Callable[[str], str] = str,
) -> None:
    """Write calls into an open file, oldest first; no texts, for the ledger holds none.

    Args:
        ledger: Where they are.
        fd: Open for writing.
        form: Of the file; in CSV a cell that a spreadsheet would run gets an apostrophe.
        where: Only these calls.
        path: From a file id to the path it has now.
        clean: Takes secrets out of a name.

    Raises:
        UsageError: This is no host where it can be done.
    """
    if not hasattr(os, "memfd_create") or not os.path.isdir(HANDED_OVER):
        raise UsageError(f"{form} needs a Linux host", fix="Write JSON lines: a .jsonl file.")
    known = ledger.known_names()
    # The database may write to memory alone: not even to a file we opened for it.
    held = os.memfd_create("export")
    names, paths = [clean(name) for name in known], [clean(path(name)) for name in known]
    try:
        ledger.copy_out(_question(form, where, held), [names, paths, *where.values])
        with open(held, "rb", closefd=False) as source, open(fd, "wb", closefd=False) as target:
            copyfileobj(source, target, 1 << 20)
    finally:
        os.close(held)


def _question(form: Form, where: Condition, fd: int) -> str:
    guard = _GUARDED if form == "csv" else "{0}"
    named = [guard.format(f"names[{of} + 1]") + f" AS {name}" for of, name in TITLES.items()]
    texts = [guard.format(name) + f" AS {name}" for name in _TEXTS]
    columns = [texts[0], _WHEN, *named, *texts[1:], *_PLAIN, "paths[file + 1] AS file"]
    shape = "csv, HEADER" if form == "csv" else "parquet"
    return (
        f"COPY (SELECT {', '.join(columns)} FROM calls,"  # noqa: S608 - our own words
        " (SELECT ?::VARCHAR[] AS names, ?::VARCHAR[] AS paths)"
        f" WHERE {where.sql} ORDER BY time_s, seq)"
        f" TO '{HANDED_OVER}{fd}' (FORMAT {shape}, USE_TMP_FILE false)"
    )


_WHEN = "make_timestamp((time_s * 1e6)::BIGINT) AS start_time"
