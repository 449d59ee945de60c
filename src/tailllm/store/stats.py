"""Answers about many calls, ready to print. What the log does not say is None, never 0."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple


class Percentiles(NamedTuple):
    """How a duration is spread over the calls that give it."""

    p50: float | None = None
    p95: float | None = None
    p99: float | None = None
    n: int = 0
    """Calls that gave the duration; the others are left out."""

    def as_json(self) -> dict[str, Any]:
        """Milliseconds to a tenth; finer would claim more than a log knows."""
        shown = {
            key: None if value is None else round(value, 1)
            for key, value in (("p50", self.p50), ("p95", self.p95), ("p99", self.p99))
        }
        return shown | {"n": self.n}


class Total(NamedTuple):
    """A sum over the calls that give the number; None when no call does."""

    sum: float | None = None
    n: int = 0


UNMEASURED = Percentiles()
UNKNOWN = Total()


class Verdicts(NamedTuple):
    """What one validator said about the calls it saw."""

    passed: int = 0
    failed: int = 0
    errored: int = 0
    unjudged: int = 0


@dataclass(frozen=True, slots=True)
class Stats:
    """The calls of a span, or those of one group in it.

    Units:
        Milliseconds, tokens as billed, cost in the log's currency, times in seconds since
        the epoch.
    """

    calls: int = 0
    errors: int = 0
    """Calls with status error."""
    failed: int = 0
    """Calls that failed at least one validator."""
    bad: int = 0
    """Calls with an error or a failed validator, each counted once."""
    rejects: int | None = None
    """Lines that gave no call; whoever reads the files sets it."""
    first: float | None = None
    last: float | None = None
    latency_ms: Percentiles = UNMEASURED
    ttft_ms: Percentiles = UNMEASURED
    input_tokens: Total = UNKNOWN
    output_tokens: Total = UNKNOWN
    cost: Total = UNKNOWN
    validators: dict[str, Verdicts] = field(default_factory=dict)
    by: str | None = None
    """The field the groups share out, or that this group belongs to."""
    name: str | None = None
    """Value of the field for a group; None for calls that do not say."""
    groups: tuple["Stats", ...] = ()
    """Most calls first."""
    rough: bool = False
    """Whether percentiles come from a histogram: to within 9 %."""

    def as_json(self) -> dict[str, Any]:
        """The object `tailllm stats --json` prints."""
        numbers = self.numbers()
        if self.by is not None:
            numbers["groups"] = [{self.by: one.name} | one.numbers() for one in self.groups]
        return numbers

    def numbers(self) -> dict[str, Any]:
        """The numbers alone, without groups."""
        numbers: dict[str, Any] = {
            "calls": self.calls,
            "errors": self.errors,
            "failed": self.failed,
            "rejects": self.rejects,
            "first": shown_time(self.first),
            "last": shown_time(self.last),
            "latency_ms": self.latency_ms.as_json(),
            "ttft_ms": self.ttft_ms.as_json(),
            **_total("input_tokens", self.input_tokens),
            **_total("output_tokens", self.output_tokens),
            **_total("cost", self.cost),
            "validators": {name: _verdicts(one) for name, one in self.validators.items()},
        }
        if self.rejects is None:
            del numbers["rejects"]
        return numbers


@dataclass(frozen=True, slots=True)
class Timeline:
    """A span cut into equal buckets, oldest first.

    Units:
        Seconds since the epoch, milliseconds.
    """

    start: float = 0.0
    end: float = 0.0
    calls: tuple[int, ...] = ()
    bad: tuple[int, ...] = ()
    """Calls with an error or a failed validator."""
    p95_ms: tuple[float | None, ...] = ()
    """None where no call gave a latency."""

    @property
    def width_s(self) -> float:
        """Seconds in a bucket; 0.0 when there is none."""
        return (self.end - self.start) / len(self.calls) if self.calls else 0.0


def _total(name: str, total: Total) -> dict[str, Any]:
    value = total.sum
    if isinstance(value, float):
        value = round(value, 6)
    return {name: value, f"{name}_n": total.n}


def _verdicts(one: Verdicts) -> dict[str, int]:
    shown = {"passed": one.passed, "failed": one.failed, "errored": one.errored}
    return shown | ({"unjudged": one.unjudged} if one.unjudged else {})


def shown_time(at: float | None) -> str | None:
    """A moment as JSON has it: ISO, UTC, milliseconds; None for what no calendar holds."""
    if at is None:
        return None
    try:
        moment = datetime.fromtimestamp(at, UTC)
    except (OverflowError, ValueError, OSError):
        return None
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
