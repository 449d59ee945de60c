"""What is followed, how it is going, and the numbers of the time window."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from tailllm.ink import counted
from tailllm.tui import cells
from tailllm.tui.cells import Chunk, Glyphs
from tailllm.tui.facts import SPANS, Facts
from tailllm.tui.widgets.paint import Line, Paint, row


class Situation(NamedTuple):
    """How the feed and the screen stand; texts are already visible."""

    source: str = ""
    mode: str = "waiting"
    """live | paused | frozen | reading | waiting | ended"""
    lag_s: float | None = None
    read: str = ""
    """How much of the past is read: `1.2G of 10G`."""
    formats: str = ""
    unread: int = 0
    """Lines nobody could read."""
    others: int = 0
    """Lines that are no calls."""
    known: int = 0
    """Every call that was read."""


class Header(Paint):
    """Two lines: where we are, and how it goes."""

    def __init__(self, *, glyphs: Glyphs = cells.UNICODE, id: str | None = None) -> None:  # noqa: A002
        super().__init__(glyphs=glyphs, id=id)
        self.situation = Situation()
        self.facts = Facts()

    def tell(self, situation: Situation, facts: Facts) -> None:
        """Show these from now on."""
        self.situation, self.facts = situation, facts
        self.draw()

    def lines(self, width: int) -> list[Line]:
        """Where we are, and how it goes."""
        return [row(self._where(width), width, 2), row(self._numbers(width), width, 2)]

    def _where(self, width: int) -> list[Chunk]:
        now = self.situation
        return [
            Chunk(7, "tailllm", "strong"),
            Chunk(1, cells.tail(now.source, max(12, width // 3), self.glyphs)),
            self._mode(),
            Chunk(4, now.read and f"read {now.read}"),
            Chunk(2, "" if self.facts.rate is None else cells.rate(self.facts.rate)),
            Chunk(3, f"last {SPANS[self.facts.span][0]}".replace("last all", "all calls")),
            Chunk(8, now.formats, "quiet"),
        ]

    def _mode(self) -> Chunk:
        now, glyphs = self.situation, self.glyphs
        lag = "" if now.lag_s is None else f" lag {now.lag_s:.1f}s"
        match now.mode:
            case "live":
                return Chunk(0, f"{glyphs.live} LIVE{lag}", "good")
            case "paused":
                return Chunk(0, f"{glyphs.paused} PAUSED", "warn")
            case "frozen":
                return Chunk(0, f"{glyphs.frozen} FROZEN", "warn")
            case "ended":
                return Chunk(0, f"{glyphs.frozen} ENDED", "quiet")
            case "reading":
                return Chunk(0, f"{glyphs.reading} READING", "key")
            case _:
                return Chunk(0, f"{glyphs.reading} WAITING", "key")

    def _numbers(self, width: int) -> list[Chunk]:
        total = self.facts.total
        calls = total.get("calls", 0)
        failed = total.get("failed", 0)
        errors = total.get("errors", 0)
        latency = total.get("latency_ms") or {}
        ttft = (total.get("ttft_ms") or {}).get("p95")
        about = cells.ABOUT if self.facts.rough else ""
        unread, others = self.situation.unread, self.situation.others
        return [
            Chunk(0, self._calls(calls)),
            Chunk(1, self._share(failed, calls), "bad" if failed else ""),
            Chunk(2, f"{errors:,} err", "bad" if errors else ""),
            *_percentiles(latency, calls, about),
            Chunk(4, f"{unread:,} unparsed !" if unread else "", "warn"),
            Chunk(8, "" if ttft is None else f"ttft p95 {about}{cells.seconds(ttft)}"),
            Chunk(7, self._tokens(width)),
            Chunk(7, "" if total.get("cost") is None else cells.money(total["cost"])),
            Chunk(9, counted(others, "other line") if others else "", "quiet"),
        ]

    def _calls(self, calls: int) -> str:
        """How many the numbers cover, and of how many where that is not all."""
        known = self.situation.known
        everything = SPANS[self.facts.span][1] is None or known <= calls
        of = "" if everything else f" of {cells.count(known)}"
        noun = "call" if (calls if everything else known) == 1 else "calls"
        return f"{cells.count(calls)}{of} {noun}"

    def _share(self, failed: int, calls: int) -> str:
        return f"{failed:,} FAIL" + (f" {cells.percent(failed, calls)}" if failed else "")

    def _tokens(self, width: int) -> str:
        total = self.facts.total
        given, made = total.get("input_tokens"), total.get("output_tokens")
        if not given and not made:
            return ""
        unit = " tok" if width >= 100 else ""
        return f"in {cells.short(given)} out {cells.short(made)}{unit}"


def _percentiles(latency: Mapping[str, Any], calls: int, about: str) -> list[Chunk]:
    """Three numbers, or why there are none: many logs hold no durations."""
    if latency.get("p50") is None:
        return [Chunk(5, "no latency logged", "quiet")] if calls else []
    names = ((5, "p50"), (3, "p95"), (6, "p99"))
    return [Chunk(rank, f"{name} {about}{cells.seconds(latency[name])}") for rank, name in names]
