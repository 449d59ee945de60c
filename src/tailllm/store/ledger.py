"""Every call in columns, for questions about many of them.

The database lives in memory and is a cache of the logs: it can always be rebuilt, touches no
file and opens no socket. It is loaded when the first question or the first few thousand calls
come, because importing it costs more than all the rest of a small command.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from threading import Lock, local
from typing import TYPE_CHECKING, Any

from tailllm.records.batch import batch_of
from tailllm.store.columns import COLUMNS, NAMED, Verdict
from tailllm.store.names import Names
from tailllm.store.unwritten import Unwritten
from tailllm.store.waiting import Waiting

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import duckdb

    from tailllm.records.row import Row
    from tailllm.store.bulk import Bulk
    from tailllm.store.errand import Errand
    from tailllm.store.running import Running

LOOSE_ROWS = 250_000
"""Calls that are squeezed to an eighth at once: that takes a fifth of a second, and calls held
loose take 200 MB a million."""

_NAMES = [name for name, _ in COLUMNS]


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
        self.names: Names[str] = Names()
        """Names behind the numbers in the table."""
        self.verdicts: Names[tuple[Verdict, ...]] = Names()
        self._held, self._loose = range(0), 0
        """The numbers of all calls; how many came since the last squeezing."""
        self._running: Running | None = None
        self._waiting = Waiting()
        self.scores = Unwritten(self if keeps else None)
        self._load_lock = Lock()
        self._database: duckdb.DuckDBPyConnection | None = None
        self._watched: list[duckdb.DuckDBPyConnection] = []
        self._waited = local()

    @property
    def is_open(self) -> bool:
        """Whether the database has been loaded."""
        return self._database is not None

    @property
    def waiting(self) -> int:
        """Calls that the next question will load first."""
        return len(self._waiting)

    def extend(self, numbered: Iterable[tuple[int, Row]]) -> None:
        """Add calls under numbers not used before."""
        if self._keeps and self._waiting.add(numbered):
            self._load()

    def adopt(self, numbers: range, ready: Bulk) -> bool:
        """Add calls made ready elsewhere, under these numbers; False if they are odd."""
        if not self._keeps:
            return True
        with self._load_lock:
            names = [self.names.number(name) for name in ready.names]
            verdicts = [self.verdicts.number(one) for one in ready.verdicts]
            return self._commit([], numbers, _renamed(ready, names, verdicts))

    def replace(self, seq: int, row: Row | None) -> None:
        """Put what is now known in place of what was; None forgets the call."""
        if self._keeps:
            self._waiting.replace(seq, row)

    def ask(self, question: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Rows that answer a question in SQL; keep them few, fetching holds up other threads.

        Raises:
            GivenUpError: The errand this thread is `on` was given up.
        """
        self._load()
        errand: Errand | None = getattr(self._waited, "errand", None)
        if errand is None:
            with self._cursor() as cursor:
                return cursor.execute(question, list(values)).fetchall()
        from tailllm.store.database import taken

        with taken(self._watched, self._open()) as cursor:
            return errand.ask(cursor, question, values)

    @contextmanager
    def kept_up(self, running: Running, start: float) -> Iterator[None]:
        """Counts that hold from `start` on, and nothing is loaded meanwhile.

        Args:
            running: From now on told of every change, in place of the one before.
        """
        while True:
            with self._load_lock:
                self._load_waiting()
                if self._running is not running:
                    self._running = running
                    running.begin(self._held)
                with self._cursor() as cursor:
                    if running.keep_up(cursor, self._held, start):
                        yield
                        return

    @contextmanager
    def on(self, errand: Errand) -> Iterator[None]:
        """What this thread asks meanwhile can be watched and given up."""
        self._waited.errand = errand
        try:
            yield
        finally:
            self._waited.errand = None

    def known_names(self) -> list[str]:
        """The names behind the numbers in the table, in their order."""
        self._load()
        return self.names.known

    def known_verdicts(self) -> list[tuple[Verdict, ...]]:
        """The sets of verdicts behind the numbers in the table, in their order."""
        self._load()
        return self.verdicts.known

    def copy_out(self, question: str, values: Sequence[object]) -> None:
        """Run a COPY to an open file of this process; the database can reach no others."""
        self._load()
        self.scores.write()
        with self._cursor() as cursor:
            cursor.execute(question, list(values))

    def put(self, change: str, values: Sequence[object]) -> None:
        """Run a statement that changes the calls held."""
        self._load()
        with self._load_lock, self._cursor() as cursor:
            cursor.execute(change, list(values))

    def compact(self) -> None:
        """Squeeze what is held to about a third; takes a second per million calls."""
        self.put("CHECKPOINT", ())

    def close(self) -> None:
        """Give the memory back; who asks later asks an empty ledger."""
        with self._load_lock:
            if self._database is not None:
                from tailllm.store.database import shut

                shut([*self._watched, self._database])
                self._database, self._watched = None, []

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        return self._open().cursor()

    def _open(self) -> duckdb.DuckDBPyConnection:
        if self._database is None:
            from tailllm.store.database import opened

            self._database, self._watched = opened()
        return self._database

    def _load(self) -> None:
        with self._load_lock:
            self._load_waiting()

    def _load_waiting(self) -> None:
        stale, rows = self._waiting.take()
        self._open()
        if rows or stale:
            self._write(stale, list(rows.items()))

    def _write(self, stale: list[int], numbered: list[tuple[int, Row]]) -> None:
        """Change what is known at once; when one odd row spoils the batch, do without it."""
        from tailllm.store.bulk import bulk

        ready = bulk(batch_of([row for _, row in numbered]), self.names, self.verdicts)
        if self._commit(stale, [seq for seq, _ in numbered], ready):
            return
        if len(numbered) <= 1:
            self.lost += len(numbered)
            return
        middle = len(numbered) // 2
        self._write(stale, numbered[:middle])
        self._write([], numbered[middle:])

    def _commit(self, stale: list[int], seqs: Sequence[int], ready: Bulk) -> bool:
        from duckdb import Error

        with self._cursor() as cursor:
            try:
                cursor.begin()
                if stale and self._running is not None:
                    self._running.forget(cursor, stale)
                _delete(cursor, stale)
                _insert(cursor, seqs, ready)
                cursor.commit()
            except (Error, ValueError, TypeError, OverflowError):
                with suppress(Error):
                    cursor.rollback()
                return False
            self._held = _with(self._held, seqs)
            self._squeeze(cursor, ready.calls)
        return True

    def _squeeze(self, cursor: duckdb.DuckDBPyConnection, more: int) -> None:
        from duckdb import Error

        self._loose += more
        if self._loose >= LOOSE_ROWS:
            self._loose = 0
            with suppress(Error):  # somebody asks just now: the next time, then
                cursor.execute("CHECKPOINT")


