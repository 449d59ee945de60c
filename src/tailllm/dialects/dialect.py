"""What a dialect is."""

from abc import ABC, abstractmethod
from typing import Any, NamedTuple, Protocol

from tailllm.records.batch import Batch
from tailllm.records.gathered import Gathered
from tailllm.records.line import Address, Lines
from tailllm.records.part import Fields, Part


class Quick(NamedTuple):
    """What a short cut made of some lines."""

    batch: Batch
    """Of the lines that plainly are one whole call each, in their order."""
    left: list[int]
    """Places of the other lines, which the general way must judge."""


class Dialect(ABC):
    """One log format, with what it must remember of one file.

    A reader makes one for each file. Lines come in the order of the file if `ordered`,
    else in any order. Neither method may raise for any JSON value.
    """

    name: str
    ordered: bool = False
    """Whether a line can only be understood after the lines before it."""
    has_batch: bool = False
    """Whether `batch` knows most lines, and every line of the format is a whole call."""
    hints: tuple[bytes, ...] = ()
    """Words of which every line that can settle the format has one; none: no line is ruled out.

    They spare a slow `claims` the lines of an application that never calls a model.
    """
    broad: bool = False
    """Whether its sign is a likeness; it only reads what no other dialect claims."""

    @property
    def sign_in_words(self) -> str:
        """What `claims` looks for: the first line of its docstring."""
        return (type(self).claims.__doc__ or self.name).partition("\n")[0]

    @abstractmethod
    def claims(self, value: dict[str, Any]) -> bool:
        """Whether this object is of this format. A few look-ups: it is asked for each line.

        The docstring of each says the sign in a line; `tailllm dialects` prints it.
        """

    def learn(self, sample: list[dict[str, Any]]) -> None:  # noqa: B027 most need nothing
        """Look at the file's first objects, to settle `ordered` before the first line."""

    @abstractmethod
    def read(self, value: dict[str, Any], address: Address) -> list[Part] | str:
        """The parts of calls in one claimed object, or why there is none."""

    def rest(self, now: float) -> list[Part]:
        """What the end of the log tells of unfinished calls, when no line will come."""
        return []

    def typed(self, line: bytes, address: Address) -> list[Part] | None:
        """The parts in a line, straight from its bytes; None if `read` must be asked.

        A short cut for formats whose lines are parts of calls.
        """
        return None

    def batch(self, lines: Lines, arrived: float, *, previews: bool) -> Quick | None:
        """Those lines that are one whole call each, straight from their bytes to columns.

        A short cut for what most lines are; whatever `read` might say otherwise is left.

        Args:
            arrived: Seconds since the epoch at which the lines were read.
            previews: Whether `preview` and `reply` are wanted; they may be empty otherwise.

        Returns:
            None where the format has no short cut.
        """
        return None

    def gatherer(self, file: str, arrived: float) -> "Gathers | None":
        """The same for the index alone, where no list wants rows; None: there is no such way."""
        return None


class Gathers(Protocol):
    """Gathers the calls of one file's lines."""

    gathered: Gathered

    def take(self, lines: Lines) -> list[int] | None:
        """Gather the calls of many lines.

        Returns:
            Places of lines that the general way must judge; None when all must go another
            way, and nothing was gathered.
        """


def line_key(address: Address) -> str:
    """The name of a call that has none of its own."""
    return f"line:{address.file}:{address.offset}"


def whole(name: str, fields: Fields, address: Address) -> Part:
    """A line that is the complete call."""
    response_id = fields.get("response_id")
    key = f"resp:{response_id}" if response_id else line_key(address)
    fields["format"] = name
    return Part((key,), fields, address)
