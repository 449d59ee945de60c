"""The numbers of the header, gathered off the screen's thread and frozen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tailllm.store.span import Span

if TYPE_CHECKING:
    from tailllm.ask.check import Finding, Limit
    from tailllm.feed.feed import Feed
    from tailllm.store.stats import Stats

SPANS: tuple[tuple[str, float | None], ...] = (
    ("1m", 60),
    ("5m", 300),
    ("15m", 900),
    ("1h", 3600),
    ("all", None),
)
"""The time windows `t` goes through, in seconds; None is everything read."""

USUAL = 1
EVERYTHING = len(SPANS) - 1
BUCKETS = 60
"""Bars of a sparkline at most; narrow screens draw the newest."""

Counts = Mapping[str, Any]
"""One object of `tailllm stats --json`."""


@dataclass(frozen=True)
class Facts:
    """What is true of the calls of one time window."""

    total: Counts = field(default_factory=dict)
    models: Sequence[Counts] = ()
    prompts: Sequence[Counts] = ()
    span: int = USUAL
    rate: float | None = None
    """Calls per second over the window; None when nothing was read."""
    calls: Sequence[int] = ()
    bad: Sequence[int] = ()
    p95: Sequence[float | None] = ()
    rough: bool = False
    """Whether percentiles are to within 9 %."""
    alerts: "tuple[Finding, ...]" = ()
    """Limits that are passed."""


def usual_span(feed: "Feed", now: float) -> int:
    """The window to begin with: five minutes, or everything when the log is an old one."""
    newest = feed.store.newest_at
    fresh = newest is not None and now - newest < (SPANS[USUAL][1] or 0)
    return USUAL if newest is None or fresh else EVERYTHING


def moves_on(feed: "Feed", span: int) -> bool:
    """Whether time alone changes the numbers of a window: not those of an old log, or of all."""
    asked = feed.span_ending_now(SPANS[span][1])
    return asked.start is not None and asked.end is None


def gather(feed: "Feed", span: int, *, groups: bool, limits: "Sequence[Limit]" = ()) -> Facts:
    """Ask the store once for everything the header shows.

    Args:
        span: Index into `SPANS`.
        groups: Whether the tables by model and prompt are on the screen.
        limits: What the numbers are held against.

    Units:
        The rate is in calls per second.
    """
    store = feed.store
    asked = feed.span_ending_now(SPANS[span][1])
    reach = Span(store.oldest_at, store.newest_at)
    tick = store.ticks.tick(asked, reach, BUCKETS, tables=groups)
    total, line = tick.total.numbers(), tick.line
    return Facts(
        total=total,
        models=[{"model": one.name} | one.numbers() for one in tick.tables.get("model", ())],
        prompts=[{"prompt": one.name} | one.numbers() for one in tick.tables.get("prompt", ())],
        rough=tick.total.rough,
        span=span,
        rate=_rate(feed, total["calls"], SPANS[span][1]),
        calls=tuple(line.calls),
        bad=tuple(line.bad),
        p95=tuple(line.p95_ms),
        alerts=_alerts(tick.total, limits),
    )


def _alerts(stats: "Stats", limits: "Sequence[Limit]") -> "tuple[Finding, ...]":
    """Too few calls to tell is no alert."""
    if not limits:
        return ()
    from tailllm.ask.check import check

    return tuple(one for one in check(stats, limits) if one.state == "over")


def _rate(feed: "Feed", calls: int, seconds: float | None) -> float | None:
    oldest, newest = feed.store.oldest_at, feed.store.newest_at
    if oldest is None or newest is None:
        return None
    read = max(1.0, newest - oldest)
    return calls / (read if seconds is None else min(read, seconds))
