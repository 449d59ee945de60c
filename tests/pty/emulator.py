"""The screen of the terminal in the tests: pyte's, and the second page that full-screen programs use."""

import copy
import re
from functools import cache
from typing import Any

import pyte
from pyte import modes

ALTERNATE = 1049
_COLOUR = re.compile(rb"\x1b\[[\d;]*m")
_BEGUN = re.compile(rb"\x1b(?:\[[\d;]*)?$")


class Page:
    """A screen and what feeds it: without the colours, which are most of what is written."""

    def __init__(self, columns: int, rows: int) -> None:
        self.screen = Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self._begun = b""

    def feed(self, data: bytes) -> None:
        """Draw; stay usable whatever comes: pyte does not know every sequence."""
        data = self._begun + data
        begun = _BEGUN.search(data)
        self._begun = begun[0] if begun else b""
        try:
            self._stream.feed(_COLOUR.sub(b"", data[: begun.start()] if begun else data))
        except Exception:
            self._stream = pyte.ByteStream(self.screen)

    def rows(self) -> list[str]:
        """What stands there; not pyte's `display`, which stumbles over half of a wide character."""
        buffer, columns = self.screen.buffer, range(self.screen.columns)
        return [
            "".join([row[x].data for x in columns]).rstrip()
            for row in map(buffer.__getitem__, range(self.screen.lines))
        ]


@cache
def _plain(char: str) -> Any:
    return pyte.screens.Char(char)


class Screen(pyte.Screen):
    """Goes to an empty page with mode 1049 and back to the first as it was without it.

    Pyte has one page: what a pager writes would lie over the rows of the program that called it,
    and a test that waits for those rows would find them before the program is back.
    """

    _first: tuple[Any, Any] | None = None

    def draw(self, data: str) -> None:
        """As pyte's; plain letters that fit into the row in one go."""
        cursor = self.cursor
        if not data.isascii() or cursor.x + len(data) > self.columns or modes.IRM in self.mode:
            super().draw(data)
            return
        self.buffer[cursor.y].update(
            zip(range(cursor.x, self.columns), map(_plain, data), strict=False)
        )
        cursor.x += len(data)

    def set_mode(self, *modes: int, **kwargs: Any) -> None:
        """As pyte's, and open the second page."""
        if kwargs.get("private") and ALTERNATE in modes and self._first is None:
            self._first = (copy.deepcopy(self.buffer), copy.copy(self.cursor))
            self.erase_in_display(2)
        super().set_mode(*modes, **kwargs)

    def reset_mode(self, *modes: int, **kwargs: Any) -> None:
        """As pyte's, and close the second page."""
        if kwargs.get("private") and ALTERNATE in modes and self._first is not None:
            (self.buffer, self.cursor), self._first = self._first, None
            self.dirty.update(range(self.lines))
        super().reset_mode(*modes, **kwargs)
