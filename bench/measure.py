"""Times taken in turn, so that a noisy machine is noisy to all of them alike."""

from collections.abc import Callable
from statistics import median
from time import perf_counter

Way = Callable[[], object]


def in_turn(ways: dict[str, Way | None], rounds: int = 3) -> dict[str, float | None]:
    """Median seconds of each way; None for one that is not there (a peer not installed)."""
    taken = turns(ways, rounds)
    return {name: median(taken[name]) if name in taken else None for name in ways}


def turns(ways: dict[str, Way | None], rounds: int) -> dict[str, list[float]]:
    """Seconds of each way that is there, one after the other, in each round."""
    taken: dict[str, list[float]] = {name: [] for name, way in ways.items() if way is not None}
    for _ in range(rounds):
        for name, way in ways.items():
            if way is not None:
                begun = perf_counter()
                way()
                taken[name].append(perf_counter() - begun)
    return taken


def show(
    title: str, taken: dict[str, float | None], *, against: str, per: str, amount: float
) -> None:
    """A table: time, rate, and the ratio to one of the ways (2.0x takes twice as long)."""
    base = taken[against] or float("nan")
    print(f"\n{title}")
    for name, seconds in taken.items():
        if seconds is None:
            print(f"  {name:<44} not installed here")
            continue
        rate = amount / seconds
        print(f"  {name:<44} {seconds * 1e3:10.1f} ms {rate:12,.0f} {per}/s {seconds / base:8.2f}x")
