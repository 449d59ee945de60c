"""`python -m tailllm.feed.helper NICENESS`: reads portions of the past for a feed."""

import gc
import os
import sys
from marshal import dumps, loads

from tailllm.feed.portion import Portions, portion
from tailllm.feed.wire import READY, read, write

GARBAGE_AFTER = 100_000
"""New objects between two looks for rings of garbage: rows hold none."""


def main() -> None:
    """Answer until nobody asks any more."""
    os.nice(int(sys.argv[1]))
    gc.set_threshold(GARBAGE_AFTER)
    portions = Portions()
    write(sys.stdout.buffer, READY)
    while (asked := read(sys.stdin.buffer)) is not None:
        found = portions.read(portion(loads(asked)))  # noqa: S302 - our parent's own bytes
        write(sys.stdout.buffer, dumps(None if found is None else found.plain()))


if __name__ == "__main__":
    main()
