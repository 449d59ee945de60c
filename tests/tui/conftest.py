"""What the screen tests share: calls, an app over them, and waiting without sleeping."""

from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Any

import pytest
from textual.pilot import Pilot

from tailllm.records.row import Row
from tests.tui.stage import FakeFeed, traffic
from tests.wait import PATIENCE_S

WaitUntil = Callable[..., Awaitable[None]]


@pytest.fixture
def feed(make_row: Callable[..., Row]) -> FakeFeed:
    """Sixty calls of a busy minute."""
    return FakeFeed(traffic(make_row))


@pytest.fixture
def wait_until() -> WaitUntil:
    """Wait for something to become true."""

    async def wait(pilot: Pilot[Any], predicate: Callable[[], bool]) -> None:
        deadline = monotonic() + PATIENCE_S
        while not predicate():
            assert monotonic() < deadline, f"waited {PATIENCE_S} s in vain"
            await pilot.pause(0.01)
        await pilot.pause()

    return wait
