"""A call again from its bytes: the log text stays in the log until somebody looks."""

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from tailllm.dialects import canonical
from tailllm.dialects.assembly import Assembler, Folded
from tailllm.dialects.dialect import Dialect
from tailllm.dialects.documents import record
from tailllm.dialects.reader import Reader
from tailllm.errors import GoneError
from tailllm.feed.intake import Intake
from tailllm.records.line import RawLine
from tailllm.records.part import Part, Reject
from tailllm.records.row import Row
from tailllm.sources.follow import Follower

if TYPE_CHECKING:
    from tailllm.records.call import Call


class Reread:
    """Reads the lines of a row again and makes the whole call of them.

    Args:
        house: Dialects of the config file.
    """

    def __init__(self, follower: Follower, intake: Intake, house: Sequence[Dialect] = ()) -> None:
        self._house = house
        self._follower = follower
        self._intake = intake

    def lines(self, row: Row) -> list[RawLine]:
        """The row's lines, in the order in which they lie in their files."""
        where = sorted(set(row.source))
        return [RawLine(address, record(self._follower.read(address))) for address in where]

    def call(self, row: Row) -> "Call":
        """The whole call, with the verdicts it got when it came."""
        folded = self._folded(row, self.lines(row))
        verdicts = self._intake.own_verdicts(row.key)
        return canonical.call(folded, path=self._follower.path, verdicts=verdicts)

    def _folded(self, row: Row, lines: list[RawLine]) -> Folded:
        # That a stream was cut, only the end of the log told, and no line of the call.
        over = math.inf if row.status == "error" else None
        found = Assembler().add(_parts(lines, self._house, over))
        for folded in found:
            if row.key in folded.keys:
                return folded
        if len(found) == 1 and row.key.startswith("line:"):
            # Beside other calls it had no name of its own, and was named by its line.
            return found[0]
        raise GoneError(
            "the bytes at the call's address hold another call now",
            fix="look for the rotated file and open it beside the log",
        )


def _parts(lines: Iterable[RawLine], house: Sequence[Dialect], now: float | None) -> Iterable[Part]:
    by_file: dict[str, list[RawLine]] = {}
    for line in lines:
        by_file.setdefault(line.address.file, []).append(line)
    for file, run in by_file.items():
        for found in Reader(file, house).again(run, now):
            if not isinstance(found, Reject):
                yield from found
