"""One file's lines to parts of calls: which format it is, and every line through it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from tailllm.dialects import documents
from tailllm.dialects.catalog import DIALECTS
from tailllm.dialects.decode import Decoded, decode
from tailllm.dialects.dialect import Dialect
from tailllm.records.line import Address, RawLine
from tailllm.records.part import Part, Reject
from tailllm.records.row import Row


class Reader:
    """Reads one file, in the format that its first lines are in.

    Detection is sticky: the dialect that claims most lines of the sample (in a tie, the
    first of the catalog) reads the file from then on. Without a sample, or when nothing in
    it was claimed, the first claimed line decides. Lines that the dialect does not claim
    are another application's and become rejects of kind `other`.

    A file that is one JSON document over several lines is read record by record: the lines
    inside a record come to no parts, its last line to those of the whole.
    """

    def __init__(self, file: str) -> None:
        self.file = file
        self._dialect: Dialect | None = None
        self._document: documents.Document | None = None
        self._candidates = [dialect() for dialect in DIALECTS]

    @property
    def name(self) -> str | None:
        """The format, or None while unknown."""
        return self._dialect.name if self._dialect else None

    @property
    def ordered(self) -> bool:
        """Whether lines must be read oldest first."""
        if self._document:
            return True
        return self._dialect.ordered if self._dialect else False

    def settle(self, sample: Sequence[bytes]) -> None:
        """Choose the format from the file's first lines."""
        if documents.opens(sample):
            self._document = documents.Document()
            sample = documents.records(sample)
        values = [value for line in sample for value in _values(decode(documents.record(line)))]
        objects = [value for value in values if isinstance(value, dict)]
        claims = Counter(_claimed(objects, self._candidates))
        if claims:
            best = max(claims.values())
            self._dialect = next(d for d in self._candidates if claims[d.name] == best)
            self._dialect.learn(objects)

    def row(self, line: RawLine, arrived: float) -> Row | None:
        """The row of a line that plainly is one whole call; None when `read` must judge it."""
        dialect = self._dialect
        return None if dialect is None else dialect.row(line.text, line.address, arrived)

    def read(self, line: RawLine) -> list[Part] | Reject:
        """The parts of calls in one line, or why there is none.

        Raises:
            Nothing. A line we cannot read is a finding, not a crash.
        """
        if self._document:
            whole = self._document.add(line)
            if whole is None:
                return []
            line = whole
        decoded = decode(line.text)
        if decoded.broken and line.text.rstrip().endswith(b","):
            decoded = decode(documents.record(line.text))
        if decoded.broken:
            return Reject(line.address, "broken", decoded.broken)
        try:
            return self._read(decoded, line.address)
        except RecursionError:
            return Reject(line.address, "broken", "nested too deeply")

    def _read(self, decoded: Decoded, address: Address) -> list[Part] | Reject:
        parts: list[Part] = []
        reason = "no model call"
        for place, value in enumerate(_values(decoded)):
            found = self._value(value, address)
            if isinstance(found, str):
                reason = found
                continue
            parts += _apart(found, place) if place else found
        for part in parts if decoded.warnings else ():
            part.fields.setdefault("warnings", []).extend(decoded.warnings)
        return parts or Reject(address, "other", reason)

    def _value(self, value: Any, address: Address) -> list[Part] | str:
        if not isinstance(value, dict):
            return "JSON, but no object"
        if self._dialect is None:
            self._dialect = next((d for d in self._candidates if d.claims(value)), None)
        if self._dialect is None or not self._dialect.claims(value):
            return "another application's line"
        return self._dialect.read(value, address)


def _values(decoded: Decoded) -> list[Any]:
    """The records of a line; an array of objects is as many records."""
    found: list[Any] = []
    for value in decoded.values:
        listed = isinstance(value, list) and value and all(isinstance(v, dict) for v in value)
        found += value if listed else [value]
    return found


def _claimed(values: Iterable[dict[str, Any]], dialects: Sequence[Dialect]) -> Iterable[str]:
    for value in values:
        yield from (dialect.name for dialect in dialects if dialect.claims(value))


def _apart(parts: list[Part], place: int) -> list[Part]:
    """Names by address are not enough when a line holds several records."""
    return [
        part._replace(
            keys=tuple(f"{key}+{place}" if key.startswith("line:") else key for key in part.keys)
        )
        for part in parts
    ]
