"""`python -m tailllm.store.sql_child`: answers one question in SQL, locked in.

The order matters: load, lock the database, give up files and memory, start the clock, and only
then look at what was typed.
"""

import json
import re
import resource
import signal
import sys
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from math import isfinite
from typing import Any

import duckdb

from tailllm.store.titles import TITLES

HEADROOM_BYTES = 256 << 20
"""Over the database's own limit, for Python and the answer."""
CELL_CHARACTERS = 1_000_000

_LOAD = """
    CREATE TABLE calls AS SELECT
        seq AS call, key, make_timestamp((time_s * 1e6)::BIGINT) AS start_time,
        {names}, http_status, latency_ms, ttft_ms, input_tokens, output_tokens,
        cache_read_input_tokens, reasoning_output_tokens, cost, tool_calls, user_id,
        conversation_id, is_error, failed, (SELECT paths FROM given)[file + 1] AS file,
        byte_offset, byte_length, novelty, verdicts
    FROM read_parquet('/proc/self/fd/{fd}')"""
_EVALUATIONS = """
    CREATE TABLE evaluations AS SELECT call, key, name, outcome,
        CASE outcome WHEN 'passed' THEN true WHEN 'failed' THEN false END AS passed
    FROM calls JOIN judged USING (verdicts)"""
_LOCKS = (
    "memory_limit='{memory}B'",
    "threads=2",
    "temp_directory=''",
    "python_enable_replacements=false",
    "autoinstall_known_extensions=false",
    "autoload_known_extensions=false",
    "allow_community_extensions=false",
    "enable_external_access=false",
    "lock_configuration=true",
)
Database = duckdb.DuckDBPyConnection


def main() -> None:
    """Read what is asked, answer it, leave."""
    asked = json.loads(sys.stdin.buffer.read())
    database = _loaded(asked)
    _lock(database, asked["memory_bytes"])
    _give_up(asked)
    try:
        reply = _answer(database, asked)
    except duckdb.Error as error:
        reply = _told(str(error), asked["question"])
    except (MemoryError, RecursionError):
        reply = {"error": "Out of Memory"}
    sys.stdout.buffer.write(json.dumps(reply).encode("utf-8", "backslashreplace"))
    sys.stdout.flush()


def _loaded(asked: dict[str, Any]) -> Database:
    database = duckdb.connect(":memory:")
    database.execute("SET checkpoint_threshold='1TB'")
    database.execute(
        "CREATE TABLE given AS SELECT ?::VARCHAR[] AS names, ?::VARCHAR[] AS paths",
        [asked["names"], asked["paths"]],
    )
    named = (f"(SELECT names FROM given)[{of} + 1] AS {name}" for of, name in TITLES.items())  # noqa: S608 - our own words
    names = ", ".join(named)
    database.execute(_LOAD.format(names=names, fd=int(asked["fd"])))
    verdicts = [(n, *one) for n, known in enumerate(asked["verdicts"]) for one in known]
    parts = [list(part) for part in zip(*verdicts, strict=True)] or [[], [], []]
    database.execute(
        "CREATE TABLE judged AS SELECT unnest(?::INTEGER[]) AS verdicts,"
        " unnest(?::VARCHAR[]) AS name, unnest(?::VARCHAR[]) AS outcome",
        parts,
    )
    database.execute(_EVALUATIONS)
    database.execute("ALTER TABLE calls DROP verdicts")
    for table in ("judged", "given"):
        database.execute(f"DROP TABLE {table}")
    return database


def _lock(database: Database, memory_bytes: int) -> None:
    """What is held stays held; the question gets so much over it."""
    memory = _pages(1) + memory_bytes
    for lock in _LOCKS:
        database.execute("SET " + lock.format(memory=memory))


def _pages(place: int) -> int:
    """Bytes of address space (0) or of memory in use (1)."""
    with open("/proc/self/statm", "rb") as file:
        return int(file.read().split()[place]) * resource.getpagesize()


def _give_up(asked: dict[str, Any]) -> None:
    """From here on: no new file, no socket, no larger file, bounded memory and time."""
    memory = _pages(0) + asked["memory_bytes"] + HEADROOM_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    # Nobody handles the alarm, so the system ends the process, whatever it is at.
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, asked["seconds"])


def _answer(database: Database, asked: dict[str, Any]) -> dict[str, Any]:
    found = database.extract_statements(asked["question"])
    if len(found) != 1 or found[0].type != duckdb.StatementType.SELECT:
        kinds = ", ".join(one.type.name for one in found) or "nothing"
        return {
            "error": f"one SELECT is allowed, not {kinds}\nWrite one SELECT; data is read-only."
        }
    database.execute("BEGIN TRANSACTION READ ONLY")
    cursor = database.execute(found[0])
    columns = [one[0] for one in cursor.description or ()]
    rows, size = [], 0
    for row in cursor.fetchmany(asked["rows"] + 1):
        rows.append([_plain(value) for value in row])
        size += sum(len(value) if isinstance(value, str) else 16 for value in rows[-1])
        if size > asked["answer_bytes"]:
            return {"error": "the answer is too large\nSelect fewer columns or rows."}
    return {"columns": columns, "rows": rows[: asked["rows"]], "more": len(rows) > asked["rows"]}


def _plain(value: Any) -> Any:
    """A value JSON can hold, as it would be written by hand."""
    for kind, plain in _PLAIN:
        if isinstance(value, kind):
            return plain(value)
    return str(value)


def _moment(value: datetime) -> str:
    return value.isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


_PLAIN: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
    ((type(None), bool, int), lambda value: value),
    (str, lambda value: value[:CELL_CHARACTERS]),
    (float, lambda value: value if isfinite(value) else str(value)),
    (Decimal, _number),
    (datetime, _moment),
    (bytes, bytes.hex),
    ((list, tuple), lambda value: [_plain(one) for one in value]),
    (dict, lambda value: {str(name): _plain(one) for name, one in value.items()}),
)
"""Kind of value to what is made of it; the first that fits."""


def _told(text: str, question: str) -> dict[str, Any]:
    """The database's words without its drawing of an arrow, and where the arrow points."""
    said, _, drawing = text.partition("\n\nLINE ")
    said = re.sub(r"^\w+(?: \w+)? Error: (?=.)", "", said)
    match = re.match(r"(\d+): (.*)\n( *)\^", drawing)
    at = None
    if match and not match[2].startswith("..."):
        before = question.split("\n")[: int(match[1]) - 1]
        column = len(match[3]) - len(f"LINE {match[1]}: ")
        at = sum(len(row) + 1 for row in before) + max(0, column)
    if "Out of Memory" in text:
        said = "Out of Memory"
    return {"error": said, "at": at}


if __name__ == "__main__":
    main()
