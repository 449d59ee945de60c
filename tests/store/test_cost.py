"""What a screen asks per tick costs the same after an hour and after a day."""

from collections.abc import Callable
from time import perf_counter

import pytest

from tailllm.records.row import Row
from tailllm.store.span import Span
from tailllm.store.store import Store
from tests.conftest import NOON


@pytest.mark.long
def test_a_question_about_the_last_minutes_does_not_grow_with_the_log(
    make_row: Callable[..., Row],
) -> None:
    row = make_row()
    stores = [Store(window_size=100) for _ in range(2)]
    for store, count in zip(stores, (20_000, 400_000), strict=True):
        for first in range(0, count, 10_000):
            times = (NOON + (first + n) / 40 for n in range(10_000))
            store.extend([row._replace(at=at, arrived=at) for at in times])
        store.stats()
    taken: list[list[float]] = [[], []]
    for _ in range(15):
        for store, times_s in zip(stores, taken, strict=True):
            newest = store.newest_at or 0.0
            begun = perf_counter()
            calls = store.stats(Span(newest - 300, newest), by="model").calls
            times_s.append(perf_counter() - begun)
            assert calls == 12_001
    small, large = (sorted(times_s)[7] for times_s in taken)

    assert large < 3 * small
