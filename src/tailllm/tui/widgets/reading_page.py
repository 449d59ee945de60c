"""A page to read: sections that fold, their rows made as far as somebody has looked."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from rich.cells import cell_len

from tailllm import ink
from tailllm.tui import cells
from tailllm.tui.widgets.reading_text import Para, inked, rows


class Section(NamedTuple):
    """A message, a list of facts or a line of a log, under one head."""

    title: str
    body: Sequence[Para]
    note: str = ""
    """Against the right edge of the head."""
    tone: str = "head"
    folded: bool = False
    rule: bool = False
    """A rule along the head: something else begins here."""


class PageRow(NamedTuple):
    """One row of the screen, and where it comes from."""

    section: int
    para: int
    """-1 is the head; one past the last body line is the fold's remark."""
    start: int
    """Where the row starts in the line, counted after it was made visible."""
    text: str
    tone: str
    indent: int = 0
    note: str = ""


class Hit(NamedTuple):
    """Where a search found its text; counted like `PageRow`."""

    section: int
    para: int
    start: int
    end: int


class Page:
    """Sections laid out for a width. Rows below the deepest one asked for do not exist yet."""

    def __init__(self, sections: Sequence[Section]) -> None:
        self.sections = sections
        self.folded = {n for n, section in enumerate(sections) if section.folded}
        self.lay(80)

    def lay(self, width: int) -> None:
        """Start again for another width or after a fold."""
        self.width = width
        self.rows: list[PageRow] = []
        self.done = False
        self._source = self._make()
        self._guess = sum(
            1 if n in self.folded else sum(len(para.text) // width + 1 for para in section.body)
            for n, section in enumerate(self.sections)
        ) + len(self.sections)

    @property
    def height(self) -> int:
        """Rows of the page: exact once all are made, before that a good guess."""
        return len(self.rows) if self.done else max(self._guess, len(self.rows) + 1)

    def grow(self, until: int) -> None:
        """Make rows until there are `until` of them, or no more."""
        missing = until - len(self.rows)
        if missing > 0 and not self.done:
            before = len(self.rows)
            self.rows.extend(islice(self._source, missing))
            self.done = len(self.rows) < before + missing

    def at(self, number: int) -> PageRow | None:
        """A row, made now if nobody has looked this far."""
        self.grow(number + 1)
        return self.rows[number] if 0 <= number < len(self.rows) else None

    def head(self, section: int) -> int:
        """The row where a section begins."""
        return self._find(section, -1, 0)

    def row_of(self, hit: Hit) -> int:
        """The row a hit begins in."""
        return self._find(hit.section, hit.para, hit.start)

    def toggle(self, section: int) -> None:
        """Fold or unfold one section."""
        self.folded ^= {section}
        self.lay(self.width)

    def find(self, words: str, limit: int = 10_000) -> list[Hit]:
        """Every place of a text, folded ones too; capitals do not matter."""
        return list(islice(self._hits(words.lower()), limit)) if words else []

    def _hits(self, words: str) -> Iterator[Hit]:
        for n, section in enumerate(self.sections):
            for p, para in enumerate(section.body):
                # Lower case may be longer than the text (İ): fall back to the text itself.
                text = "".join(inked(para.text))
                low = text.lower()
                low = low if len(low) == len(text) else text
                at = low.find(words)
                while at >= 0:
                    yield Hit(n, p, at, at + len(words))
                    at = low.find(words, at + len(words))

    def _find(self, section: int, para: int, start: int) -> int:
        place = (section, para, start)
        while not self.done and (not self.rows or self.rows[-1][:3] < place):
            self.grow(len(self.rows) + 500)
        return max(0, bisect_right(self.rows, place, key=lambda row: row[:3]) - 1)

    def section_at(self, number: int) -> int:
        """The section a row belongs to."""
        row = self.at(min(number, max(0, self.height - 1)))
        return row.section if row else max(0, len(self.sections) - 1)

    def first_row_from(self, section: int) -> int:
        """The first row of a section or of the one after it."""
        return bisect_left(self.rows, section, key=lambda row: row.section)

    def _make(self) -> Iterator[PageRow]:
        for n, section in enumerate(self.sections):
            folded = n in self.folded
            if section.title:
                yield PageRow(
                    n, -1, 0, self._head(n, section), section.tone, 0, ink.line(section.note)
                )
            if folded:
                yield from self._folded(n, section)
            else:
                for p, para in enumerate(section.body):
                    yield from self._lines(n, p, para)

    def _head(self, n: int, section: Section) -> str:
        sign = " " if not section.body else "▸" if n in self.folded else "▾"
        room = self.width - 4 - (cell_len(section.note) + 3 if section.note else 0)
        title = ink.line(section.title)
        title = title if cell_len(title) <= room else cells.cut(title, room)
        head = f" {sign} {title}"
        return f"{head} {'─' * (self.width - cell_len(head) - 2)}" if section.rule else head

    def _folded(self, n: int, section: Section) -> Iterator[PageRow]:
        first = section.body[0]
        _, text = next(rows(first.text, max(10, self.width - first.indent - 24)))
        text = "" if text in ("{", "[") else text
        more = len(section.body) - 1
        note = f"…+{more:,} lines (⏎ unfold)" if more else "… (⏎ unfold)"
        yield PageRow(n, 0, 0, text, "dim", first.indent, note)

    def _lines(self, n: int, p: int, para: Para) -> Iterator[PageRow]:
        room = max(2, self.width - para.indent)
        row = PageRow(n, p, 0, "", para.tone, para.indent)
        last: PageRow | None = None
        for start, text in rows(para.text, room):
            if last:
                yield last
            last = row._replace(start=start, text=text)
        if not last:
            return
        note = ink.line(para.note)
        if not note or cell_len(last.text) + 2 + cell_len(note) <= room:
            yield last._replace(note=note)
            return
        yield last
        for _, text in rows(note, room):
            yield last._replace(start=last.start + len(last.text), text=text, tone="note")
