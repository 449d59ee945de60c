"""A box to type in: what is pasted into it is as foreign as a log."""

from textual.widgets import Input

from tailllm import ink


class Field(Input):
    """An `Input` that holds only text it can draw; Textual's writes what it holds as it is."""

    def insert_text_at_cursor(self, text: str) -> None:
        """Insert typed or pasted text, what hides or acts made visible."""
        super().insert_text_at_cursor(ink.line(text))

    def replace(self, text: str, start: int, end: int) -> None:
        """Put text in place of a selection, under the same rule."""
        super().replace(ink.line(text), start, end)
