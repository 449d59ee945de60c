"""What header and status line say, from the feed and the table: no drawing here."""

from typing import TYPE_CHECKING

from tailllm.ink import counted as number
from tailllm.ink import line as visible
from tailllm.tui import cells
from tailllm.tui.widgets.header import Situation
from tailllm.tui.widgets.ranked import Ranked
from tailllm.tui.widgets.status import Looking
from tailllm.tui.widgets.table import CallTable

if TYPE_CHECKING:
    from tailllm.feed.feed import Feed
    from tailllm.tui.screens.filtering import Filtering

QUIET_AFTER_BYTES = 1 << 20
"""Less than this behind is shown as live."""


def source(feed: "Feed", targets: tuple[str, ...]) -> str:
    """A file that was asked for, else the first with calls, and how many more there are."""
    files = [file for file in feed.files if file.calls] or list(feed.files)
    # A rotated file keeps its calls under its new name; the one that grows is the one meant.
    files.sort(key=lambda file: file.path not in targets)
    if not files:
        return visible(" ".join(targets))
    more = len(feed.files) - 1
    return visible(files[0].path) + (f" +{number(more, 'file')}" if more else "")


def formats(feed: "Feed") -> str:
    """Which formats were found: `otel_genai, 84 calls, 12 other lines`."""
    names = sorted({file.format for file in feed.files if file.format})
    counted = []
    for name in names:
        mine = [file for file in feed.files if file.format == name]
        calls, others = sum(f.calls for f in mine), sum(f.others for f in mine)
        text = f"{name}, {number(calls, 'call')}"
        counted.append(text + (f", {number(others, 'other line')}" if others else ""))
    return visible("; ".join(counted))


def situation(
    feed: "Feed", table: CallTable, targets: tuple[str, ...], *, frozen: bool
) -> Situation:
    """How the feed stands."""
    progress = feed.progress
    read = ""
    if not progress.done and progress.total_bytes:
        read = f"{cells.short(progress.read_bytes)} of {cells.short(progress.total_bytes)}B"
    return Situation(
        source=source(feed, targets),
        mode=_mode(feed, table, frozen=frozen),
        lag_s=feed.lag_s,
        read=read,
        formats=formats(feed),
        unread=feed.rejects.broken,
        others=feed.rejects.other,
        known=len(feed.window) + feed.window.dropped,
    )


def looking(
    feed: "Feed", table: CallTable, filtering: "Filtering", *, frozen: bool, marked: int
) -> Looking:
    """Where the reader is."""
    held = len(feed.window)
    scored = feed.store.novelties.told(held) if filtering.asks_novel else ""
    new, bad = table.view.since(table.gaze.left_at) if not table.following else (0, 0)
    row = table.selected
    return Looking(
        following=table.following,
        frozen=frozen,
        at=row.at if row else None,
        new=new,
        new_bad=bad,
        order=_order(feed, table),
        filter=visible(filtering.text),
        shown=len(table.view),
        held=held,
        scored=filtering.searched(held) or scored,
        complete=table.view.complete or frozen,
        marked=marked,
    )


def _order(feed: "Feed", table: CallTable) -> str:
    """Which order the calls stand in, and how many had a place in it when it was made."""
    if not isinstance(table.view, Ranked) or table.rank is None:
        return ""
    known, of = table.view.known, len(table.view)
    now = min(len(feed.store.novelties), len(feed.window))
    again = f"; now {now:,}: > again" if known < min(now, of) else ""
    return f"BY {table.rank.name.upper()}, {known:,} of {of:,} scored{again}"


def empty(feed: "Feed", targets: tuple[str, ...], *, filtered: bool) -> str:
    """What would fill an empty table."""
    if filtered and len(feed.window):
        held = number(len(feed.window), "call")
        return f"None of the {held} passes the filter: Esc clears it."
    lines = feed.rejects.total
    if lines:
        return f"No model call in {number(lines, 'line')} yet: ! lists them with the reason."
    return visible(f"Waiting for the first call in {' '.join(targets)}…")


def _mode(feed: "Feed", table: CallTable, *, frozen: bool) -> str:
    if frozen:
        return "frozen"
    if not table.following:
        return "paused"
    if not feed.progress.done or feed.behind_bytes > QUIET_AFTER_BYTES:
        return "reading"
    if feed.ended:
        return "ended"
    return "live" if len(feed.window) else "waiting"
