"""Lines to rows and parts, file by file: keeps one reader a file and counts what came out."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from tailllm.dialects.decode import Decoded, decode
from tailllm.dialects.dialect import Dialect
from tailllm.dialects.reader import Reader
from tailllm.feed.news import FileState
from tailllm.records.line import RawLine, in_columns
from tailllm.records.part import Part, Reject
from tailllm.records.row import Row

Found = Row | Part | Reject
SAMPLE_LINES = 50


@dataclass
class _File:
    """One file's reader and its counts; lines wait until the format is settled."""

    reader: Reader
    parts: int = 0
    others: int = 0
    broken: int = 0
    settled: bool = False
    sample: Sequence[bytes] = ()
    reasons: Counter[str] = field(default_factory=Counter)

    def counted(self, found: Iterable[list[Part] | Reject]) -> Iterator[Part | Reject]:
        """Each part and reject, when it is counted."""
        for one in found:
            if isinstance(one, Reject):
                self.reasons[one.reason] += 1
                self.broken += one.kind == "broken"
                self.others += one.kind == "other"
                yield one
            else:
                self.parts += sum(part.kind in {"whole", "piece"} for part in one)
                yield from one

    def quickly(self, lines: Sequence[RawLine], arrived: float) -> Iterator[Found]:
        """What lines that stand by themselves say, by the short cut where there is one."""
        quick = self.reader.batch(in_columns(lines), arrived)
        rows = iter(quick.batch.rows() if quick else ())
        left = range(len(lines)) if quick is None else set(quick.left)
        for place, line in enumerate(lines):
            if place in left:
                yield from self.counted((self.reader.read(line),))
            else:
                self.parts += 1
                yield next(rows)

    def told(self, path: str) -> FileState:
        """What came out of the file."""
        reader, reasons = self.reader, tuple(self.reasons.most_common())
        return FileState(
            path, reader.title, self.parts, self.others, self.broken, reader.why, reasons
        )


class Decoder:
    """Turns the lines of many files into rows, parts of calls and rejects.

    Args:
        clock: Seconds since the epoch.
        quick: Whether a plain line may become a row without ever being a part: not when
            validators want to see all of it.
        house: Dialects of the config file.
        decode: How a line becomes JSON values.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.time,
        *,
        quick: bool = True,
        house: Sequence[Dialect] = (),
        decode: Callable[[bytes], Decoded] = decode,
    ) -> None:
        self._clock = clock
        self._decode = decode
        self._quick = quick
        self._house = house
        self._files: dict[str, _File] = {}
        self._past_is_read = False

    def settle(self, file: str, sample: Sequence[bytes]) -> Reader:
        """The file's reader, its format decided by `sample` if it was not before."""
        known = self._files.get(file)
        if known is None:
            known = self._files[file] = _File(Reader(file, self._house, decode=self._decode))
        if not known.settled and sample:
            known.reader.settle(sample)
            known.sample = sample
            known.settled = True
        return known.reader

    def decode(self, lines: Sequence[RawLine]) -> Iterable[Found]:
        """What every line of `lines` says, in their order."""
        arrived = self._clock()
        for file, run in _runs(lines):
            self.settle(file, [line.text for line in run[:SAMPLE_LINES]])
            state = self._files[file]
            if state.reader.wrapper or not self._quick:
                yield from state.counted(state.reader.take(run))
                if self._past_is_read:
                    yield from state.counted(state.reader.settle_past())
                continue
            yield from state.quickly(run, arrived)

    def is_plain(self, file: str) -> bool:
        """Whether each line of the file is a call by itself, and most take the short cut."""
        return self._quick and not self._house and self._files[file].reader.is_plain

    def is_document(self, file: str) -> bool:
        """Whether the file is one document, its calls over several lines."""
        known = self._files.get(file)
        return known is not None and known.reader.document is not None

    def line_bytes(self, file: str) -> float | None:
        """About how long a line is; None for a file whose lines are not plain."""
        state = self._files.get(file)
        if state is None or not state.sample or not self.is_plain(file):
            return None
        return sum(map(len, state.sample)) / len(state.sample) + 1

    def sample(self, file: str) -> Sequence[bytes]:
        """The lines that decided the file's format."""
        return self._files[file].sample

    def settle_past(self) -> Iterable[Found]:
        """What waited for older lines: all that were there have been given."""
        self._past_is_read = True
        for state in self._files.values():
            yield from state.counted(state.reader.settle_past())

    def flush(self) -> Iterable[Found]:
        """What waits for more lines: none will come."""
        for state in self._files.values():
            yield from state.counted(state.reader.flush(self._clock()))

    def count(self, file: str, calls: int, rejects: Iterable[Reject]) -> None:
        """Count what came out of lines of a settled file that were decoded elsewhere."""
        state = self._files[file]
        state.parts += calls
        for reject in rejects:
            state.reasons[reject.reason] += 1
            state.broken += reject.kind == "broken"
            state.others += reject.kind == "other"

    def states(self, path_of: Callable[[str], str]) -> list[FileState]:
        """What came out of each file, for the screen."""
        return [state.told(path_of(file)) for file, state in list(self._files.items())]


def _runs(lines: Sequence[RawLine]) -> Iterable[tuple[str, Sequence[RawLine]]]:
    """Neighbouring lines of one file together."""
    start = 0
    for index in range(1, len(lines) + 1):
        if index == len(lines) or lines[index].address.file != lines[start].address.file:
            yield lines[start].address.file, lines[start:index]
            start = index
