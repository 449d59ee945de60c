"""How often the screen is painted."""

import pytest

from tailllm.tui.screens.pace import Pace

LEAST_S = 0.25


def paints(calls_per_s: float, seconds: float = 20.0, *, at_once: bool = True) -> float:
    """Paints a second while calls come evenly, news of them every 40 ms at most."""
    pace, painted, now, owed_at = Pace(LEAST_S, at_once=at_once), 0, 0.0, None
    seen = 0
    while now < seconds:
        calls = int(now * calls_per_s)
        if owed_at is not None and now >= owed_at:
            pace.painted(now, calls)
            painted, owed_at, seen = painted + 1, None, calls
        if owed_at is None and calls > seen:
            owed_at = now + pace.wait(now, calls)
        now += 0.01
    return painted / seconds


def test_a_call_after_a_pause_is_painted_at_once() -> None:
    pace = Pace(LEAST_S)
    pace.painted(1.0, end=7)

    assert pace.wait(5.0, end=8) == 0.0


def test_no_rate_of_calls_costs_more_than_twelve_paints_a_second() -> None:
    assert max(paints(rate) for rate in (1, 5, 10, 20, 50, 100, 200, 1_000, 60_000)) < 12


def test_a_stream_that_nobody_can_read_is_painted_half_as_often() -> None:
    assert paints(1_000) == pytest.approx(paints(100) / 2, rel=0.2)


def test_on_a_slow_line_no_rate_costs_more_than_the_least_time() -> None:
    for rate in (1, 5, 50, 1_000):
        assert paints(rate, at_once=False) <= 1 / LEAST_S + 0.1
