"""Under the filter: what the last word could become; or what is wrong, where, and what to do."""

from textwrap import wrap
from typing import Any

from rich.cells import cell_len

from tailllm.tui import cells
from tailllm.tui.widgets.paint import Line, Paint

LEFT = 3
"""Cells before the text of the filter."""
KEEPS = "Enter keeps the filter  Esc clears it"
MOST_LINES = 5
"""Of a refusal: the list above it stays readable at 80x24."""


class Completing(Paint):
    """Shows completions, the one that was taken in brackets; or an error under its place."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.words: list[str] = []
        self.hint = ""
        self.taken: int | None = None
        self.wrong = self.mend = ""
        self.place = 0
        self.display = False

    def offer(self, words: list[str], taken: int | None = None, hint: str = KEEPS) -> None:
        """Offer these words; where there are none, say what one can do."""
        self.words, self.taken, self.wrong, self.hint = words, taken, "", hint
        self._show()

    def refuse(self, what: str, mend: str = "", place: int = 0) -> None:
        """Say what is wrong with the character at `place`, and what was expected there."""
        self.words, self.wrong, self.mend, self.place = [], what, mend, place
        self._show()

    def lines(self, width: int) -> list[Line]:
        """One line of completions; of a refusal as many as it takes."""
        if self.wrong:
            return self._refusal(width)
        if not self.words:
            return [[(" " + cells.cut(self.hint, width - 1, self.glyphs), "quiet")]]
        line: Line = [(" Tab ", "key")]
        for number, word in enumerate(self.words):
            here = number == self.taken
            line.append((f"[{word}]" if here else f" {word} ", "strong" if here else "quiet"))
        return [line]

    def _show(self) -> None:
        height = len(self.lines(self.app.size.width))
        if self.styles.height is None or self.styles.height.value != height:
            self.styles.height = height
            self.refresh(layout=True)
        self.draw()

    def _refusal(self, width: int) -> list[Line]:
        """A sign under the place with the sentence beside or below it, then what to do."""
        sign, column = self.glyphs.slow, min(LEFT + self.place, width - 2)
        size, room = cell_len(self.wrong), width - LEFT - 1
        found: list[Line] = []
        if size <= width - column - 3:
            found.append([(" " * column + f"{sign} {self.wrong}", "bad")])
        elif size < column - 1:
            found.append([(cells.right(f"{self.wrong} {sign}", column + 1), "bad")])
        else:
            found.append([(" " * column + sign, "bad")])
            found += [[(" " * LEFT + part, "bad")] for part in wrap(self.wrong, room)]
        found += [[(" " * LEFT + part, "")] for part in wrap(self.mend, room)]
        return found[:MOST_LINES]
