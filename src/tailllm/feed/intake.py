"""Parts become calls, get their verdicts, and go into the store under one number each."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from tailllm.dialects import canonical
from tailllm.dialects.assembly import Assembler, Folded
from tailllm.feed.portion import Answer
from tailllm.feed.rejects import Rejects
from tailllm.records.part import Part, Reject
from tailllm.records.row import Row
from tailllm.store.store import Store
from tailllm.store.window import Window

if TYPE_CHECKING:
    from tailllm.validators.checks import Checks

REMEMBERED_CALLS = 50_000
"""Calls whose later parts still find their row; the assembler forgets sooner."""

Verdicts = list[dict[str, Any]]


class Intake:
    """The only writer of the store.

    Args:
        checks: The validators, if there are any.
    """

    def __init__(
        self, store: Store, checks: "Checks | None", *, path: Callable[[str], str]
    ) -> None:
        self.rejects = Rejects()
        self._store = store
        self._checks = checks
        self._path = path
        self._assembler = Assembler()
        self._seq_of: dict[int, int] = {}
        self._own: dict[str, Verdicts] = {}

    def take(self, found: Iterable[Row | Part | Reject], *, arrived: float, older: bool) -> int:
        """Put what a batch of lines says into the store.

        Args:
            found: Rows, parts and rejects in reading order; newest first when `older`.
            arrived: Seconds since the epoch at which the batch was read.
            older: Whether these lines come before everything already in the store.

        Returns:
            How many calls were added or changed.
        """
        new: list[tuple[int | None, Row]] = []
        pieces: list[Part] = []
        for one in found:
            if isinstance(one, Row):
                new.append((None, one))
            elif isinstance(one, Reject):
                self.rejects.add(one, older=older)
            elif one.kind == "whole":
                whole = self._assembler.add((one,))
                new += [(folded.slot, self._row(folded, arrived)) for folded in whole]
            else:
                pieces.append(one)
        folds = self._assembler.add(pieces)
        changed = len(new) + len(folds)
        for folded in folds:
            self._drop(folded.absorbed)
            row = self._row(folded, arrived)
            seq = self._seq_of.get(folded.slot)
            if seq is None:
                new.append((folded.slot, row))
            else:
                self._store.replace(seq, row)
        self._add(new, older=older)
        return changed

    def adopt(self, answer: Answer) -> bool:
        """Put what a helper read into the store; False, and nothing done, if it cannot be."""
        if not self._store.adopt(answer.ready, answer.rows):
            return False
        for reject in answer.rejects:
            self.rejects.add(reject, older=True)
        return True

    def adopt_newer(self, answer: Answer) -> bool:
        """The same for calls that come behind all others."""
        if not self._store.adopt_newer(answer.ready, answer.held):
            return False
        for reject in answer.rejects:
            self.rejects.add(reject)
        return True

    @property
    def window(self) -> Window:
        """The recent calls."""
        return self._store.window

    @property
    def is_full(self) -> bool:
        """Whether the window keeps no older call."""
        return self._store.window.is_full

    def wants_rows(self) -> bool:
        """Whether what helpers read must come as rows too."""
        return not self.is_full

    def own_verdicts(self, key: str) -> Verdicts:
        """Our validators' verdicts on a call, with their reasons, as they were when it came."""
        return self._own.get(key, [])

    def _row(self, folded: Folded, arrived: float) -> Row:
        verdicts = self._judge(folded)
        row = canonical.row(folded, arrived=arrived, verdicts=verdicts)
        if verdicts:
            self._own[row.key] = verdicts
            _forget_oldest(self._own)
        return row

    def _judge(self, folded: Folded) -> Verdicts:
        if self._checks is None or folded.fields.get("state") != "done":
            return []

        def whole() -> dict[str, Any]:
            return canonical.call(folded, path=self._path).model_dump(mode="json")

        return self._checks.run(folded.fields, whole)

    def _add(self, new: Sequence[tuple[int | None, Row]], *, older: bool) -> None:
        rows = [row for _, row in new]
        seqs = self._store.prepend(rows) if older else self._store.extend(rows)
        for (slot, _), seq in zip(new, seqs, strict=False):
            if slot is not None:
                self._seq_of[slot] = seq
        _forget_oldest(self._seq_of)

    def _drop(self, slots: Iterable[int]) -> None:
        for slot in slots:
            seq = self._seq_of.pop(slot, None)
            if seq is not None:
                self._store.replace(seq, None)


def _forget_oldest(memory: dict[Any, Any]) -> None:
    while len(memory) > REMEMBERED_CALLS:
        del memory[next(iter(memory))]
