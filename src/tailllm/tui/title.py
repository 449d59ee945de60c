"""The terminal's own title, while there is something to say in it."""

import sys
from collections.abc import Callable
from contextlib import suppress

KEEP = "\x1b[22;2t"
GIVE_BACK = "\x1b]2;\x07\x1b[23;2t"
"""Empty where the terminal could not keep it."""


class WindowTitle:
    """Says words of our own there, never those of a log, and gives back what stood there."""

    def __init__(self) -> None:
        self._is_ours = False

    def say(self, text: str, write: Callable[[str], None]) -> None:
        """Put `text` there."""
        write(f"{'' if self._is_ours else KEEP}\x1b]2;{text}\x07")
        self._is_ours = True

    def give_back(self) -> None:
        """As it was before; the screen has left the terminal by now."""
        if self._is_ours and sys.__stdout__ is not None:
            with suppress(OSError):
                sys.__stdout__.write(GIVE_BACK)
                sys.__stdout__.flush()
