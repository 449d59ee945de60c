"""A line of a log and where its bytes lie."""

from collections.abc import Sequence
from typing import Literal, NamedTuple


class Address(NamedTuple):
    """Where the exact bytes of a line are, for as long as the file keeps them."""

    file: str
    """File id: device, inode and a hash of the first bytes; survives a rename."""
    offset: int
    """Bytes from the start of the file (of the unpacked stream for `.gz` and `.zst`)."""
    length: int
    """Bytes of the line without its newline."""


class RawLine(NamedTuple):
    """One complete line as bytes, newline removed."""

    address: Address
    text: bytes


Text = bytes | memoryview
"""The bytes of a line, perhaps where they were read to."""


class Lines(NamedTuple):
    """Complete lines of one file in their order, without an object for each."""

    file: str
    offsets: Sequence[int]
    texts: Sequence[Text]

    def __len__(self) -> int:
        return len(self.texts)

    def line(self, place: int) -> RawLine:
        """One of them."""
        text = self.texts[place]
        return RawLine(Address(self.file, self.offsets[place], len(text)), bytes(text))

    def at(self, places: Sequence[int]) -> "Lines":
        """Some of them."""
        offsets = [self.offsets[place] for place in places]
        return Lines(self.file, offsets, [self.texts[place] for place in places])

    def some(self, start: int, end: int) -> "Lines":
        """Those from one place up to another."""
        return Lines(self.file, self.offsets[start:end], self.texts[start:end])

    def each(self) -> list[RawLine]:
        """All of them."""
        return [self.line(place) for place in range(len(self))]


def in_columns(lines: Sequence[RawLine]) -> Lines:
    """Lines of one file without an object for each."""
    file = lines[0].address.file if lines else ""
    return Lines(file, [one.address.offset for one in lines], [one.text for one in lines])


NoticeKind = Literal[
    "waiting",
    "found",
    "rotated",
    "truncated",
    "replaced",
    "gone",
    "unreadable",
    "incomplete",
    "too-long",
    "missing",
    "polling",
    "clock",
    "format",
]


class Notice(NamedTuple):
    """Something happened to a source that a reader should know: data, never an exception."""

    kind: NoticeKind
    path: str
    text: str
    """One plain sentence for the screen; foreign text inside is not yet made visible."""
    at: float
    """Seconds since the epoch."""
    missing_bytes: int | None = None
    """How many bytes may be lost; None when nothing is."""
