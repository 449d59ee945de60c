"""What the tests of the question screens share."""

from typing import Any

from textual.app import App
from textual.pilot import Pilot

from tailllm.tui.screens.question import Question
from tests.tui.conftest import WaitUntil
from tests.tui.test_live import ready, shown

SSH, DESK = (80, 24), (160, 45)


def question(app: App[Any]) -> Question:
    """The screen on top, which answers a question."""
    assert isinstance(app.screen, Question)
    return app.screen


async def answered(pilot: Pilot[Any], wait_until: WaitUntil) -> None:
    """Wait until the screen on top shows the answer to what was asked last."""
    await wait_until(
        pilot,
        lambda: (
            isinstance(pilot.app.screen, Question)
            and pilot.app.screen.answer is not None
            and not pilot.app.screen.waiting
        ),
    )


async def asked(pilot: Pilot[Any], wait_until: WaitUntil, *keys: str) -> str:
    """Open a question with a key, wait for the answer after each key; what is shown."""
    await ready(pilot, wait_until)
    for key in keys:
        await pilot.press(key)
        await answered(pilot, wait_until)
    return shown(pilot.app)
