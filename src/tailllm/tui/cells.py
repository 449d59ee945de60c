"""How a number looks: the same unit, width and alignment on every screen.

Text from a log is made visible here (`ink`) and cut by terminal cells, never by `len`.
"""

import re
import time
from collections.abc import Sequence
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size

from tailllm.ink import line as visible
from tailllm.records.row import Row

NOVEL = 0.8
"""From here on a call is shown as like no case of the corpus."""
ABOUT = "~"
"""Before a percentile of a histogram: true to within 9 %."""
_REFUSED = 400
"""HTTP statuses from here on are errors."""


class Glyphs(NamedTuple):
    """The few signs we use, each with a plain twin for terminals without them."""

    fail: str = "✗"
    error: str = "!"
    slow: str = "▲"
    odd: str = "◇"
    partial: str = "?"
    mark: str = "m"
    novel: str = "◆"
    cursor: str = "▌"
    live: str = "●"
    paused: str = "‖"
    frozen: str = "■"
    reading: str = "◌"
    more: str = "▼"
    pin: str = "'"
    cut: str = "…"
    rule: str = "─"
    bars: str = "▁▂▃▄▅▆▇█"


UNICODE = Glyphs()
ASCII = Glyphs(
    fail="x", slow="^", odd="%", novel="*", cursor=">", live="*", paused="=", frozen="#",
    reading="~",
    more="v", cut="~", rule="-", bars=".:-=+*#%",
)  # fmt: skip

_DATE = re.compile(r"-(\d{4}-?\d{2}-?\d{2}|latest)$")


def cut(text: str, width: int, glyphs: Glyphs = UNICODE) -> str:
    """Text in exactly `width` cells, its end replaced by a sign when it does not fit."""
    if width <= 0:
        return ""
    if text.isascii() and text.isprintable():
        return text.ljust(width) if len(text) <= width else text[: width - 1] + glyphs.cut
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    return set_cell_size(text, width - 1) + glyphs.cut


def shorten(text: str, width: int, glyphs: Glyphs = UNICODE) -> str:
    """Text in at most `width` cells."""
    return text if cell_len(text) <= width else cut(text, width, glyphs)


def tail(text: str, width: int, glyphs: Glyphs = UNICODE) -> str:
    """The end of a text in at most `width` cells: of a path, its end is what matters."""
    if cell_len(text) <= width:
        return text
    while text and cell_len(text) > width - 1:
        text = text[1:]
    return glyphs.cut + text


def right(text: str, width: int) -> str:
    """Text against the right edge of `width` cells."""
    if text.isascii() and text.isprintable():
        return text[: max(0, width)].rjust(width)
    return " " * (width - cell_len(text)) + set_cell_size(text, min(width, cell_len(text)))


def clock(at: float, *, millis: bool = False) -> str:
    """Time of day, UTC, from seconds since the epoch."""
    try:
        whole, rest = divmod(round(at * 1000), 1000)
        text = time.strftime("%H:%M:%S", time.gmtime(whole))
    except (OverflowError, ValueError, OSError):
        return "-"
    return f"{text}.{rest:03d}" if millis else text


def moment(at: float) -> str:
    """A point in time that can be quoted: 2026-11-22 12:00:33.365 UTC."""
    try:
        day = time.strftime("%Y-%m-%d ", time.gmtime(at))
    except (OverflowError, ValueError, OSError):
        return "-"
    return f"{day}{clock(at, millis=True)} UTC"


def count(number: float | None) -> str:
    """A count with separators: 3,720."""
    return "-" if number is None else f"{number:,.0f}"


def count_in(number: float | None, width: int) -> str:
    """A count in so many cells; where it has no room its short form, never some of its digits."""
    text = count(number)
    return text if len(text) <= width else short(number)


def short(number: float | None) -> str:
    """A big number in four cells: 980, 12.3k, 3.1M."""
    if number is None:
        return "-"
    for size, unit in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if number >= size:
            scaled = number / (size if unit != "k" else 1e3)
            return f"{scaled:.1f}{unit}" if scaled < 100 else f"{scaled:.0f}{unit}"
    return f"{number:.0f}"


def millis(value: float | None) -> str:
    """Milliseconds, or minutes when they no longer fit five cells."""
    if value is None:
        return "-"
    return f"{value:.0f}" if value < 100_000 else f"{value / 60_000:.0f}m"


def seconds(value_ms: float | None) -> str:
    """Milliseconds as seconds: 0.97s, 12.1s, 310s."""
    if value_ms is None:
        return "-"
    value = value_ms / 1000
    return f"{value:.2f}s" if value < 10 else f"{value:.1f}s" if value < 100 else f"{value:.0f}s"


def percent(part: float, whole: float) -> str:
    """A share: 0.08%, 4.2%, 37%."""
    if not whole:
        return "-"
    share = 100 * part / whole
    return "0%" if not share else f"{share:.2f}%" if share < 1 else f"{share:.1f}%"


