"""Waiting for something to become true, never for time to pass."""

import time
from collections.abc import Callable

PATIENCE_S = 60.0
"""The end of a wait for what must come; a test that passes never waits so long."""


def wait_until(true: Callable[[], object], seconds: float = PATIENCE_S) -> None:
    """Return when `true()` is; fail the test when it is not within `seconds`."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise AssertionError(f"not true within {seconds} s")
        time.sleep(0.01)
