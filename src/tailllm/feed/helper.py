"""`python -m tailllm.feed.helper`: reads portions of the past for a feed, at low priority."""

import gc
import os
import sys
from marshal import dumps, loads

from tailllm.feed.portion import Portions, portion
from tailllm.feed.wire import READY, read, write

GARBAGE_AFTER = 100_000
"""New objects between two looks for rings of garbage: rows hold none."""
NICENESS = 10
"""The host has other things to do."""


def main() -> None:
    """Answer until nobody asks any more."""
    os.nice(NICENESS)
    gc.set_threshold(GARBAGE_AFTER)
    portions = Portions()
    write(sys.stdout.buffer, READY)
    while (asked := read(sys.stdin.buffer)) is not None:
        found = portions.read(portion(loads(asked)))  # noqa: S302 - our parent's own bytes
        write(sys.stdout.buffer, dumps(None if found is None else found.plain()))


if __name__ == "__main__":
    main()
