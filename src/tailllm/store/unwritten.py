"""Scores that wait for a question before they go into the ledger: writing has a fixed cost."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tailllm.store.ledger import Ledger

MOST = 20_000
"""Scores that wait."""
_WRITE = """
    UPDATE calls SET novelty = found.novelty
    FROM (SELECT unnest(?::BIGINT[]) AS seq, unnest(?::DOUBLE[]) AS novelty) AS found
    WHERE calls.seq = found.seq AND calls.seq BETWEEN ? AND ?"""


class Unwritten:
    """Novelty by the number of the call, known and not in the table yet.

    Args:
        ledger: Whose table; None where no question will be asked.
    """

    def __init__(self, ledger: Ledger | None) -> None:
        self._ledger = ledger
        self._lock = Lock()
        self._scores: dict[int, float] = {}

    def add(self, novelty: Mapping[int, float]) -> None:
        """Keep them until somebody asks, or there are many."""
        if self._ledger is None:
            return
        with self._lock:
            self._scores.update(novelty)
            many = len(self._scores) >= MOST
        if many:
            self.write()

    def write(self) -> None:
        """Put all of them into `calls`; before a question about `novelty`."""
        with self._lock:
            scores, self._scores = self._scores, {}
        if scores and self._ledger is not None:
            seqs = list(scores)
            self._ledger.put(_WRITE, [seqs, list(scores.values()), min(seqs), max(seqs)])