def _renamed(ready: Bulk, names: list[int], verdicts: list[int]) -> Bulk:
    """The same under other numbers of names and of sets of verdicts."""
    from tailllm.store.arrow import renumbered

    numbers = dict.fromkeys(NAMED, names) | {"verdicts": verdicts}
    columns = zip(_NAMES[1:], ready.columns, strict=True)
    return ready._replace(
        columns=[
            renumbered(one, numbers[name]) if name in numbers else one for name, one in columns
        ]
    )


def _with(held: range, seqs: Sequence[int]) -> range:
    """The numbers from the lowest to the highest."""
    if not seqs:
        return held
    ends = (seqs[0], seqs[-1]) if isinstance(seqs, range) else seqs
    low, high = min(ends), max(ends) + 1
    return range(min(low, held.start), max(high, held.stop)) if held else range(low, high)


def _insert(cursor: duckdb.DuckDBPyConnection, seqs: Sequence[int], ready: Bulk) -> None:
    from tailllm.store.arrow import Table, pack

    if ready.calls:
        packed = [pack("BIGINT", seqs), *ready.columns]
        cursor.register("coming", Table(_NAMES, packed, ready.calls))
        try:
            cursor.execute("INSERT INTO calls FROM coming")
        finally:
            cursor.unregister("coming")


def _delete(cursor: duckdb.DuckDBPyConnection, stale: list[int]) -> None:
    if stale:
        # The bounds let the database skip all it knows to lie elsewhere.
        cursor.execute(
            "DELETE FROM calls WHERE seq BETWEEN ? AND ? AND seq IN (SELECT unnest(?::BIGINT[]))",
            [stale[0], stale[-1], stale],
        )
