"""The lines of a session file: which calls a reader was dealt, and what she said of each.

One file for each session, written by nobody else, so that git never has to merge one.
Lines are added and never changed. The whole table is in docs/rotation.md.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from tailllm.corpus.entries import lines

SCHEMA: Final = 1
FOLDER = "sessions"
SUFFIX = ".jsonl"

Kind = Literal["start", "verdict", "undo", "resume", "end"]
Said = Literal["expected", "wrong", "surprising", "skip"]
ODD = frozenset({"wrong", "surprising"})
"""What counts as a surprise."""


class Card(msgspec.Struct, frozen=True, gc=False):
    """One call of a deck. Its whole text stays in the log."""

    key: str
    id: str
    """Of its content, as marks have it: the same call in two logs, or in a rotated one, is one."""
    share: str
    """The part of the mix it was drawn for."""
    why: str = ""
    """The same for people, with the numbers."""
    asked: str = ""
    """The start of the last user text, without secrets."""
    prompt: str = ""
    """`name@version`."""
    passed: tuple[str, ...] = ()
    """Validators."""
    failed: tuple[str, ...] = ()


class Line(msgspec.Struct, gc=False):
    """What happened in a session at one time."""

    schema: int
    kind: Kind
    at: str = ""
    by: str = ""
    host: str = ""
    process: str = ""
    """Of a start or a resume: what reads, see `alive`."""
    seed: int = 0
    """Of a start; with it the same deck can be drawn again."""
    mix: dict[str, int] = {}
    """Of a start: how many cards were dealt for each share."""
    period_s: float | None = None
    """Of a start: only calls this young. None: all."""
    population: int = 0
    """Of a start: calls the deck was drawn from."""
    cards: tuple[Card, ...] = ()
    """Of a start."""
    drawn: tuple[str, ...] = ()
    """Of a start: keys that the uniform draw met and somebody had read or held already.

    What was said of those counts for the estimate, too: without them it would be about the
    calls nobody found interesting.
    """
    card: int = -1
    """Of a verdict or an undo: place in the deck."""
    said: Said = "skip"
    note: str | None = None
    mark_id: str | None = None
    """Of a wrong one: its mark, if this verdict made it."""


_FIELDS = Line.__struct_fields__


class SessionLines:
    """The readable lines of one session in order, and a count of the others."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.unread = 0
        """Torn by a crash, damaged by a merge, or of a later version."""

    def __iter__(self) -> Iterator[Line]:
        """Each readable line.

        Raises:
            OSError: the file is there and cannot be read.
        """
        for _, text in lines(self.path, self._torn):
            line = self._line(text)
            if line is not None:
                yield line

    def _line(self, text: bytes) -> Line | None:
        try:
            whole: Any = json.loads(text)
            known = {name: whole[name] for name in _FIELDS if name in whole}
            if whole["schema"] == SCHEMA:
                return msgspec.convert(known, Line)
        except (msgspec.MsgspecError, ValueError, RecursionError, KeyError, TypeError):
            pass
        self.unread += bool(text.strip())
        return None

    def _torn(self) -> None:
        self.unread += 1
