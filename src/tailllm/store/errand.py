"""A question somebody waits for: how far it is, and a way to give it up from another thread."""

from __future__ import annotations

import time
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any

from tailllm.errors import Exit, TailllmError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

AGAIN_S = 0.02


class GivenUpError(TailllmError):
    """Whoever asked no longer waits."""

    exit_code = Exit.UNKNOWN

    def __init__(self) -> None:
        super().__init__("the question was given up", fix="Ask again.")


class Errand:
    """Bind it with `Ledger.on`; then every question of that thread can be given up.

    One thread asks; any thread looks at `share` and calls `give_up`.
    """

    def __init__(self) -> None:
        self.given_up = False
        self._lock = Lock()
        self._cursor: duckdb.DuckDBPyConnection | None = None
        self._done = self._of = 0

    @property
    def share(self) -> float | None:
        """How much of the step under way is done, 0 to 1; None when nobody knows."""
        with self._lock:
            if self._cursor is not None:
                percent = self._cursor.query_progress()
                return None if percent < 0 else min(1.0, percent / 100)
        return self._done / self._of if self._of else None

    def give_up(self) -> None:
        """End it: the database stops at once, a walk over calls at the next one."""
        self.given_up = True
        if self._interrupted():
            Thread(target=self._insist, name="given up", daemon=True).start()

    def step(self, done: int, of: int) -> None:
        """So many of so many calls have been looked at.

        Raises:
            GivenUpError: Nobody waits any more.
        """
        self._done, self._of = done, of
        if self.given_up:
            raise GivenUpError

    def ask(
        self, cursor: duckdb.DuckDBPyConnection, question: str, values: Sequence[object]
    ) -> list[tuple[Any, ...]]:
        """The rows that answer a question in SQL.

        Raises:
            GivenUpError: Nobody waits any more.
        """
        from duckdb import InterruptException

        with self._lock:
            if self.given_up:
                raise GivenUpError
            self._cursor = cursor
        try:
            return cursor.execute(question, list(values)).fetchall()
        except InterruptException:
            raise GivenUpError from None
        finally:
            with self._lock:
                self._cursor = None

    def _insist(self) -> None:
        """A question that is just about to begin does not hear an interruption."""
        while self._interrupted():
            time.sleep(AGAIN_S)

    def _interrupted(self) -> bool:
        with self._lock:
            if self._cursor is None:
                return False
            self._cursor.interrupt()
            return True
