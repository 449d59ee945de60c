"""A table of answers with a cursor that stays on its row, whatever is counted anew."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from rich.cells import cell_len
from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.message import Message

from tailllm.tui import cells
from tailllm.tui.cells import Glyphs
from tailllm.tui.widgets.paint import Line, Paint
from tailllm.tui.widgets.reading import MOVES

WHEEL_ROWS = 3


class Col(NamedTuple):
    """One column; `width` in cells, 0 takes what is left."""

    title: str
    width: int
    right: bool = True
    rank: int = 0
    """The highest go first where there is no room."""


class Entry(NamedTuple):
    """One row: what it is, and inert texts for each column, each with a style."""

    key: Hashable
    texts: Sequence[tuple[str, str]]
    sign: str = " "
    """Its state as a glyph, before any colour."""
    tone: str = ""


class Sheet(Paint, can_focus=True):
    """Draws the rows that fit."""

    COMPONENT_CLASSES: ClassVar[set[str]] = Paint.COMPONENT_CLASSES | {"paint--cursor"}
    BINDINGS: ClassVar[list[BindingType]] = [*MOVES]

    @dataclass
    class Moved(Message):
        """The cursor is on another row."""

        key: Hashable

        def can_replace(self, message: Message) -> bool:
            """Only where it came to rest matters."""
            return isinstance(message, Sheet.Moved)

    def __init__(self, *, glyphs: Glyphs = cells.UNICODE, id: str | None = None) -> None:  # noqa: A002
        super().__init__(glyphs=glyphs, id=id)
        self.columns: tuple[Col, ...] = ()
        self.entries: list[Entry] = []
        self.empty = ""
        """What would fill the sheet."""
        self.sorted_by: tuple[int, bool] | None = None
        """Column and whether the largest is on top, for the sign in the heading."""
        self._number = 0
        self._top = 0

    @property
    def number(self) -> int:
        """The place of the cursor, from 0."""
        return self._number

    @property
    def hidden(self) -> list[int]:
        """The columns that found no room."""
        shown = {number for number, _ in self._shown(self.size.width)}
        return [number for number in range(len(self.columns)) if number not in shown]

    @property
    def selected(self) -> Entry | None:
        """The row under the cursor."""
        return self.entries[self._number] if self._number < len(self.entries) else None

    def fill(self, columns: Sequence[Col], entries: Sequence[Entry], empty: str = "") -> None:
        """Draw these from now on, the cursor on the row it was on."""
        meant = self.selected.key if self.selected else None
        self.entries, self.empty = list(entries), empty
        self.columns = tuple(self._roomy(n, column) for n, column in enumerate(columns))
        keys = [entry.key for entry in self.entries]
        if meant in keys:
            self._number = keys.index(meant)
        self._settle()
        self.draw()

    def go(self, key: Hashable) -> None:
        """Put the cursor on a row."""
        keys = [entry.key for entry in self.entries]
        if key in keys:
            self.action_move(keys.index(key) - self._number)

    def lines(self, width: int) -> list[Line]:
        """The heading, and the rows from the top one on."""
        shown = self._shown(width)
        head: Line = [("  ", "")]
        for number, room in shown:
            title = self.columns[number].title + self._sort_sign(number)
            head.append((self._fit(title, self.columns[number], room) + " ", "quiet"))
        if not self.entries:
            return [head, [], [("  " + cells.cut(self.empty, width - 3, self.glyphs), "quiet")]]
        rows = self.entries[self._top : self._top + self._rows]
        return [head, *(self._line(one, n, shown) for n, one in enumerate(rows, self._top))]

    def action_move(self, rows: int) -> None:
        """Move the cursor."""
        self._number += rows
        self._settle()
        self.draw()
        if self.selected:
            self.post_message(self.Moved(self.selected.key))

    def action_page(self, pages: int) -> None:
        """Move a screenful."""
        self.action_move(pages * max(1, self._rows - 1))

    def action_half(self, halves: int) -> None:
        """Move half a screenful."""
        self.action_move(halves * max(1, self._rows // 2))

    def action_first(self) -> None:
        """To the top."""
        self.action_move(-len(self.entries))

    def action_last(self) -> None:
        """To the bottom."""
        self.action_move(len(self.entries))

    def on_resize(self) -> None:
        """Keep the cursor in sight."""
        self._settle()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel moves the cursor, as the keys do."""
        event.stop()
        self.action_move(-WHEEL_ROWS)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel moves the cursor, as the keys do."""
        event.stop()
        self.action_move(WHEEL_ROWS)

    @property
    def _rows(self) -> int:
        return max(1, self.size.height - 1)

    def _settle(self) -> None:
        self._number = max(0, min(len(self.entries) - 1, self._number))
        top = max(self._number - self._rows + 1, min(self._top, self._number))
        self._top = max(0, min(top, len(self.entries) - self._rows))

    def _roomy(self, number: int, column: Col) -> Col:
        """A column of numbers grows with them: one that is cut is another number."""
        if not column.right or not column.width:
            return column
        widest = max((cell_len(one.texts[number][0]) for one in self.entries), default=0)
        return column._replace(width=max(column.width, widest))

    def _shown(self, width: int) -> list[tuple[int, int]]:
        """The columns that fit, and how wide each is."""
        kept = list(range(len(self.columns)))
        while len(kept) > 1 and _needed(self.columns, kept) > width:
            kept.remove(max(reversed(kept), key=lambda n: self.columns[n].rank))
        spare = width - 2 - sum(self.columns[n].width + 1 for n in kept)
        elastic = sum(1 for n in kept if not self.columns[n].width) or 1
        return [(n, self.columns[n].width or max(0, spare // elastic)) for n in kept]

    def _fit(self, text: str, column: Col, width: int) -> str:
        return cells.right(text, width) if column.right else cells.cut(text, width, self.glyphs)

    def _sort_sign(self, number: int) -> str:
        if self.sorted_by is None or self.sorted_by[0] != number:
            return ""
        return self.glyphs.more if self.sorted_by[1] else self.glyphs.slow

    def _line(self, entry: Entry, number: int, shown: Sequence[tuple[int, int]]) -> Line:
        here = number == self._number
        more = "cursor" if here else ""
        line: Line = [
            (self.glyphs.cursor if here else " ", more),
            (entry.sign, f"{entry.tone} {more}"),
        ]
        for place, room in shown:
            text, style = entry.texts[place]
            line.append((self._fit(text, self.columns[place], room) + " ", f"{style} {more}"))
        return line

    def _named(self, name: str) -> Style:
        style = Style.null()
        for one in name.split():
            style += super()._named(one)
        return style


def _needed(columns: Sequence[Col], kept: Sequence[int], least: int = 20) -> int:
    return 2 + sum((columns[n].width or least) + 1 for n in kept)
