"""What the screen tests share: calls, an app over them, and waiting without sleeping."""

from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Any

import pytest
from textual.pilot import Pilot

from tailllm.records.row import Row
from tests.tui.stage import FakeFeed, traffic

WaitUntil = Callable[..., Awaitable[None]]


@pytest.fixture
def feed(make_row: Callable[..., Row]) -> FakeFeed:
    """Sixty calls of a busy minute."""
    return FakeFeed(traffic(make_row))


@pytest.fixture
def wait_until() -> WaitUntil:
    """Wait for something to become true, ten seconds at most."""

    async def wait(pilot: Pilot[Any], predicate: Callable[[], bool]) -> None:
        deadline = monotonic() + 10
        while not predicate():
            assert monotonic() < deadline, "waited ten seconds in vain"
            await pilot.pause(0.01)
        await pilot.pause()

    return wait
