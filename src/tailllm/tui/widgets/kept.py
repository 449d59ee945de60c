"""Widgets that are drawn again only when something asked for it."""

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from textual.filter import LineFilter
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget


class _Drawn(NamedTuple):
    """What was drawn last, and of what."""

    crop: Region
    filters: Sequence[LineFilter]
    strips: list[Strip]


class Kept(Widget):
    """Hands out the lines it drew last until they may look different.

    Each update of the screen asks every widget for all of its lines, also those that did not
    change: borders, styles and filters were worked out anew for each. The same strips again
    also keep what Textual remembers with them, down to the bytes for the terminal.
    """

    FILLS: ClassVar[bool] = False
    """Whether `render_line` gives lines of the whole width, so that only a frame is missing."""

    _drawn_last: _Drawn | None = None

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines in `crop`, from the last time where nothing was asked for since."""
        last, filters = self._drawn_last, self.get_line_filters()
        if last is None or last.crop != crop or last.filters != filters:
            last = self._drawn_last = _Drawn(crop, filters, self._draw(crop, filters))
        return last.strips

    def _draw(self, crop: Region, filters: Sequence[LineFilter]) -> list[Strip]:
        if not self.FILLS or self.gutter.width or self.gutter.height:
            return super().render_lines(crop)
        background = self.background_colors[1]
        strips = [self.render_line(y) for y in crop.line_range]
        for one in filters:
            strips = [strip.apply_filter(one, background) for strip in strips]
        if crop.column_span == (0, self.size.width):
            return strips
        return [strip.crop(*crop.column_span) for strip in strips]

    def notify_style_update(self) -> None:
        """Other colours, perhaps."""
        self._drawn_last = None
        super().notify_style_update()

    def _set_dirty(self, *regions: Region) -> None:
        """Textual calls this for whatever makes a widget look different but its styles."""
        self._drawn_last = None
        super()._set_dirty(*regions)
