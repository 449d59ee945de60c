"""One file's lines to parts of calls: which format it is, and every line through it."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from tailllm.dialects import documents, nested, prose
from tailllm.dialects.choosing import Chooser, apart
from tailllm.dialects.decode import Decoded, decode
from tailllm.dialects.dialect import Dialect, Gathers, Quick
from tailllm.dialects.joiner import Joiner, Written, unwrapped
from tailllm.dialects.values import instant, text
from tailllm.dialects.wrappers import unwrap
from tailllm.records.line import Lines, RawLine
from tailllm.records.part import Part, Reject

_SAMPLE_LINES = 50
_LEFT_OUT = "the journal left the text out; `journalctl --all` prints long lines"
_CUT = "a cut line without its end"


class Reader:
    """Reads one file, in the format that its first lines are in.

    Detection is sticky: the dialect that claims most lines of the sample (in a tie, the
    first of the catalog) reads the file from then on. Without a sample, or when nothing in
    it was claimed, the first claimed line decides. Lines that the dialect does not claim
    are another application's and become rejects of kind `other`.

    Where lines are wrapped, or calls lie inside other records, a file holds what several
    writers wrote, so every dialect is asked about every line.

    A file that is one JSON document over several lines is read record by record: the lines
    inside a record come to no parts, its last line to those of the whole. A document
    without a call is one reject.

    Args:
        house: Dialects of the config file, asked before the catalog's.
        decode: How a line becomes JSON values.
    """

    def __init__(
        self,
        file: str,
        house: Sequence[Dialect] = (),
        *,
        decode: Callable[[bytes], Decoded] = decode,
    ) -> None:
        self.file = file
        self._decode = decode
        self.wrapper: str | None = None
        """What is around each line: `docker_json`, `cri`, `journald`, `event_stream`."""
        self.document: documents.Document | None = None
        """Where records lie over several lines."""
        self._house = house
        self._chooser = Chooser(house)
        self._joiner = Joiner()
        self._is_settled = False
        self._begins_as_prose = False

    @property
    def name(self) -> str | None:
        """The format, or None while unknown."""
        return self._chooser.dialect.name if self._chooser.dialect else None

    @property
    def is_plain(self) -> bool:
        """Whether lines stand by themselves, and most take the short cut to columns."""
        dialect = self._chooser.dialect
        if dialect is None or self.wrapper or self.inside or self.document:
            return False
        return dialect.has_batch

    @property
    def inside(self) -> str | None:
        """The key under which the first call was found, if it is not the record itself."""
        return self._chooser.inside

    @property
    def why(self) -> str:
        """How the format was known, in words."""
        if self._begins_as_prose and self.name is None:
            return prose.NO_LOG
        return documents.NO_LOG if self.document and not self.name else self._chooser.why

    @property
    def title(self) -> str | None:
        """The format for a person: `native in cri`, `app_logs under record.extra.call`."""
        if self.name is None:
            other = "text" if self._begins_as_prose else self.wrapper
            return "a JSON document" if self.document else other
        under = f" under {self.inside}" if self.inside else ""
        around = f" in {self.wrapper}" if self.wrapper else ""
        return f"{self.name}{under}{around}"

    @property
    def ordered(self) -> bool:
        """Whether lines must be read oldest first."""
        dialect = self._chooser.dialect
        return bool(self.document or (dialect and dialect.ordered))

    def settle(self, sample: Sequence[bytes]) -> None:
        """Choose the format from the file's first lines."""
        if not sample:
            return
        self._is_settled = True
        wrappers = Counter(each.wrapper for each in map(unwrap, sample) if each is not None)
        if wrappers:
            self.wrapper = wrappers.most_common(1)[0][0]
            self._chooser.is_mixed = True
            sample = unwrapped(sample)
        elif documents.opens(sample):
            self.document = documents.Document()
            self._chooser.is_flat = True
            sample = documents.records(sample)
        else:
            self._begins_as_prose = prose.is_prose(sample)
        values = [
            value for line in sample for value in _values(self._decode(documents.record(line)))
        ]
        self._chooser.choose([value for value in values if isinstance(value, dict)])

    def take(self, lines: Sequence[RawLine]) -> Iterator[list[Part] | Reject]:
        """What these lines say: an entry for each line that the program wrote.

        Args:
            lines: Neighbours in the file, in their order. The last line of some may be
                completed by lines given later, before or behind them.
        """
        if not self._is_settled:
            self.settle([line.text for line in lines[:_SAMPLE_LINES]])
        if self.wrapper:
            return map(self._written, self._joiner.take(lines))
        return map(self.read, lines)

    def again(
        self, lines: Sequence[RawLine], now: float | None = None
    ) -> Iterator[list[Part] | Reject]:
        """What all lines of one call say, in their order: nothing lies before or behind them."""
        self.settle([line.text for line in lines])
        if self.wrapper:
            yield from map(self._written, self._joiner.take(lines, alone=True))
        else:
            yield from map(self.read, lines)
        yield from self.flush(now)

    def settle_past(self) -> Iterator[list[Part] | Reject]:
        """What waited for older lines, when there are none."""
        yield from map(self._written, self._joiner.settle())
        if self.document and self.document.start and self.name is None:
            yield self.document.refuse(self.document.start)

    def flush(self, now: float | None = None) -> Iterator[list[Part] | Reject]:
        """What waits for more lines, when none will come: `now` is seconds since the epoch."""
        yield from map(self._written, self._joiner.flush())
        rest = self.document.rest() if self.document else None
        if self.document and rest is not None:
            yield self._of_document(self.document, rest)
        yield from self._chooser.rest(now)

    def batch(self, lines: Lines, arrived: float, *, previews: bool = True) -> Quick | None:
        """The lines that plainly are one whole call each; None when `read` must judge them all."""
        dialect = self._chooser.dialect
        if dialect is None or self._house or self.document or self.wrapper:
            return None
        return dialect.batch(lines, arrived, previews=previews)

    def gatherer(self, arrived: float) -> Gathers | None:
        """Gathers the calls of plain lines for the index; None where they must be a batch."""
        dialect = self._chooser.dialect
        if dialect is None or not self.is_plain or self._house:
            return None
        return dialect.gatherer(self.file, arrived)

    def read(self, line: RawLine) -> list[Part] | Reject:
        """The parts of calls in one line that is complete by itself, or why there is none.

        Raises:
            Nothing. A line we cannot read is a finding, not a crash.
        """
        if self.document:
            whole = self.document.add(line)
            return [] if whole is None else self._of_document(self.document, whole)
        inner = unwrap(line.text) if self.wrapper else None
        if inner is not None:
            where = (line.address,)
            return self._written(Written(where, inner.text, inner.time, host=inner.host))
        return self._written(Written((line.address,), line.text))

    def _of_document(self, document: documents.Document, record: RawLine) -> list[Part] | Reject:
        """A document that holds no call is told once, whatever its size."""
        found = self._written(Written((record.address,), record.text))
        if self.name is not None or not isinstance(found, Reject):
            return found
        return document.refuse(record.address)

    def _written(self, written: Written) -> list[Part] | Reject:
        address = written.lines[0]
        if written.text is None:
            return Reject(address, "other", _LEFT_OUT)
        try:
            known = None if self._house or self._decode is not decode else self._chooser.dialect
            parts = known and known.typed(written.text, address)
            if parts:
                return _placed(parts, written)
            decoded = self._decode(written.text)
            if decoded.broken:
                why = decoded.broken if written.whole else _CUT
                in_prose = self._begins_as_prose and self.name is None
                return prose.reject(address, written.text, why, in_prose=in_prose)
            return _read(self._chooser, decoded, written.text, written)
        except RecursionError:
            return Reject(address, "broken", "nested too deeply")


