"""The rule that tells a break from bad luck, in tables and by simulation."""

import random

import pytest

from tailllm.evals.verdicts import Tally, Verdict, decide, is_flip

T, F, N = True, False, None
STABLE, ALWAYS_FAILS, MIXED = Tally(5, 5), Tally(0, 5), Tally(3, 5)


@pytest.mark.parametrize(
    ("base", "first", "more", "verdict"),
    [
        (STABLE, [T], None, Verdict.PASSED),
        (STABLE, [F], [F, F, F], Verdict.BROKE),
        (STABLE, [F], [F, T, F], Verdict.BROKE),
        (STABLE, [F], [T, T, F], Verdict.FLAKY),
        (STABLE, [F], [T, T, T], Verdict.FLAKY),
        (STABLE, [F], [F, N, F], Verdict.NOT_EVALUATED),
        (STABLE, [F], None, Verdict.BROKE),
        (STABLE, [T, T, F], [T, T, T], Verdict.FLAKY),
        (STABLE, [F, F, T], [F, F, T], Verdict.BROKE),
        (STABLE, [N], None, Verdict.NOT_EVALUATED),
        (STABLE, [], None, Verdict.NOT_EVALUATED),
        (ALWAYS_FAILS, [F], None, Verdict.STILL_FAILING),
        (ALWAYS_FAILS, [T], [T, T, T], Verdict.MENDED),
        (ALWAYS_FAILS, [T], [F, F, T], Verdict.FLAKY),
        (MIXED, [F], None, Verdict.FLAKY),
        (MIXED, [T], None, Verdict.FLAKY),
        (None, [T], None, Verdict.NEW),
        (None, [F], [F, F, F], Verdict.NEW),
    ],
)
def test_a_change_is_one_only_against_a_stable_baseline_and_by_repetition(
    base: Tally | None, first: list[bool | None], more: list[bool | None] | None, verdict: Verdict
) -> None:
    assert decide(base, first, more).verdict is verdict


def false_breaks(rng: random.Random, *, passes: float, samples: int) -> int:
    """Cases called broken in one run of 200 in which nothing changed."""
    broke = 0
    for _ in range(200):
        base = Tally(sum(rng.random() < passes for _ in range(samples)), samples)
        first = [rng.random() < passes]
        more = [rng.random() < passes for _ in range(3)] if is_flip(base, first) else None
        broke += decide(base, first, more).verdict is Verdict.BROKE
    return broke


@pytest.mark.parametrize(
    ("samples", "runs"),
    [
        (1, 200),
        pytest.param(5, 200, marks=pytest.mark.long),
        pytest.param(1, 2000, marks=pytest.mark.long),
    ],
)
def test_an_unchanged_system_cries_wolf_in_at_most_one_run_of_ten(samples: int, runs: int) -> None:
    rng = random.Random(20261123)

    wolves = sum(false_breaks(rng, passes=0.95, samples=samples) for _ in range(runs))

    # Exactly 0.069 a run against one sample, 0.056 against five.
    assert wolves / runs <= 0.1


def test_a_case_that_always_fails_now_is_always_found() -> None:
    assert decide(STABLE, [F], [F, F, F]).verdict is Verdict.BROKE
    assert decide(Tally(1, 1), [F], [F, F, F]).verdict is Verdict.BROKE
