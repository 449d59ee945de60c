"""Every call in columns, for questions about many of them.

The database lives in memory and is a cache of the logs: it can always be rebuilt, touches no
file and opens no socket. It is loaded when the first question or the first few thousand calls
come, because importing it costs more than all the rest of a small command.
"""

from __future__ import annotations

import os
from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING, Any

from tailllm.store import columns

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import duckdb

    from tailllm.records.row import Row
    from tailllm.store.bulk import Bulk


def _adopted(column: tuple[str, str]) -> str:
    """A column of calls that are handed over, under the ledger's own numbers."""
    name = column[0]
    if name == "seq":
        return "highest - seq"
    if name == "verdicts":
        return "verdict_sets[verdicts + 1]"
    return f"names[{name} + 1]" if name in columns.NAMED else name


BATCH_ROWS = 4096
"""Calls that wait before they are loaded unasked: one load has a fixed cost of about 3 ms."""

SETTINGS = (
    # Compressing on the way stalls a load for up to a second (docs/architecture.md).
    "checkpoint_threshold='1TB'",
    "threads=2",
    # A question too big for memory fails; it never writes to a production host's disk.
    "temp_directory=''",
    # Calls made ready by a helper come through memory, under the name of an open file.
    "allowed_directories=['/proc/self/fd/']",
    "autoinstall_known_extensions=false",
    "autoload_known_extensions=false",
    "enable_external_access=false",
    "lock_configuration=true",
)


HANDED_OVER = "/proc/self/fd/"
_KINDS = ", ".join(f"{name}: '{kind}'" for name, kind in columns.COLUMNS)
_ADOPT = f"""
    INSERT INTO calls SELECT {", ".join(map(_adopted, columns.COLUMNS))}
    FROM read_json('{{path}}', columns={{{{{_KINDS}}}}}, format='newline_delimited'),
         (SELECT ?::BIGINT AS highest, ?::INTEGER[] AS names, ?::INTEGER[] AS verdict_sets)"""  # noqa: S608 - our own words


class Ledger:
    """All calls, also those the window has forgotten.

    Args:
        keeps: False where no question will be asked: nothing is kept, no database is loaded.

    One thread writes; any thread asks, on a cursor of its own, and never sees half a change.

    Raises:
        Nothing from `extend` and `replace`: a row no column can hold is repaired or, at the
        very worst, counted in `lost`.
    """

    def __init__(self, *, keeps: bool = True) -> None:
        self._keeps = keeps
        self.lost = 0
        """Calls the database refused even after repair."""
        self.columns = columns.Columns()
        """Names behind the numbers in the table."""
        self._waiting: dict[int, Row] = {}
        self._stale: set[int] = set()
        self._waiting_lock = Lock()
        self._load_lock = Lock()
        self._database: duckdb.DuckDBPyConnection | None = None
        self._closed = False

    @property
    def is_open(self) -> bool:
        """Whether the database has been loaded."""
        return self._database is not None

    def extend(self, numbered: Iterable[tuple[int, Row]]) -> None:
        """Add calls under numbers not used before."""
        if not self._keeps:
            return
        with self._waiting_lock:
            self._waiting.update(numbered)
            full = len(self._waiting) >= BATCH_ROWS
        if full:
            self._load()

    @property
    def adopts(self) -> bool:
        """Whether `adopt` can work here: it hands bytes over without a file on disk."""
        return hasattr(os, "memfd_create") and os.path.isdir(HANDED_OVER)

    def adopt(self, highest: int, ready: Bulk) -> bool:
        """Add calls made ready elsewhere, numbered from `highest` down; False if one is odd."""
        if not self._keeps:
            return True
        from duckdb import Error

        numbers = [self.columns.names.number(name) for name in ready.names]
        verdicts = [self.columns.verdicts.number(one) for one in ready.verdicts]
        if not self.adopts:
            return False
        fd = os.memfd_create("calls")
        try:
            with open(fd, "wb", closefd=False) as file:
                file.write(ready.columns)
            question = _ADOPT.format(path=f"{HANDED_OVER}{fd}")
            with self._load_lock, self._cursor() as cursor:
                cursor.execute(question, [highest, numbers, verdicts])
        except (Error, OSError):
            return False
        finally:
            os.close(fd)
        return True

    def replace(self, seq: int, row: Row | None) -> None:
        """Put what is now known in place of what was; None forgets the call."""
        if not self._keeps:
            return
        with self._waiting_lock:
            # What waits may be loading in another thread, so the old row is always deleted.
            self._stale.add(seq)
            self._waiting.pop(seq, None)
            if row is not None:
                self._waiting[seq] = row

    def ask(self, question: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Rows that answer a question in SQL; keep them few, fetching holds up other threads."""
        self._load()
        with self._cursor() as cursor:
            return cursor.execute(question, list(values)).fetchall()

    def known_names(self) -> list[str]:
        """The names behind the numbers in the table, in their order."""
        self._load()
        return self.columns.names.known

    def known_verdicts(self) -> list[tuple[columns.Verdict, ...]]:
        """The sets of verdicts behind the numbers in the table, in their order."""
        self._load()
        return self.columns.verdicts.known

    def compact(self) -> None:
        """Squeeze what is held to about a third; takes a second per million calls."""
        self._load()
        with self._load_lock, self._cursor() as cursor:
            cursor.execute("CHECKPOINT")

    def close(self) -> None:
        """Give the memory back; who asks later asks an empty ledger."""
        with self._load_lock:
            if self._database is not None:
                self._database.close()
                self._database = None

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        return self._open().cursor()

    def _open(self) -> duckdb.DuckDBPyConnection:
        if self._database is None:
            import duckdb

            database = duckdb.connect(":memory:")
            for setting in SETTINGS:
                database.execute(f"SET {setting}")
            database.execute(columns.CALLS)
            self._database = database
        return self._database

    def _load(self) -> None:
        with self._load_lock:
            with self._waiting_lock:
                rows, stale = self._waiting, self._stale
                self._waiting, self._stale = {}, set()
            self._open()
            if rows or stale:
                self._write(sorted(stale), list(rows.items()))

    def _write(self, stale: list[int], numbered: list[tuple[int, Row]]) -> None:
        """Change what is known at once; when one odd row spoils the batch, repair the batch."""
        calls = [self.columns.of(seq, row) for seq, row in numbered]
        if self._commit(stale, calls):
            return
        if self._commit(stale, [columns.cleaned(call) for call in calls]):
            return
        if len(numbered) <= 1:
            self.lost += len(numbered)
            return
        middle = len(numbered) // 2
        self._write(stale, numbered[:middle])
        self._write([], numbered[middle:])

    def _commit(self, stale: list[int], calls: list[tuple[columns.Value, ...]]) -> bool:
        from duckdb import Error

        with self._cursor() as cursor:
            try:
                cursor.begin()
                _delete(cursor, stale)
                _append(cursor, calls)
                cursor.commit()
            except (Error, ValueError, TypeError, OverflowError):
                with suppress(Error):
                    cursor.rollback()
                return False
        return True


def _delete(cursor: duckdb.DuckDBPyConnection, stale: list[int]) -> None:
    if stale:
        # The bounds let the database skip all it knows to lie elsewhere.
        cursor.execute(
            "DELETE FROM calls WHERE seq BETWEEN ? AND ? AND seq IN (SELECT unnest(?::BIGINT[]))",
            [stale[0], stale[-1], stale],
        )


def _append(cursor: duckdb.DuckDBPyConnection, rows: list[tuple[columns.Value, ...]]) -> None:
    if rows:
        appender = cursor.appender("calls")
        appender.append_rows(rows)
        appender.flush()
