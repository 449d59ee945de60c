"""A list of one-line entries with a cursor, drawn from what is asked for."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from rich.segment import Segment
from textual.binding import BindingType
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tailllm.tui import cells
from tailllm.tui.widgets.reading import MOVES


class LineList(ScrollView, can_focus=True):
    """Draws the entries that fit; `draw(n)` gives the inert text of one.

    `tone(n)` names what an entry is: "fail", "warn", or nothing.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"list--cursor", "list--fail", "list--warn"}
    BINDINGS: ClassVar[list[BindingType]] = [*MOVES]

    cursor: reactive[int] = reactive(0)
    """The selected entry, counted from the top."""

    @dataclass
    class Selected(Message):
        """The cursor is on another entry."""

        number: int

        def can_replace(self, message: Message) -> bool:
            """Only where the cursor came to rest matters."""
            return isinstance(message, LineList.Selected)

    def __init__(
        self,
        draw: Callable[[int], str],
        tone: Callable[[int], str] = lambda _: "",
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self._draw = draw
        self._tone = tone
        self._count = 0

    def render_line(self, y: int) -> Strip:
        """One line of the viewport; `y` counts from its top."""
        number = self.scroll_offset.y + y
        width = self.scrollable_content_region.width
        if number >= self._count:
            return Strip.blank(width, self.rich_style)
        style = self.rich_style
        if tone := self._tone(number):
            style += self.get_component_rich_style(f"list--{tone}", partial=True)
        if number == self.cursor:
            style += self.get_component_rich_style("list--cursor", partial=True)
        sign = "▌" if number == self.cursor else " "
        return Strip([Segment(cells.cut(sign + self._draw(number), width), style)])

    def fill(self, count: int, cursor: int) -> None:
        """There are so many entries now, and this one is meant."""
        self._count = count
        self.virtual_size = Size(self.size.width, count)
        self.cursor = max(0, min(count - 1, cursor))
        self.refresh()

    def action_move(self, rows: int) -> None:
        """Move the cursor."""
        self.cursor = max(0, min(self._count - 1, self.cursor + rows))

    def action_page(self, pages: int) -> None:
        """Move by a page."""
        self.action_move(pages * max(1, self.size.height - 1))

    def action_half(self, halves: int) -> None:
        """Move by half a page."""
        self.action_move(halves * max(1, self.size.height // 2))

    def action_first(self) -> None:
        """To the top."""
        self.action_move(-self._count)

    def action_last(self) -> None:
        """To the bottom."""
        self.action_move(self._count)

    def watch_cursor(self, cursor: int) -> None:
        """Keep the cursor in sight."""
        top, height = self.scroll_offset.y, max(1, self.size.height)
        if not top <= cursor < top + height:
            to = cursor if cursor < top else cursor - height + 1
            self.scroll_to(y=to, animate=False, force=True)
        self.refresh()
        self.post_message(self.Selected(cursor))
