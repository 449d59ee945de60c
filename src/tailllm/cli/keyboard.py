"""Keys come from the terminal, also when the log comes in on standard input."""

import os
from contextlib import suppress

STDIN = 0


def take_keyboard() -> None:
    """Put the terminal where keys are read; who reads the log has its own descriptor by now.

    Otherwise the screens read the pipe too: they eat lines, and what a log says is typed.
    """
    if os.isatty(STDIN):
        return
    with suppress(OSError):  # No terminal of our own: nobody can type, and showing still works.
        terminal = os.open("/dev/tty", os.O_RDWR)
        os.dup2(terminal, STDIN)
        os.close(terminal)
