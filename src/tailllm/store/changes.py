"""What is different between two groups of calls, and is not noise."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import asin, pi, sqrt
from typing import Any, Literal, NamedTuple

from tailllm.store.significance import fisher, holm, rank_sum
from tailllm.store.tallies import WITHIN, Part, Rate, Spread, Tally

FEWEST_CALLS = 20
"""On each side, before anything is said."""
FEWEST_OF_A_NAME = 5
"""Calls of both sides together that have a value, before it is compared."""
CHANCE = 0.05
SMALL = {"share": 0.1, "number": 0.15}
"""Cohen's h and Cliff's delta under which a difference is not worth a look."""
LEAST_POINTS = 0.01
LEAST_RATIO = 1.1
TAIL = 0.05

Kind = Literal["share", "number", "tail"]


class Side(NamedTuple):
    """One side of a difference."""

    value: float | None
    """A share from 0 to 1, or a median in the field's own unit."""
    part: int | None
    """The calls meant, of `n`; None for a median."""
    n: int
    p95: float | None = None

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        value = None if self.value is None else round(self.value, 6)
        shown: dict[str, Any] = {"value": value, "n": self.n}
        if self.part is not None:
            shown["part"] = self.part
        return shown | ({} if self.p95 is None else {"p95": round(self.p95, 6)})


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that changed."""

    kind: Kind
    what: str
    """`errors`, `failed`, `validator`, a field, `failing of prompt`, `latency_ms`."""
    name: str | None
    """Whose: of which validator, model, prompt; None for all calls."""
    before: Side
    after: Side
    chance: float
    """Of a difference at least so large if nothing had changed, corrected for all that was
    compared."""
    strength: float
    """0 to 1, to put shares and numbers in one order."""

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "what": self.what,
            "name": self.name,
            "kind": self.kind,
            "before": self.before.as_json(),
            "after": self.after.as_json(),
            "chance": float(f"{self.chance:.2g}"),
            "strength": round(self.strength, 4),
        }


@dataclass(frozen=True, slots=True)
class Changes:
    """What a comparison found."""

    before_calls: int
    after_calls: int
    differences: tuple[Difference, ...]
    """The strongest first."""
    compared: int
    """How many things were compared."""
    too_few: tuple[str, ...]
    """What could not be compared for lack of calls."""

    @property
    def enough(self) -> bool:
        """Whether there were calls enough to say anything."""
        return min(self.before_calls, self.after_calls) >= FEWEST_CALLS

    def as_json(self) -> dict[str, Any]:
        """The object `tailllm changed --json` prints."""
        return {
            "enough": self.enough,
            "before": {"calls": self.before_calls},
            "after": {"calls": self.after_calls},
            "compared": self.compared,
            "too_few": list(self.too_few),
            "differences": [one.as_json() for one in self.differences],
        }


def changes(before: Tally, after: Tally, *, shares_only: bool = False) -> Changes:
    """Compare two tallies.

    Args:
        before: One side.
        after: The other.
        shares_only: Leave out failures and verdicts: for sides that were chosen by them.
    """
    if min(before.calls, after.calls) < FEWEST_CALLS:
        return Changes(before.calls, after.calls, (), 0, ("everything",))
    few: list[str] = []
    found = [
        *_shares(before, after, few, shares_only=shares_only),
        *_numbers(before, after, few),
    ]
    corrected = holm([one.chance for one in found])
    told = [
        replace(one, chance=chance)
        for one, chance in zip(found, corrected, strict=True)
        if chance <= CHANCE and _is_large(one)
    ]
    told.sort(key=lambda one: (-one.strength, one.chance, one.what, one.name or ""))
    return Changes(before.calls, after.calls, tuple(told), len(found), tuple(few))


def _shares(
    before: Tally, after: Tally, few: list[str], *, shares_only: bool
) -> Iterator[Difference]:
    for rate in sorted({*before.parts, *after.parts}, key=lambda rate: (rate[0], rate[1] or "")):
        if shares_only and rate[0] in _CHOSEN_BY:
            continue
        one, other = before.part(rate), after.part(rate)
        if not one.of or not other.of:
            continue
        if _is_few(rate, one, other):
            few.append(" ".join(filter(None, rate)))
            continue
        chance = fisher(other.part, other.of, one.part, one.of)
        yield Difference("share", *rate, _side(one), _side(other), chance, _cohen(one, other))


_CHOSEN_BY = frozenset({"errors", "failed", "validator", "error"}) | {
    f"failing of {field}" for field in WITHIN
}


def _is_few(rate: Rate, one: Part, other: Part) -> bool:
    if rate[0] == "validator" or rate[0].startswith("failing of"):
        return min(one.of, other.of) < FEWEST_CALLS
    return rate[1] is not None and one.part + other.part < FEWEST_OF_A_NAME


def _numbers(before: Tally, after: Tally, few: list[str]) -> Iterator[Difference]:
    for field in sorted({*before.spreads, *after.spreads}):
        one, other = before.spreads.get(field), after.spreads.get(field)
        if one is None or other is None:
            continue
        n, m = sum(one.buckets.values()), sum(other.buckets.values())
        if min(n, m) < FEWEST_CALLS:
            few.append(field)
            continue
        chance, shift = rank_sum(one.buckets, other.buckets)
        sides = Side(one.p50, None, n, one.p95), Side(other.p50, None, m, other.p95)
        yield Difference("number", field, None, *sides, chance, abs(shift))
        yield _tail(field, one, other)


def _tail(field: str, one: Spread, other: Spread) -> Difference:
    """Calls over the 95th percentile of both sides: a few very slow ones move no median."""
    limit = _start_of_tail(one.buckets, other.buckets)
    before, after = _over(limit, one), _over(limit, other)
    chance = fisher(*after, *before)
    sides = _side(before)._replace(p95=one.p95), _side(after)._replace(p95=other.p95)
    return Difference("tail", field, None, *sides, chance, _cohen(before, after))


def _over(limit: int, spread: Spread) -> Part:
    counts = spread.buckets.items()
    return Part(sum(n for bucket, n in counts if bucket >= limit), sum(n for _, n in counts))


def _start_of_tail(one: dict[int, int], other: dict[int, int]) -> int:
    """The highest bucket from which on there are a twentieth of all calls."""
    wanted, seen = TAIL * (sum(one.values()) + sum(other.values())), 0
    for bucket in sorted({*one, *other}, reverse=True):
        seen += one.get(bucket, 0) + other.get(bucket, 0)
        if seen >= wanted:
            return bucket
    return 0


def _is_large(one: Difference) -> bool:
    before, after = one.before.value, one.after.value
    if before is None or after is None:
        return False
    if one.kind == "number":
        low, high = sorted((before, after))
        return one.strength >= SMALL["number"] and high >= LEAST_RATIO * low
    return one.strength * pi >= SMALL["share"] and abs(after - before) >= LEAST_POINTS


def _side(part: Part) -> Side:
    return Side(part.share, part.part, part.of)


def _cohen(one: Part, other: Part) -> float:
    """Cohen's h, which takes 1 % to 2 % for as much as 24 % to 28 %; from 0 to 1."""
    angles = [2 * asin(sqrt(part.share or 0.0)) for part in (one, other)]
    return abs(angles[1] - angles[0]) / pi
