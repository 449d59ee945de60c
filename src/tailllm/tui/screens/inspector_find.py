"""Finding words in what is being read."""

from textual.widget import Widget

from tailllm.tui.widgets.reading import ReadingPane
from tailllm.tui.widgets.reading_find import FindLine
from tailllm.tui.widgets.reading_page import Hit


class Finding(Widget):
    """The keys /, n and N for a screen with one reading pane and one find line."""

    words = ""
    """What is searched; empty when nothing is."""
    _hits: tuple[Hit, ...] = ()
    _hit = -1

    @property
    def pane(self) -> ReadingPane:
        """What is being read."""
        return self.query_one(ReadingPane)

    @property
    def find_line(self) -> FindLine:
        """Where words are typed and our place is said."""
        return self.query_one(FindLine)

    @property
    def found(self) -> str:
        """The search in words: `/charged  2 hits  1/2 ▸ n/N`."""
        if not self.words:
            return ""
        count = f"{len(self._hits):,} hits" if len(self._hits) != 1 else "1 hit"
        at = f"  {self._hit + 1:,}/{len(self._hits):,} ▸ n/N" if self._hits else ""
        return f"/{self.words}  {count}{at}"

    def draw_status(self) -> None:
        """Say where we are."""
        raise NotImplementedError

    def action_find(self) -> None:
        """Ask for words."""
        self.find_line.ask()

    def action_hit(self, direction: int) -> None:
        """The next hit, or the one before."""
        if self._hits:
            self._hit = (self._hit + direction) % len(self._hits)
            self.pane.go_to_hit(self._hits[self._hit])
        self.draw_status()

    def search(self, words: str) -> None:
        """Find every place of the words on this page; go nowhere yet."""
        self.words = words
        self._hits = tuple(self.pane.page.find(words))
        self._hit = -1
        self.pane.mark_hits(self._hits, None)

    def on_find_line_sought(self, event: FindLine.Sought) -> None:
        """Search, and go to the first hit from here on."""
        self.pane.focus()
        self.search(event.words)
        top = self.pane.page.at(self.pane.scroll_offset.y)
        here = (top.section, top.para, top.start) if top else (0, 0, 0)
        after = (n for n, hit in enumerate(self._hits) if hit[:3] >= here)
        self._hit = next(after, 0) - 1
        self.action_hit(1)
