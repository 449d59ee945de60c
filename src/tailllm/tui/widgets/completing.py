"""The line under the filter: what the last word could become, or what is wrong and where."""

from typing import Any

from rich.cells import cell_len

from tailllm.tui import cells
from tailllm.tui.widgets.paint import Line, Paint

LEFT = 3
"""Cells before the text of the filter."""


class Completing(Paint):
    """Shows completions, the one that was taken in brackets; or an error under its place."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.words: list[str] = []
        self.taken: int | None = None
        self.wrong = ""
        self.place = 0
        self.display = False

    def offer(self, words: list[str], taken: int | None = None) -> None:
        """Offer these words."""
        self.words, self.taken, self.wrong = words, taken, ""
        self.draw()

    def refuse(self, sentence: str, place: int) -> None:
        """Say what is wrong with the character at `place`."""
        self.words, self.wrong, self.place = [], sentence, place
        self.draw()

    def lines(self, width: int) -> list[Line]:
        """One line."""
        if self.wrong:
            return [[(self._pointed(width), "bad")]]
        if not self.words:
            return [[(" Enter keeps the filter  Esc clears it", "quiet")]]
        line: Line = [(" Tab ", "key")]
        for number, word in enumerate(self.words):
            here = number == self.taken
            line.append((f"[{word}]" if here else f" {word} ", "strong" if here else "quiet"))
        return [line]

    def _pointed(self, width: int) -> str:
        """The sentence behind a sign under the place, or before it where there is no room."""
        sign, column = self.glyphs.slow, min(LEFT + self.place, width - 2)
        right, left = width - column - 3, column - 1
        if right >= min(left, cell_len(self.wrong)):
            return " " * column + f"{sign} {cells.shorten(self.wrong, right, self.glyphs)}"
        return cells.right(f"{cells.shorten(self.wrong, left, self.glyphs)} {sign}", column + 1)
