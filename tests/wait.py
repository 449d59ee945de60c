"""Waiting for something to become true, never for time to pass."""

import time
from collections.abc import Callable


def wait_until(true: Callable[[], object], seconds: float = 5.0) -> None:
    """Return when `true()` is; fail the test when it is not within `seconds`."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise AssertionError(f"not true within {seconds} s")
        time.sleep(0.01)
