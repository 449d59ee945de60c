"""The two lines over an opened call: which call it is, and its numbers."""

from collections.abc import Sequence
from typing import NamedTuple

from rich.cells import cell_len
from textual.content import Content

from tailllm import ink
from tailllm.novelty.scores import Score
from tailllm.records.call import Call
from tailllm.records.row import Row
from tailllm.tui import cells

WIDE = 100
"""Cells from which the time has room for its day and its milliseconds."""

Span = tuple[str, str]
"""Text and the style of the theme it is drawn in."""


class Place(NamedTuple):
    """Where a call stands among those held: 42/3720."""

    number: int
    of: int


class Among(NamedTuple):
    """How a call stands among others."""

    score: Score | None = None
    """How new it is to the corpus; None where nobody knows."""
    odd: str = ""
    """What is unusual for its kind, in words."""


def header(
    row: Row,
    call: Call | None,
    place: Place,
    *,
    marked: bool,
    width: int,
    among: "Among | None" = None,
) -> Content:
    """Both lines, cut to the width; the position stays whole at the right edge."""
    prompt = _named(row.prompt_name, row.prompt_version)
    first: list[Span] = [
        (short_key(row.key, width), "bold"),
        *state(row),
        *([("m marked", "$accent bold")] if marked else []),
        (prompt, ""),
        (cells.moment(row.at) if width >= WIDE else f"{cells.clock(row.at)}Z", ""),
        (ink.line(row.model or "-"), ""),
    ]
    second: list[Span] = [(fact, "") for fact in _numbers(row, call)]
    score, odd = among or Among()
    if score is not None:
        said = _novelty(score) if width >= WIDE else f"novel {score.novelty:.2f}"
        second.append((said, "$warning" if score.novelty > cells.NOVEL else ""))
    second += [(odd, "$warning")] if odd else []
    places = (("user", row.user_id), ("route", row.route), ("host", row.host))
    second += [(f"{name} {ink.line(said)}", "") for name, said in places if said]
    spot = f"{place.number:,}/{place.of:,}"
    return Content("\n").join([_line(first, "", width), _line(second, spot, width)])


def state(row: Row) -> list[Span]:
    """What is wrong with a call, loud, in words."""
    if row.status == "error":
        code = None if row.http_status is None else cells.trouble(row.http_status)
        what = " ".join(filter(None, ["! ERROR", ink.line(row.error_type or ""), code]))
        return [(what, "$error bold")]
    if row.failed:
        return [(f"✗ FAIL {ink.line(', '.join(row.failed))}", "$error bold")]
    if row.state == "partial" or row.status == "incomplete":
        return [("? incomplete", "$warning")]
    if row.errored:
        return [(f"? errored {ink.line(', '.join(row.errored))}", "$warning")]
    return [("ok", "$success")]


def short_key(key: str, width: int = 80) -> str:
    """A key without its kind; where a line has no room for all of it, its end."""
    name = ink.line(key.partition(":")[2] or key)
    return name if len(name) <= max(18, width // 4) else f"…{name[-14:]}"


def _numbers(row: Row, call: Call | None) -> list[str]:
    cached = row.cache_read_input_tokens
    ms = "-" if row.latency_ms is None else f"{row.latency_ms:.0f}ms"
    used = f"in {_said(row.input_tokens)}" + (f" (cached {cached})" if cached else "")
    facts = [
        f"{ms} ttft {cells.millis(row.ttft_ms)}",
        f"{used} out {_said(row.output_tokens)}",
        cells.money(row.cost),
        ink.line(row.finish_reason or "-"),
    ]
    temperature = (call.request_params or {}).get("temperature") if call else None
    return [*facts, f"temp {ink.line(str(temperature))}"] if temperature is not None else facts


def _novelty(score: Score) -> str:
    """`novel 0.83 by its words, nearest refund-3f9a2c`."""
    near = f", nearest {ink.line(score.nearest)}" if score.nearest else ", like no case"
    return f"novel {score.novelty:.2f} by its words{near}"


def _said(number: int | None) -> str:
    return "-" if number is None else str(number)


def _named(name: str | None, version: str | None) -> str:
    short = version[:8] if version and version.startswith("h:") else version
    return ink.line("@".join(part for part in (name, short) if part) or "-")


def _line(spans: Sequence[Span], right: str, width: int) -> Content:
    room = width - 2 - (cell_len(right) + 2 if right else 0)
    parts: list[Content] = []
    for text, style in spans:
        gap = 2 if parts else 0
        if room - gap < 2:
            break
        shown = text if cell_len(text) <= room - gap else cells.cut(text, room - gap)
        parts.append(Content.styled(shown, style))
        room -= cell_len(shown) + gap
    line = Content(" ") + Content("  ").join(parts)
    return line + Content(" " * (room + 2) + right) if right else line
