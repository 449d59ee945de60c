"""Thresholds: is it still good, is it bad, or could nobody tell?"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from tailllm.store.stats import Percentiles, Stats

State = Literal["fine", "over", "unknown"]
Name = Literal["p50", "p95", "p99", "ttft-p95", "fail", "errors", "bad"]
SHARES: tuple[Name, ...] = ("fail", "errors", "bad")
DURATIONS: tuple[Name, ...] = ("p50", "p95", "p99", "ttft-p95")
FEWEST_CALLS = 20


class Limit(NamedTuple):
    """What a number may be at most.

    Units:
        Milliseconds, or a share from 0 to 1.
    """

    name: Name
    most: float


class Finding(NamedTuple):
    """What came of one limit."""

    name: Name
    most: float
    value: float | None
    """None when no call gives the number."""
    calls: int
    """Calls that give it."""
    state: State

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        value = None if self.value is None else round(self.value, 6)
        return self._asdict() | {"value": value}


def check(stats: Stats, limits: Sequence[Limit], *, fewest: int = FEWEST_CALLS) -> list[Finding]:
    """Hold the numbers of some calls against limits.

    Args:
        stats: Their numbers.
        limits: In the order of the answer.
        fewest: Under so many calls that give the number, nobody can tell.
    """
    return [_finding(stats, limit, fewest) for limit in limits]


def verdict(findings: Sequence[Finding]) -> State:
    """Of all limits together: what is over outweighs what is unknown."""
    states = {one.state for one in findings}
    if "over" in states:
        return "over"
    return "unknown" if "unknown" in states or not states else "fine"


def _finding(stats: Stats, limit: Limit, fewest: int) -> Finding:
    value, calls = _value(stats, limit.name)
    if value is None or calls < fewest:
        return Finding(*limit, value, calls, "unknown")
    return Finding(*limit, value, calls, "over" if value > limit.most else "fine")


def _value(stats: Stats, name: Name) -> tuple[float | None, int]:
    if name in _PERCENTILES:
        spread, place = _percentile(stats, name)
        return spread[place], spread.n
    part = {"fail": stats.failed, "errors": stats.errors, "bad": stats.bad}[name]
    return (part / stats.calls if stats.calls else None), stats.calls


_PERCENTILES: Mapping[Name, int] = {"p50": 0, "p95": 1, "p99": 2, "ttft-p95": 1}


def _percentile(stats: Stats, name: Name) -> tuple[Percentiles, int]:
    spread = stats.ttft_ms if name == "ttft-p95" else stats.latency_ms
    return spread, _PERCENTILES[name]