def _read(chooser: Chooser, decoded: Decoded, text: bytes, written: Written) -> list[Part] | Reject:
    parts: list[Part] = []
    reason = "no model call"
    for place, value in enumerate(_values(decoded)):
        found: list[Part] | str = "JSON, but no object"
        if isinstance(value, dict):
            found = chooser.read(value, text, written.lines[0])
        if isinstance(found, str):
            reason = found
        else:
            parts += apart(found, place) if place else found
    for part in parts if decoded.warnings else ():
        part.fields.setdefault("warnings", []).extend(decoded.warnings)
    return _placed(parts, written) or Reject(written.lines[0], "other", reason)


def _placed(parts: list[Part], written: Written) -> list[Part]:
    """The parts with all their lines, and with the wrapper's time and host where they have none."""
    if written.time is not None:
        for part in parts:
            nested.logged_at(part, instant(written.time), text(written.host))
    if len(written.lines) == 1:
        return parts
    return [part._replace(more=written.lines[1:]) for part in parts]


def _values(decoded: Decoded) -> list[Any]:
    """The records of a line; an array of objects is as many records."""
    found: list[Any] = []
    for value in decoded.values:
        listed = isinstance(value, list) and value and all(isinstance(v, dict) for v in value)
        found += value if listed else [value]
    return found
