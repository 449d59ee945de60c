"""A few lines of text in a few styles: header, status, footer and the group tables."""

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tailllm.tui import cells
from tailllm.tui.cells import Chunk, Glyphs
from tailllm.tui.widgets.kept import Kept

Line = list[tuple[str, str]]
"""Pieces of one line: text that is safe to draw, and the name of its style."""


class Paint(Kept):
    """Draws what `lines` says, and only when it says something else than before."""

    FILLS = True

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "paint--quiet",
        "paint--strong",
        "paint--good",
        "paint--bad",
        "paint--warn",
        "paint--key",
    }

    def __init__(self, *, glyphs: Glyphs = cells.UNICODE, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.glyphs = glyphs
        self._drawn: list[Line] | None = None
        self._styles: dict[str, Style] = {}

    def lines(self, width: int) -> list[Line]:
        """What to draw in `width` cells."""
        raise NotImplementedError

    def draw(self) -> None:
        """Paint again if there is something new to say."""
        if not self.display or not self.size:
            return
        if self._drawn is None or self.lines(self.size.width) != self._drawn:
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line; all lines are asked for anew when the first one is."""
        width = self.size.width
        if y == 0 or self._drawn is None:
            self._drawn = self.lines(width)
        pieces = self._drawn[y] if y < len(self._drawn) else []
        segments = [Segment(text, self._styled(name)) for text, name in pieces]
        return Strip(segments).crop_extend(0, width, self._styled("")).simplify()

    def notify_style_update(self) -> None:
        """The theme may be another one."""
        super().notify_style_update()
        self._styles.clear()

    def _styled(self, name: str) -> Style:
        """Adding styles up takes longer than drawing the text, so it is done once."""
        known = self._styles.get(name)
        if known is None:
            known = self._styles[name] = self.rich_style + self._named(name)
        return known

    def _named(self, name: str) -> Style:
        if not name:
            return Style.null()
        return self.get_component_rich_style(f"paint--{name}", partial=True)


def row(chunks: Sequence[Chunk], width: int, gap: int = 3) -> Line:
    """The chunks that fit, one space from the left edge."""
    line: Line = [(" ", "")]
    for chunk in cells.fit(chunks, width, gap):
        if len(line) > 1:
            line.append((" " * gap, ""))
        line.append((chunk.text, chunk.style))
    return line


def both_ends(left: Sequence[Chunk], right: Sequence[Chunk], width: int, gap: int = 3) -> Line:
    """Chunks at the left edge and at the right one; the least important left out first."""
    kept = cells.fit([*left, *right], width - 1, gap)
    tail = [chunk for chunk in kept if chunk in right]
    line = row([chunk for chunk in kept if chunk not in right], width, gap)
    end = row(tail, width, gap)[1:]
    if not end:
        return line
    room = width - 1 - sum(cell_len(text) for text, _ in (*line, *end))
    return [*line, (" " * max(1, room), ""), *end]
