"""What a dialect is."""

from abc import ABC, abstractmethod
from typing import Any

from tailllm.records.line import Address
from tailllm.records.part import Fields, Part
from tailllm.records.row import Row


class Dialect(ABC):
    """One log format, with what it must remember of one file.

    A reader makes one for each file. Lines come in the order of the file if `ordered`,
    else in any order. Neither method may raise for any JSON value.
    """

    name: str
    ordered: bool = False
    """Whether a line can only be understood after the lines before it."""
    has_rows: bool = False
    """Whether `row` knows most lines, and every line of the format is a whole call."""
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

    def row(self, line: bytes, address: Address, arrived: float) -> Row | None:
        """The row of a line that is one whole call, straight from its bytes.

        A short cut for what most lines are: None wherever `read` might say anything else.
        """
        return None


def line_key(address: Address) -> str:
    """The name of a call that has none of its own."""
    return f"line:{address.file}:{address.offset}"


def whole(name: str, fields: Fields, address: Address) -> Part:
    """A line that is the complete call."""
    response_id = fields.get("response_id")
    key = f"resp:{response_id}" if response_id else line_key(address)
    fields["format"] = name
    return Part((key,), fields, address)
