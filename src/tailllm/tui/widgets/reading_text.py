"""Foreign text cut into rows of a given width, a piece at a time.

Rows are made when somebody asks for the next one: a prompt of a megabyte in one line costs
the height of the terminal before it is on the screen.
"""

from collections.abc import Iterator
from typing import NamedTuple

from rich.cells import cell_len

from tailllm import ink

CHUNK = 8_192
"""Characters made visible at once."""


def inked(text: str) -> Iterator[str]:
    """One logical line made visible, in pieces that end after a space where there is one."""
    start = 0
    while start == 0 or start < len(text):
        end = start + CHUNK
        if end < len(text):
            end = text.rfind(" ", start + CHUNK // 2, end) + 1 or end
        yield ink.line(text[start:end].replace("\t", "    "))
        start = end


def rows(text: str, width: int) -> Iterator[tuple[int, str]]:
    """One logical line as rows: where each starts in the inked text, and what it shows."""
    offset, rest = 0, ""
    for piece in inked(text):
        rest += piece
        held: tuple[int, str] | None = None
        for row in wrap(rest, width):
            if held:
                yield offset + held[0], held[1]
            held = row
        if held:
            offset, rest = offset + held[0], held[1]
    yield offset, rest


def wrap(text: str, width: int) -> Iterator[tuple[int, str]]:
    """Rows of at most `width` cells, broken after a space where one is near the end."""
    start = 0
    while True:
        end = _fit(text, start, max(width, 2))
        yield start, text[start:end]
        start = end + 1 if text[end : end + 1] == " " else end
        if start >= len(text):
            return


def _fit(text: str, start: int, width: int) -> int:
    end = _fill(text, start, width)
    if end >= len(text) or text[end] == " ":
        return end
    return text.rfind(" ", start + width // 2, end) + 1 or end


def _fill(text: str, start: int, width: int) -> int:
    """The end of the longest piece that takes no more than `width` cells."""
    end = min(len(text), start + width)
    if not text[start:end].isascii():
        low, high = start + 1, end
        while low < high:
            middle = (low + high + 1) // 2
            if cell_len(text[start:middle]) <= width:
                low = middle
            else:
                high = middle - 1
        end = low
    while end < len(text) and not text[end].isascii() and cell_len(text[end]) == 0:
        end += 1
    return end


class Para(NamedTuple):
    """One logical line of a page."""

    text: str
    """As logged; made visible when it is cut into rows."""
    tone: str = "body"
    """How it is drawn: body, dim, aside, fail, warn, good, head."""
    indent: int = 5
    """Cells before the text."""
    note: str = ""
    """Our remark to its right, or under it when there is no room."""


def paragraphs(text: str, tone: str = "body", indent: int = 5) -> list[Para]:
    """A text as logical lines."""
    return [Para(row, tone, indent) for row in text.split("\n")]
