"""The database of the ledger: in memory, and shut off from files, sockets and extensions."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import duckdb

from tailllm.store.columns import CALLS

SETTINGS = (
    # Compressing whenever the database likes stalls a load for up to a second.
    "checkpoint_threshold='1TB'",
    "threads=2",
    # A question too big for memory fails; it never writes to a production host's disk.
    "temp_directory=''",
    # Calls are handed to other processes through memory, under the name of an open file.
    "allowed_directories=['/proc/self/fd/']",
    "autoinstall_known_extensions=false",
    "autoload_known_extensions=false",
    "enable_external_access=false",
)
WATCHED = (
    "enable_progress_bar=true",
    "enable_progress_bar_print=false",
    "progress_bar_time=0",
)
"""Of the cursors for questions that somebody waits for: they count how far they are."""
MOST_WATCHED = 2
LOCKED = "lock_configuration=true"


def opened() -> tuple[duckdb.DuckDBPyConnection, list[duckdb.DuckDBPyConnection]]:
    """An empty table of calls, and cursors that can be watched while they ask."""
    database = duckdb.connect(":memory:")
    for setting in SETTINGS:
        database.execute(f"SET {setting}")
    database.execute(CALLS)
    watched = [database.cursor() for _ in range(MOST_WATCHED)]
    for cursor in watched:
        for setting in WATCHED:
            cursor.execute(f"SET {setting}")
    database.execute(f"SET {LOCKED}")
    return database, watched


@contextmanager
def taken(
    watched: list[duckdb.DuckDBPyConnection], database: duckdb.DuckDBPyConnection
) -> Iterator[duckdb.DuckDBPyConnection]:
    """One of the watched cursors for a while; a plain one when all of them are taken."""
    try:
        cursor = watched.pop()
    except IndexError:
        with database.cursor() as plain:
            yield plain
        return
    try:
        yield cursor
    finally:
        watched.append(cursor)


def shut(connections: list[duckdb.DuckDBPyConnection]) -> None:
    """Close them; one that is asked just now goes with the process."""
    for one in connections:
        with suppress(duckdb.Error):
            one.close()
