"""How far a long command is: a bar for a person, a row now and then for a log."""

import sys
import time
from types import TracebackType
from typing import Self

from tailllm.cli.output import narrate, progress

FIRST_S = 5.0
"""Seconds after which a log gets its first row: silence must not look like a hang."""
THEN_S = 10.0
PAINT_S = 0.1
CELLS = 24


class Bar:
    """Writes to stderr only."""

    def __init__(self) -> None:
        self._drawn = sys.stderr.isatty()
        self._begun = time.monotonic()
        self._next = self._begun + (PAINT_S if self._drawn else FIRST_S)
        self._painted = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._painted:
            progress("")

    def tell(self, done: int, of: int, note: str = "") -> None:
        """Draw if it is time to."""
        now = time.monotonic()
        if now < self._next:
            return
        said = f"{done:,} of {of:,} cases{', ' + note if note else ''}, {now - self._begun:.0f} s"
        if self._drawn:
            full = CELLS * done // max(of, 1)
            progress(f"{'█' * full}{'░' * (CELLS - full)} {said}")
            self._painted = True
        else:
            narrate(f"tailllm: {said}")
        self._next = now + (PAINT_S if self._drawn else THEN_S)
