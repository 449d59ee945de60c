"""JSON documents over several lines: an array of records, or one object, printed for people.

    [                 the array's own brackets are no records
      {               a record begins
        "id": 1
      },              and ends: these lines together are read as if they were one
      …

A record's address spans its lines, the comma too, so it is found again like any line.
"""

import re
from collections.abc import Sequence

from tailllm.records.line import Address, RawLine

_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"?')
_BEGINNINGS = {b"[": b"{", b"{": b'"'}
"""What the second line begins with, after a bracket alone: a lone bracket is a cut line."""
_OWN = (b"[", b"]", b"],", b",", b"")
NO_LOG = "a JSON document over many lines, no log"
LARGEST_BYTES = 32 << 20
"""Of one record; more is no record but a file that only begins like a document."""


def opens(sample: Sequence[bytes]) -> bool:
    """Whether these first lines are those of a document."""
    lines = (line.removeprefix(b"\xef\xbb\xbf").strip() for line in sample)
    first, second, *_ = [*filter(None, lines), b"", b""]
    return second.startswith(_BEGINNINGS[first]) if first in _BEGINNINGS else False


def record(text: bytes) -> bytes:
    """A record of an array without the comma behind it; any other line as it is."""
    bare = text.strip()
    return bare.removesuffix(b",") if bare.endswith(b"},") else text


class Document:
    """Puts the lines of each record together. Lines come in the order of the file."""

    def __init__(self) -> None:
        self._lines: list[RawLine] = []
        self._depth = 0
        self._size_bytes = 0

    def add(self, line: RawLine) -> RawLine | None:
        """The record that this line ends, or the line itself where it is in none.

        None while the record goes on, and for the document's own brackets.
        """
        text = line.text.strip()
        if not self._lines:
            if text in _OWN:
                return None
            if not text.startswith(b"{"):
                return line
        self._lines.append(line)
        self._depth += _depth(text)
        self._size_bytes += len(text)
        if self._depth > 0 and self._size_bytes <= LARGEST_BYTES:
            return None
        return self._whole()

    @property
    def start(self) -> Address | None:
        """Where the record lies that has begun and not ended; None between records."""
        return self._lines[0].address if self._lines else None

    def rest(self) -> RawLine | None:
        """What there is of a record whose end never came."""
        return self._whole() if self._lines else None

    def _whole(self) -> RawLine:
        first, last = self._lines[0].address, self._lines[-1].address
        length = last.offset + last.length - first.offset
        text = record(b"\n".join(line.text for line in self._lines))
        self._lines, self._depth, self._size_bytes = [], 0, 0
        return RawLine(Address(first.file, first.offset, length), text)


def records(sample: Sequence[bytes]) -> list[bytes]:
    """The records that are whole in a document's first lines."""
    document = Document()
    lines = (RawLine(Address("", 0, len(text)), text) for text in sample)
    return [found.text for line in lines if (found := document.add(line)) is not None]


def _depth(text: bytes) -> int:
    """How many brackets a line opens and leaves open; those inside strings are none."""
    if b'"' in text:
        text = _STRING.sub(b"", text)
    opened = text.count(b"{") + text.count(b"[")
    return opened - text.count(b"}") - text.count(b"]")