def money(value: float | None) -> str:
    """Cost as logged, in the log's currency."""
    if value is None:
        return "-"
    if 0 < value < 0.0001:
        return "<$0.0001"
    return f"${value:,.2f}" if value >= 0.1 or not value else f"${value:.4f}"


def rate(value: float) -> str:
    """Calls per second: 12.4/s, and 0.04/s when they are rare."""
    return f"{value:.1f}/s" if value >= 1 or not value else f"{value:.2f}/s"


def tokens(row: Row) -> str:
    """Input and output tokens as billed."""
    if row.input_tokens is None and row.output_tokens is None:
        return "-"
    return f"{short(row.input_tokens)}/{short(row.output_tokens)}"


def model(name: str | None, width: int, glyphs: Glyphs = UNICODE) -> str:
    """A model name; where it is too long, the maker and the date go first."""
    text = visible(name) if name else "-"
    if cell_len(text) > width:
        text = _DATE.sub("", text.rpartition("/")[2])
    if cell_len(text) > width:
        text = text.removeprefix("claude-").removeprefix("models.")
    return cut(text, width, glyphs)


def prompt(name: str | None, version: str | None, width: int, glyphs: Glyphs = UNICODE) -> str:
    """Prompt and version; the version stays whole, the name gives way."""
    label = visible(name) if name else ""
    edition = visible(version) if version else ""
    if edition.startswith("h:"):
        edition = edition[:8]
    if not label:
        return cut(edition or "-", width, glyphs)
    tail = f"@{edition}" if edition else ""
    room = width - cell_len(tail)
    if room < 3:
        return cut(label + tail, width, glyphs)
    if cell_len(label) > room:
        label = cut(label, room, glyphs)
    return set_cell_size(label + tail, width)


def trouble(http_status: int | None) -> str:
    """An error without a type in a word: its HTTP status, or that the answer broke off."""
    if http_status is None:
        return "error"
    return str(http_status) if http_status >= _REFUSED else "cut off"


def verdict(row: Row, *, slow: bool, odd: str = "") -> str:
    """What is wrong with a call, in one word; `ok` when nothing is.

    Args:
        row: The call.
        slow: Whether it is.
        odd: What is unusual for its kind, such as `12x out`.
    """
    if row.status == "error":
        return visible(row.error_type or trouble(row.http_status))
    failed = row.failed
    if failed:
        more = f"+{len(failed) - 1}" if len(failed) > 1 else ""
        return visible(failed[0]) + more
    if row.state == "partial":
        return "waiting"
    if row.status == "incomplete":
        return "cut off"
    if row.errored:
        return "undecided"
    return _unusual(slow, odd) or ("ok" if row.status == "ok" else "-")


def _unusual(slow: bool, odd: str) -> str:
    if slow:
        return f"slow {odd.partition(' ')[0]}" if odd.endswith(" ms") else "slow"
    return odd


def kind(row: Row, *, slow: bool) -> str:
    """The one state a list shows: error, failed, partial, slow or ok."""
    if row.status == "error":
        return "error"
    if row.failed:
        return "failed"
    if row.state == "partial" or row.status == "incomplete" or row.errored:
        return "partial"
    return "slow" if slow else "ok"


def glyph(state: str, glyphs: Glyphs) -> str:
    """The sign of a state from `kind`."""
    signs = {
        "error": glyphs.error,
        "failed": glyphs.fail,
        "partial": glyphs.partial,
        "slow": glyphs.slow,
        "odd": glyphs.odd,
    }
    return signs.get(state, " ")


def badge(novelty: float | None, glyphs: Glyphs) -> str:
    """The sign of a call that is like no case; nothing while it is not scored."""
    return glyphs.novel if novelty is not None and novelty > NOVEL else " "


def spark(values: Sequence[float | None], width: int, glyphs: Glyphs = UNICODE) -> str:
    """The last `width` values as bars from zero; a gap where there is none."""
    shown = list(values)[-width:] if width > 0 else []
    peak = max((value for value in shown if value), default=0) or 1
    top = len(glyphs.bars) - 1
    return "".join(
        " " if value is None else glyphs.bars[min(top, round(value / peak * top))]
        for value in shown
    )


class Chunk(NamedTuple):
    """A piece of a line that may be left out."""

    rank: int
    """0 is the last to go."""
    text: str
    style: str = ""
    """A name from `widgets.paint`."""


def fit(chunks: Sequence[Chunk], width: int, gap: int = 3) -> list[Chunk]:
    """The chunks that fit in a line, the least important left out first."""
    kept = [chunk for chunk in chunks if chunk.text]
    while len(kept) > 1 and _length(kept, gap) > width:
        kept.remove(max(reversed(kept), key=lambda chunk: chunk.rank))
    return kept


def _length(chunks: Sequence[Chunk], gap: int) -> int:
    return 1 + sum(cell_len(chunk.text) for chunk in chunks) + gap * (len(chunks) - 1)
