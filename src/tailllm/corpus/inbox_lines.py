"""The lines of `inbox.jsonl`: reports people dropped, and what was decided about items.

Lines are added and never changed. The whole table is in docs/corpus.md.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, Literal, Required, TypedDict

import msgspec

from tailllm.corpus.entries import lines

SCHEMA: Final = 1
NAME = "inbox.jsonl"

Kind = Literal["report", "accept", "dismiss", "duplicate", "words", "undo"]
DECISIONS = frozenset({"accept", "dismiss", "duplicate"})
"""Kinds after which an item is no longer waiting."""


class Said(TypedDict, total=False):
    """What stands around a reported call; None or absent: nobody said."""

    source: Required[str]
    """slack | github | mail | folder | file | paste | …"""
    report: str | None
    """The id it has where it came from; of several lines with one id the latest counts."""
    reporter: str | None
    """Who saw it; they are told when it passes."""
    link: str | None
    """Where they wait for an answer."""
    matched: str | None
    """How the logged call was found; None when it was not."""
    note: str | None
    """What was weird."""
    labels: Sequence[str]
    """What kind of case this is."""
    expected: str | None
    """What the answer should have been."""


class Line(msgspec.Struct, gc=False):
    """What somebody said about one item at one time. None: nothing said about this."""

    schema: int
    kind: Kind
    mark_id: str
    """The item: a mark, or a report of a call."""
    at: str = ""
    by: str = ""
    host: str = ""
    source: str = ""
    """Of a report: slack | github | file | paste | …"""
    report: str = ""
    """Of a report, or of words its reporter added: the id it has where it came from."""
    reporter: str | None = None
    link: str | None = None
    """Where the reporter waits for an answer."""
    matched: str | None = None
    """Of a report: how its logged call was found."""
    key: str = ""
    note: str | None = None
    labels: tuple[str, ...] | None = None
    expected: str | None = None
    case: str | None = None
    """Id of the case an item became, or is a duplicate of."""
    sha256: str | None = None
    """Of the case file as it was written."""
    why: str | None = None
    """Of a dismissal."""
    path: str = ""
    """The file this was read from; with `offset` and `length`, where to read it in full."""
    offset: int = 0
    length: int = 0

    @property
    def said(self) -> str:
        """The decision in a few words."""
        told = {"accept": f"accepted as {self.case}", "dismiss": f"dismissed: {self.why}"}
        return told.get(self.kind, f"duplicate of {self.case}")


_FIELDS = Line.__struct_fields__


class InboxLines:
    """The readable lines of one inbox file in order, and counts of the others."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.damaged = 0
        """Lines nobody can read: torn by a crash, or damaged by a merge."""
        self.newer = 0
        """Lines of a later version of tailllm; left alone."""

    def __iter__(self) -> Iterator[Line]:
        """Each readable line.

        Raises:
            OSError: the file is there and cannot be read.
        """
        for offset, text in lines(self.path, self._torn):
            line = self._line(text)
            if line is not None:
                line.path, line.offset, line.length = str(self.path), offset, len(text)
                yield line

    def _line(self, text: bytes) -> Line | None:
        try:
            whole: Any = json.loads(text)
            if whole["schema"] != SCHEMA:
                self.newer += 1
                return None
            return msgspec.convert({name: whole[name] for name in _FIELDS if name in whole}, Line)
        except (msgspec.MsgspecError, ValueError, RecursionError, KeyError, TypeError):
            self.damaged += bool(text.strip())
            return None

    def _torn(self) -> None:
        self.damaged += 1
