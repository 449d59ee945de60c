"""The reading pane: a page drawn row by row, however long it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tailllm.tui.commands import COMMANDS
from tailllm.tui.widgets.reading_page import Hit, Page, PageRow

UNWRAPPED = 4_096
"""Cells of a row when lines are not wrapped; longer lines go on in the next row."""

TONES = ("head", "body", "dim", "aside", "fail", "warn", "good", "note")


MOVES = [command.binding for command in COMMANDS if command.id.startswith("move.")]


class ReadingPane(ScrollView, can_focus=True):
    """Draws the part of a `Page` that fits, and makes no more rows than that in one go.

    The rest of the rows are counted in idle moments, so that the scrollbar gets right
    without anybody waiting for it.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"reading--{tone}" for tone in (*TONES, "hit", "here")}
    BINDINGS: ClassVar[list[BindingType]] = [
        *MOVES,
        Binding("left", "sideways(-8)", "left", show=False),
        Binding("right", "sideways(8)", "right", show=False),
    ]
    ALLOW_SELECT = False

    wrap: reactive[bool] = reactive(True)
    """Whether long lines go on in the next row."""
    current: reactive[int] = reactive(0)
    """The section that Enter folds."""

    @dataclass
    class Moved(Message):
        """Another part of the page is on the screen."""

        pane: "ReadingPane"

        def can_replace(self, message: Message) -> bool:
            """The latest position makes an earlier one redundant."""
            return isinstance(message, ReadingPane.Moved)

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.page = Page(())
        self._hits: dict[tuple[int, int], list[Hit]] = {}
        self._here: Hit | None = None

    def render_line(self, y: int) -> Strip:
        """One line of the viewport; `y` counts from its top."""
        width = self.scrollable_content_region.width
        number = self.scroll_offset.y + y
        row = self.page.at(number)
        if row is None:
            return Strip.blank(width, self.rich_style)
        style = self.rich_style + self._style(row.tone)
        if row.para == -1 and row.section == self.current:
            row = row._replace(text=f"▌{row.text[1:]}")
        strip = Strip(self._segments(row, style))
        if row.note:
            note = self.rich_style + self._style("note" if row.note[0] in "⚠←" else "dim")
            right = width - len(row.note) - 1 if row.para == -1 else strip.cell_length + 2
            strip = strip.adjust_cell_length(max(right, strip.cell_length + 2), style)
            strip += Strip([Segment(row.note, note)])
        left = self.scroll_offset.x
        return strip.crop_extend(left, left + width, style)

    def show(self, page: Page, scroll: int = 0) -> None:
        """Put another page up."""
        self.page = page
        self.mark_hits((), None)
        self._lay(scroll)
        self.current = page.section_at(scroll) if page.sections else 0

    def go_to(self, row: int, *, margin: int = 0) -> None:
        """Bring a row to the top, `margin` rows below it."""
        self.page.grow(row + self.size.height + 1)
        self._measure()
        self.scroll_to(y=max(0, row - margin), animate=False, force=True)

    def go_to_section(self, steps: int) -> None:
        """Go to the next section or the one before, and make it the one Enter folds."""
        last = max(0, len(self.page.sections) - 1)
        self.current = max(0, min(last, self.current + steps))
        self.go_to(self.page.head(self.current))

    def go_to_hit(self, hit: Hit) -> None:
        """Show a hit, unfolding what hides it."""
        if hit.section in self.page.folded:
            self.page.toggle(hit.section)
            self._measure()
        self._here = hit
        self.current = hit.section
        row = self.page.row_of(hit)
        top = self.scroll_offset.y
        if not top <= row < top + self.size.height:
            self.go_to(row, margin=self.size.height // 3)
        self.refresh()

    def mark_hits(self, hits: Sequence[Hit], here: Hit | None) -> None:
        """Draw these places as found."""
        self._hits = {}
        for hit in hits:
            self._hits.setdefault((hit.section, hit.para), []).append(hit)
        self._here = here
        self.refresh()

    def toggle_fold(self) -> None:
        """Fold or unfold the current section, its head staying in sight."""
        if not self.page.sections or not self.page.sections[self.current].body:
            return
        above = self.page.head(self.current) - self.scroll_offset.y
        self.page.toggle(self.current)
        self._lay(max(0, self.page.head(self.current) - max(0, above)))

    def action_move(self, rows: int) -> None:
        """Scroll by rows."""
        self.scroll_to(y=self.scroll_offset.y + rows, animate=False)

    def action_page(self, pages: int) -> None:
        """Scroll by pages, one row of the old page staying."""
        self.action_move(pages * max(1, self.size.height - 1))

    def action_half(self, halves: int) -> None:
        """Scroll by half a page."""
        self.action_move(halves * max(1, self.size.height // 2))

    def action_first(self) -> None:
        """Scroll to the first row."""
        self.scroll_to(y=0, animate=False)

    def action_last(self) -> None:
        """Scroll to the last row, which has to be found first."""
        self.page.grow(1 << 40)
        self._measure()
        self.scroll_to(y=self.page.height, animate=False)

    def action_sideways(self, cells: int) -> None:
        """Scroll along unwrapped lines."""
        self.scroll_to(x=self.scroll_offset.x + cells, animate=False, force=True)

    def on_resize(self) -> None:
        """Lay the page out for the new width, the same text staying on top."""
        if self.page.width != self._width:
            self._relay()

    def watch_wrap(self) -> None:
        """Lay the page out again, the same text staying on top."""
        self._relay()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Scrolling makes the section in sight the current one."""
        super().watch_scroll_y(old_value, new_value)
        top = round(new_value)
        row = self.page.head(self.current) if self.page.sections else 0
        if not top <= row < top + self.size.height:
            self.current = self.page.section_at(top)
        self.post_message(self.Moved(self))

    @property
    def _width(self) -> int:
        return self.scrollable_content_region.width if self.wrap else UNWRAPPED

    def _relay(self) -> None:
        row = self.page.at(self.scroll_offset.y)
        self.page.lay(max(2, self._width))
        place = self.page.row_of(Hit(row.section, row.para, row.start, 0)) if row else 0
        self._lay(place)

    def _lay(self, scroll: int) -> None:
        if self.page.width != max(2, self._width):
            self.page.lay(max(2, self._width))
        self.page.grow(scroll + self.size.height + 1)
        self._measure()
        self.scroll_to(x=0, y=scroll, animate=False, force=True)
        self.set_timer(0.02, self._grow)
        self.refresh()
        self.post_message(self.Moved(self))

    def _grow(self) -> None:
        """Count on for a few milliseconds, then let the screen breathe."""
        if self.page.done:
            return
        self.page.grow(len(self.page.rows) + 1_000)
        self._measure()
        if self.page.done:
            self.post_message(self.Moved(self))
        else:
            self.set_timer(0.02, self._grow)

    def _measure(self) -> None:
        width = self.size.width if self.wrap else UNWRAPPED
        self.virtual_size = Size(width, self.page.height)

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"reading--{name}", partial=True)

    def _segments(self, row: PageRow, style: Style) -> list[Segment]:
        segments = [Segment(" " * row.indent, style)] if row.indent else []
        done = 0
        for hit in self._hits.get((row.section, row.para), ()):
            start = max(done, hit.start - row.start)
            end = min(len(row.text), hit.end - row.start)
            if start >= end:
                continue
            found = style + self._style("here" if hit == self._here else "hit")
            segments += [Segment(row.text[done:start], style), Segment(row.text[start:end], found)]
            done = end
        return [*segments, Segment(row.text[done:], style)]
