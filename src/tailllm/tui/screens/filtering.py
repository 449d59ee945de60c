"""The filter in force: the last one that could be read."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from tailllm.errors import UsageError
from tailllm.records.row import Row

if TYPE_CHECKING:
    from tailllm.tui.widgets.view import Keep


class Filtering:
    """Turns what was typed into a question about rows; a bad text changes nothing."""

    def __init__(self, *, slow: Callable[[Row], bool], marked: Callable[[Row], bool]) -> None:
        self._slow = slow
        self._marked = marked
        self.text = ""
        self.keep: Keep | None = None

    def take(self, text: str) -> str | None:
        """Use `text` from now on; a sentence when it cannot be read, and all stays as it was."""
        if not text.strip():
            self.clear()
            return None
        from tailllm.store.filter import parse

        try:
            wanted = parse(text)
        except UsageError as error:
            return f"{error.fix} ({error.what})"
        marked, slow = self._marked, self._slow
        self.text = text
        self.keep = lambda row: wanted(row, marked=marked(row), slow=slow(row))
        return None

    def clear(self) -> None:
        """Show everything."""
        self.text, self.keep = "", None
