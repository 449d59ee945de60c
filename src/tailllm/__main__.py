"""`python -m tailllm` and the `tailllm` command."""

import atexit
import gc
import os
import sys
import threading
from contextlib import suppress
from typing import NoReturn

from tailllm import crash

GARBAGE_AFTER = 50_000
"""New objects between two looks for rings of garbage: Python's own 700 cost a load a quarter."""

LEDGER = "_duckdb"


def main() -> int:
    """Run one command and return its exit code."""
    crash.watch()
    from tailllm.cli.main import run

    gc.set_threshold(GARBAGE_AFTER)
    try:
        return run(sys.argv[1:])
    except Exception as error:  # noqa: BLE001  the last one who can say it without values
        sys.excepthook(type(error), error, error.__traceback__)
        return crash.EXIT_CODE


def leave() -> NoReturn:
    """Run one command, and end the process with its exit code.

    The ledger's library leaks connections and says so on the terminal when the interpreter is
    taken down, dozens of lines after the last screen: where it was loaded, nothing is.
    """
    code = main()
    if LEDGER not in sys.modules:
        sys.exit(code)
    # As the interpreter does: what threads still have in hand, a decision on its way to the
    # disk, is ended first.
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    leave()
