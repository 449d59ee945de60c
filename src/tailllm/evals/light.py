"""httpx without its own command line, which brings three packages and a quarter of the start."""

import sys

_OWN_COMMAND = "httpx._main"

if "httpx" not in sys.modules:
    # httpx does without it where it cannot be imported; nobody here wants `httpx.main`.
    sys.modules[_OWN_COMMAND] = None  # type: ignore[assignment]

import httpx  # noqa: E402  the order is the point

if sys.modules.get(_OWN_COMMAND, httpx) is None:
    del sys.modules[_OWN_COMMAND]

__all__ = ["httpx"]
