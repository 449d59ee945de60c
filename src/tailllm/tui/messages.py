"""What one part of the screen tells another.

A message says that something happened; the store says what. Messages carry sequence
numbers and finished answers, never the rows of a burst, so that it can collapse into its
last one.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

from tailllm.records.row import Row
from tailllm.tui.facts import Facts

if TYPE_CHECKING:
    from tailllm.records.call import Call


class NewsCame(Message):
    """The feed has something new; posted from its thread."""

    def can_replace(self, message: Message) -> bool:
        """One look takes in everything."""
        return isinstance(message, NewsCame)


@dataclass
class FactsCame(Message):
    """The numbers of the header are counted."""

    facts: Facts

    def can_replace(self, message: Message) -> bool:
        """Older numbers are of no use."""
        return isinstance(message, FactsCame)


@dataclass
class CallRead(Message):
    """The selected call was read again from the log, or why it could not be."""

    seq: int
    call: "Call | None"
    trouble: str = ""


@dataclass
class Kept(Message):
    """A mark is on disk, or was taken back there."""

    seq: int | None
    sentence: str


@dataclass
class NotKept(Message):
    """A mark could not be kept or taken back."""

    sentence: str


@dataclass
class MarkAsked(Message):
    """A mark needs a word first: a note was asked for, or secrets will become tags."""

    seq: int | None
    row: Row
