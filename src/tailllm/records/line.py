"""A line of a log and where its bytes lie."""

from typing import Literal, NamedTuple


class Address(NamedTuple):
    """Where the exact bytes of a line are, for as long as the file keeps them."""

    file: str
    """File id: device, inode and a hash of the first bytes; survives a rename."""
    offset: int
    """Bytes from the start of the file (of the unpacked stream for `.gz`)."""
    length: int
    """Bytes of the line without its newline."""


class RawLine(NamedTuple):
    """One complete line as bytes, newline removed."""

    address: Address
    text: bytes


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
