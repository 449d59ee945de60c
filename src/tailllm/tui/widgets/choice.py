"""One line of names, the chosen one in brackets and always in sight."""

from collections.abc import Sequence
from typing import Any

from rich.cells import cell_len

from tailllm.tui.widgets.paint import Line, Paint


class ChoiceLine(Paint):
    """Names in a row; where not all fit, those around the chosen one."""

    def __init__(self, names: Sequence[str], chosen: str, **options: Any) -> None:
        super().__init__(**options)
        self._names = tuple(names)
        self._chosen = chosen

    def choose(self, name: str) -> None:
        """Another one is chosen."""
        self._chosen = name
        self.draw()

    def lines(self, width: int) -> list[Line]:
        """The names that fit."""
        first, last = 0, len(self._names)
        here = self._names.index(self._chosen)
        while first < last and self._length(first, last) > width:
            if here - first > last - 1 - here:
                first += 1
            else:
                last -= 1
        line: Line = [(" " + self.glyphs.cut if first else " ", "quiet")]
        for name in self._names[first:last]:
            line.append((self._label(name), "strong" if name == self._chosen else "quiet"))
        if last < len(self._names):
            line.append((self.glyphs.cut, "quiet"))
        return [line]

    def _label(self, name: str) -> str:
        return f"[{name}]" if name == self._chosen else f" {name} "

    def _length(self, first: int, last: int) -> int:
        return 4 + sum(cell_len(self._label(name)) for name in self._names[first:last])
