"""JSON documents over several lines: an array of records, or one object, printed for people.

    [                 the array's own brackets are no records
      {               a record begins
        "id": 1
      },              and ends: these lines together are read as if they were one
      …

A record's address spans its lines, the comma too, so it is found again like any line. The
array's brackets may stand beside records, and commas before them: `[{…},`, `,{…}`, `{…}]`.
"""

import re
from collections.abc import Sequence

from tailllm.records.line import Address, RawLine
from tailllm.records.part import Part, Reject

_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"?')
_BEGINNINGS = {b"[": b"{", b"{": b'"'}
"""What the second line begins with, after a bracket alone: a lone bracket is a cut line."""
_OWN = (b"[", b"]", b"],", b",", b"")
_BOM = b"\xef\xbb\xbf"
_BEFORE = re.compile(rb"(?:\xef\xbb\xbf)?\s*([\[,])\s*(?=\{)")
"""What stands before a record and is none of it."""
NO_LOG = "a JSON document over many lines, no log"
LARGEST_BYTES = 32 << 20
"""Of one record; more is no record but a file that only begins like a document."""


def opens(sample: Sequence[bytes]) -> bool:
    """Whether these first lines are those of a document."""
    lines = (line.removeprefix(_BOM).strip() for line in sample)
    first, second, *_ = [*filter(None, lines), b"", b""]
    if first in _BEGINNINGS:
        return second.startswith(_BEGINNINGS[first])
    inside = _BEFORE.match(first) if first.startswith(b"[") else None
    if inside is None or not second:
        return False
    if _depth(first) > 1:
        return second.startswith(b'"')
    return _depth(first) == 1 and (b"," in (first[-1:], second[:1]))


def record(text: bytes) -> bytes:
    """A record of an array without the comma behind it; any other line as it is."""
    bare = text.strip()
    rest = bare[:-1].rstrip() if bare.startswith(b"{") and bare.endswith(b",") else b""
    return rest if rest.endswith(b"}") else text


class Document:
    """Puts the lines of each record together. Lines come in the order of the file."""

    def __init__(self) -> None:
        self._lines: list[RawLine] = []
        self._depth = 0
        self._size_bytes = 0
        self._is_open = False
        """Whether the array's own bracket has come."""
        self._is_refused = False

    def add(self, line: RawLine) -> RawLine | None:
        """The record that this line ends, or the line itself where it is in none.

        None while the record goes on, and for the document's own brackets.
        """
        if not self._lines:
            line = self._bare(line)
            text = line.text.removeprefix(_BOM).strip()
            if text in _OWN:
                self._is_open = True
                return None
            if not text.startswith(b"{"):
                return line
        self._lines.append(line)
        self._depth += _depth(line.text)
        self._size_bytes += len(line.text)
        if self._depth > 0 and self._size_bytes <= LARGEST_BYTES:
            return None
        return self._whole()

    def _bare(self, line: RawLine) -> RawLine:
        """A record's first line without what the array writes before it."""
        before = _BEFORE.match(line.text)
        if before is None or (before[1] == b"[" and self._is_open):
            return line
        self._is_open = True
        address, end = line.address, before.end()
        at = Address(address.file, address.offset + end, address.length - end)
        return RawLine(at, line.text[end:])

    @property
    def start(self) -> Address | None:
        """Where the record lies that has begun and not ended; None between records."""
        return self._lines[0].address if self._lines else None

    def refuse(self, address: Address) -> list[Part] | Reject:
        """What to say of a document that is no log: said once, for all its records."""
        if self._is_refused:
            return []
        self._is_refused = True
        return Reject(address, "other", NO_LOG)

    def rest(self) -> RawLine | None:
        """What there is of a record whose end never came."""
        return self._whole() if self._lines else None

    def _whole(self) -> RawLine:
        first, last = self._lines[0].address, self._lines[-1].address
        length = last.offset + last.length - first.offset
        text = b"\n".join(line.text for line in self._lines)
        if self._depth < 0 and text.rstrip().endswith(b"]"):
            bare = text.rstrip()[:-1]
            text, length = bare, length - (len(text) - len(bare))
        self._lines, self._depth, self._size_bytes = [], 0, 0
        return RawLine(Address(first.file, first.offset, length), record(text))


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
