"""The line of tabs over the reading pane."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from rich.segment import Segment
from textual.events import Click
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget


class TabLine(Widget):
    """Names of tabs, the open one in brackets, so that it shows without colours."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"tabs--open", "tabs--bad"}

    open: reactive[str] = reactive("")
    badges: reactive[dict[str, str]] = reactive(dict)
    """What stands behind a name, such as `(1✗)`."""

    @dataclass
    class Picked(Message):
        """Somebody clicked a tab."""

        name: str

    def __init__(self, names: Sequence[str], **options: Any) -> None:
        super().__init__(**options)
        self._names = names

    def render_line(self, y: int) -> Strip:
        """The one line there is."""
        style = self.rich_style
        segments = [Segment("──", style)]
        for name in self._names:
            tone = style
            if self.badges.get(name):
                tone += self.get_component_rich_style("tabs--bad", partial=True)
            if name == self.open:
                tone += self.get_component_rich_style("tabs--open", partial=True)
            segments += [Segment(self._label(name), tone), Segment("──", style)]
        strip = Strip(segments)
        missing = max(0, self.size.width - strip.cell_length)
        return Strip([*strip, Segment("─" * missing, style)]).crop(0, self.size.width)

    def on_click(self, event: Click) -> None:
        """Open the tab under the pointer."""
        left = 2
        for name in self._names:
            right = left + len(self._label(name))
            if left <= event.x < right:
                self.post_message(self.Picked(name))
            left = right + 2

    def _label(self, name: str) -> str:
        label = f"{name}{self.badges.get(name, '')}"
        return f"[ {label} ]" if name == self.open else f" {label} "
