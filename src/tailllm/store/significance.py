"""Whether a difference is more than chance: exact for shares, by ranks for numbers.

Written here, in 60 lines of the standard library, because SciPy would put 100 MB on a
production host for two functions. The tests hold them against values worked out by hand and
against shuffled calls.
"""

from collections.abc import Mapping, Sequence
from math import erfc, exp, inf, lgamma, log, sqrt

MOST_TERMS = 20_000
"""Of an exact test; with more, the normal curve is as good."""


def fisher(part: int, of: int, other_part: int, other_of: int) -> float:
    """Fisher's exact test, two-sided: how likely shares are at least so far apart by chance.

    Returns:
        1.0 when a side is empty.
    """
    parts, calls = part + other_part, of + other_of
    low, high = max(0, parts - other_of), min(of, parts)
    if low >= high:
        return 1.0
    if high - low > MOST_TERMS:
        return _by_normal_curve(part, of, other_part, other_of)
    likely = _chance(low, of, parts, calls)
    chances = []
    for k in range(low, high + 1):
        chances.append(likely)
        likely += _log_ratio((of - k) * (parts - k), (k + 1) * (calls - of - parts + k + 1))
    limit = chances[part - low] + 1e-7
    top = max(chances)
    total = sum(exp(one - top) for one in chances)
    return min(1.0, sum(exp(one - top) for one in chances if one <= limit) / total)


def rank_sum(before: Mapping[int, int], after: Mapping[int, int]) -> tuple[float, float]:
    """Mann and Whitney's test on counts per bucket, corrected for ties.

    Args:
        before: Bucket to count; a higher bucket holds larger numbers.
        after: The same for the other side.

    Returns:
        The chance of a shift at least so large, and the shift: the share of pairs in which
        `after` is larger less the share in which it is smaller (Cliff's delta, -1 to 1).
    """
    n, m = sum(before.values()), sum(after.values())
    if not n or not m:
        return 1.0, 0.0
    below, wins, ties = 0, 0.0, 0
    for bucket in sorted({*before, *after}):
        ours, theirs = after.get(bucket, 0), before.get(bucket, 0)
        wins += ours * (below + theirs / 2)
        below += theirs
        ties += (ours + theirs) ** 3 - (ours + theirs)
    both = n + m
    variance = n * m / 12 * (both + 1 - ties / (both * (both - 1)))
    if variance <= 0:
        return 1.0, 0.0
    far = max(0.0, abs(wins - n * m / 2) - 0.5)
    return erfc(far / sqrt(2 * variance)), 2 * wins / (n * m) - 1


def holm(chances: Sequence[float]) -> list[float]:
    """Chances corrected for their number, after Holm.

    What stays under 5 % is reported: then a comparison in which nothing has changed reports
    anything at all in at most one of twenty.
    """
    corrected = [1.0] * len(chances)
    highest = 0.0
    for rank, place in enumerate(sorted(range(len(chances)), key=chances.__getitem__)):
        highest = max(highest, min(1.0, chances[place] * (len(chances) - rank)))
        corrected[place] = highest
    return corrected


def _chance(k: int, of: int, parts: int, calls: int) -> float:
    """Logarithm of the chance of exactly `k`."""
    return _choose(of, k) + _choose(calls - of, parts - k) - _choose(calls, parts)


def _choose(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)


def _log_ratio(over: int, under: int) -> float:
    return log(over / under) if over > 0 else -inf


def _by_normal_curve(part: int, of: int, other_part: int, other_of: int) -> float:
    share = (part + other_part) / (of + other_of)
    spread = sqrt(share * (1 - share) * (1 / of + 1 / other_of))
    correction = (1 / of + 1 / other_of) / 2
    far = max(0.0, abs(part / of - other_part / other_of) - correction)
    return erfc(far / spread / sqrt(2)) if spread else 1.0
