"""What went wrong with something the reader just did: stays until it is dismissed."""

from textwrap import wrap

from tailllm.ink import line as visible
from tailllm.tui import cells
from tailllm.tui.cells import Glyphs
from tailllm.tui.widgets.paint import Line, Paint

MOST_LINES = 4


class Alarm(Paint):
    """A red line over the status; Esc takes it away."""

    def __init__(self, *, glyphs: Glyphs = cells.UNICODE, id: str | None = None) -> None:  # noqa: A002
        super().__init__(glyphs=glyphs, id=id)
        self.sentence = ""
        self.display = False

    def ring(self, sentence: str) -> None:
        """Show this until somebody presses Esc."""
        self.sentence = visible(sentence)
        self.display = True
        self.styles.height = min(MOST_LINES, len(self.lines(self.app.size.width)))
        self.refresh(layout=True)

    def dismiss(self) -> bool:
        """Take the line away; False when there is none."""
        rang = bool(self.sentence)
        self.sentence = ""
        self.display = False
        return rang

    def lines(self, width: int) -> list[Line]:
        """The sentence, over as many lines as it needs."""
        text = f"{self.glyphs.error} {self.sentence}  (Esc dismisses)"
        return [[(f" {part}", "")] for part in wrap(text, max(1, width - 2))]


class Hints(Paint):
    """What to press first; Esc takes it away."""

    def __init__(
        self,
        hints: tuple[str, ...],
        *,
        glyphs: Glyphs = cells.UNICODE,
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(glyphs=glyphs, id=id)
        self._hints = hints
        self.display = bool(hints)
        self.styles.height = len(hints)

    def dismiss(self) -> bool:
        """Take the hints away; False when there are none."""
        shown, self.display = self.display, False
        return bool(shown)

    def lines(self, width: int) -> list[Line]:
        """One hint a line."""
        return [
            [(cells.cut(f" {visible(hint)}", width, self.glyphs), "key")] for hint in self._hints
        ]
