"""What the screen tests share: calls, an app over them, and waiting without sleeping."""

from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Any

import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Input

from tailllm.records.row import Row
from tailllm.tui.widgets.reading import ReadingPane
from tests.tui.stage import FakeFeed, traffic
from tests.wait import PATIENCE_S

WaitUntil = Callable[..., Awaitable[None]]
SAME_LOOKS = 4
"""A picture is taken when so many looks in a row saw the same."""
LOOK_EVERY_S = 0.02


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


@pytest.fixture
def snap_compare(snap_compare: Callable[..., bool]) -> Callable[..., bool]:
    """As the plugin's; takes the picture when nothing moves any more, however busy the machine."""

    def compare(app: App[Any], run_before: Any = None, **options: Any) -> bool:
        async def before(pilot: Pilot[Any]) -> None:
            if run_before:
                await run_before(pilot)
            await settle(pilot)

        return snap_compare(app, run_before=before, **options)

    return compare


async def settle(pilot: Pilot[Any]) -> None:
    """Wait until no thread works, every page is laid out and the screen stays as it is."""
    app, deadline = pilot.app, monotonic() + PATIENCE_S
    seen: list[object] = []
    while len(seen) < SAME_LOOKS:
        assert monotonic() < deadline, f"moved for {PATIENCE_S} s"
        for field in app.screen.query(Input):
            field.cursor_blink = False
        await pilot.pause(LOOK_EVERY_S)
        look = app.screen._compositor.render_strips()
        if not _is_quiet(app) or (seen and seen[-1] != look):
            seen.clear()
        seen.append(look)


def _is_quiet(app: App[Any]) -> bool:
    pages_done = all(pane.page.done for pane in app.screen.query(ReadingPane))
    return pages_done and all(worker.is_finished for worker in app.workers)
