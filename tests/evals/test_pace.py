"""The number of requests at once is found by asking, and hardly ever asked for too much."""

from tailllm.evals.pace import CALM_S, MOST, SOON_S, Pace


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_it_grows_with_every_answer_up_to_the_most() -> None:
    pace = Pace(None, Clock())

    for _ in range(200):
        pace.answered()

    assert pace.limit == MOST


def test_refusals_tell_how_many_are_taken() -> None:
    pace = Pace(64, Clock())

    for under_way in range(63, 23, -1):
        pace.refused(under_way)

    assert pace.limit == 24


def test_a_limit_that_was_counted_too_low_is_corrected_soon() -> None:
    clock = Clock()
    pace = Pace(None, clock)
    pace.refused(15)

    for _ in range(40):
        clock.now += SOON_S / 2
        pace.answered()

    assert pace.limit >= 24


def test_a_refused_try_is_not_repeated_for_long() -> None:
    clock = Clock()
    pace = Pace(None, clock)
    pace.refused(15)
    tries = 0
    for _ in range(600):
        clock.now += 0.1
        pace.answered()
        if pace.limit > 15:
            tries += 1
            pace.refused(15)

    assert pace.limit == 15
    assert tries <= 5, "in a minute"
    assert clock.now - 100 > 8 * CALM_S


def test_one_late_refusal_does_not_stop_everything() -> None:
    pace = Pace(64, Clock())

    pace.refused(2)

    assert pace.limit == 63
