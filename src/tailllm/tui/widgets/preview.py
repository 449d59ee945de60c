"""The selected call in a few lines: what is wrong, what was asked, what came back."""

from typing import ClassVar

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static

from tailllm.ink import block, counted
from tailllm.ink import line as visible
from tailllm.records.call import Call
from tailllm.records.row import Row
from tailllm.transcript import Turn, turns
from tailllm.tui import cells
from tailllm.tui.cells import Chunk, Glyphs
from tailllm.tui.widgets.kept import Kept
from tailllm.tui.widgets.paint import Line, Paint

FOLDED = 4
"""Earlier messages named above the last one."""
LIMIT = 6_000
"""Characters of one text; the inspector shows it all."""


class Plate(Paint):
    """The rule over the preview, with the name of the call in it."""

    def __init__(self, *, glyphs: Glyphs = cells.UNICODE) -> None:
        super().__init__(glyphs=glyphs)
        self.row: Row | None = None

    def lines(self, width: int) -> list[Line]:
        """Key, and for whom and where the call was made, as much as fits."""
        rule = self.glyphs.rule
        if self.row is None:
            return [[(rule * width, "quiet")]]
        key = visible(self.row.key)
        chunks = [Chunk(0, cells.shorten(key, max(8, width - 8), self.glyphs), "strong")]
        whose = (
            ("conversation", self.row.conversation_id),
            ("user", self.row.user_id),
            ("route", self.row.route),
            ("host", self.row.host),
        )
        for rank, (name, value) in enumerate(whose, 1):
            if value:
                chunks.append(Chunk(rank, f"{name} {visible(value)}"))
        line: Line = [(rule, "quiet")]
        for chunk in cells.fit(chunks, width - 4, 3):
            line += [(f" {chunk.text} ", chunk.style), (rule, "quiet")]
        line.append((rule * max(0, width - sum(cell_len(text) for text, _ in line)), "quiet"))
        return [line]


class Body(VerticalScroll, Kept, can_focus=True):
    """The text under the rule; Tab goes here to scroll it."""

    BINDINGS: ClassVar = [
        ("j", "scroll_down", "down"),
        ("k", "scroll_up", "up"),
        ("space", "page_down", "page"),
        ("b", "page_up", "page up"),
        ("g", "scroll_home", "top"),
        ("G", "scroll_end", "end"),
    ]


class Preview(Vertical, Kept):
    """The selected call, read again from the log."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "preview--bad",
        "preview--quiet",
        "preview--warn",
    }

    def __init__(self, *, glyphs: Glyphs = cells.UNICODE, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._glyphs = glyphs
        self._plate = Plate(glyphs=glyphs)
        self._body = Body()
        self._text = Static(markup=False)

    def compose(self) -> ComposeResult:
        """The rule and the text."""
        yield self._plate
        with self._body:
            yield self._text

    def expect(self, row: Row | None) -> None:
        """Name the call whose text is on its way."""
        self.announce(row)
        if row is None:
            self._put(Text(""))

    def announce(self, row: Row | None) -> None:
        """Name a call over the text."""
        self._plate.row = row
        self._plate.draw()

    def show(self, call: Call, row: Row) -> None:
        """Show a call."""
        self.expect(row)
        text = Text()
        self._numbers(text, call)
        self._verdicts(text, call)
        said = turns(call)
        last = len(call.input_messages or ()) + bool(call.system_instructions)
        last += bool(call.tool_definitions)
        for turn in said[: max(0, last - 1)][-FOLDED:]:
            self._folded(text, turn)
        if call.content in ("absent", "reference"):
            text.append("the log does not hold the text of this call\n", self._style("warn"))
        for turn in said[max(0, last - 1) :]:
            self._said(text, turn)
        self._put(text)
        self._body.scroll_home(animate=False)

    def complain(self, sentence: str) -> None:
        """Say why there is nothing to show."""
        self._put(Text(visible(sentence), self._style("warn")))

    def _put(self, text: Text) -> None:
        """Show a text; where it takes the same lines as the last one, nothing need be laid out."""
        size = self._text.size
        self._text.update(text, layout=False)
        if not size.width or self._text.get_content_height(size, size, size.width) != size.height:
            self._text.refresh(layout=True)

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"preview--{name}", partial=True)

    def _numbers(self, text: Text, call: Call) -> None:
        facts = [
            visible(call.response_model or call.request_model or "-"),
            cells.prompt(call.prompt_name, call.prompt_version, 30).rstrip(),
            f"{cells.millis(call.latency_ms)}ms" if call.latency_ms is not None else "",
            f"ttft {cells.millis(call.ttft_ms)}ms" if call.ttft_ms is not None else "",
            visible(call.finish_reason_raw or call.finish_reason or ""),
        ]
        text.append("   ".join(fact for fact in facts if fact) + "\n", self._style("quiet"))

    def _verdicts(self, text: Text, call: Call) -> None:
        fine = []
        for verdict in call.evaluations:
            if verdict.outcome == "failed":
                text.append(f"FAIL {visible(verdict.name)}  ", self._style("bad"))
                text.append(visible(verdict.explanation or verdict.label or "") + "\n")
            elif verdict.outcome == "errored":
                text.append(f"?    {visible(verdict.name)}  ", self._style("warn"))
                text.append(visible(verdict.explanation or "could not decide") + "\n")
            elif verdict.outcome == "passed":
                fine.append(visible(verdict.name))
        if fine:
            text.append(f"ok   {' '.join(fine)}\n", self._style("quiet"))

    def _folded(self, text: Text, turn: Turn) -> None:
        """What came before the last message, a line each where there is room."""
        if not self.screen.has_class("-narrow"):
            start = cells.shorten(visible(turn.text[:80]), 40, self._glyphs)
            line = f"{visible(turn.title)}  {counted(len(turn.text), 'char')}  {start}\n"
            text.append(line, self._style("quiet"))

    def _said(self, text: Text, turn: Turn) -> None:
        words = "\n".join(f"{p.head}\n{p.text}" if p.head else p.text for p in turn.pieces)
        loud = "bad" if turn.kind == "error" else "quiet"
        text.append(
            f"{cells.shorten(visible(turn.title), 10, self._glyphs):10} ", self._style(loud)
        )
        shown = block(words[:LIMIT]).replace("\n", "\n           ") or "(nothing)"
        if len(words) > LIMIT:
            shown += f"\n{self._glyphs.cut} {len(words) - LIMIT:,} more characters: Enter"
        text.append(f"{shown}\n")
