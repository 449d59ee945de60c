"""`python -m tailllm` and the `tailllm` command."""

import gc
import sys

from tailllm import crash

GARBAGE_AFTER = 50_000
"""New objects between two looks for rings of garbage: Python's own 700 cost a load a quarter."""


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


if __name__ == "__main__":
    sys.exit(main())
