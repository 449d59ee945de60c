"""A lock that is waited for only so long, and that says who holds it."""

import fcntl
import os
import time
from pathlib import Path

PAUSE_S = 0.005
"""A mark holds the lock for one write and one fsync, so the next try comes soon."""


class HeldError(OSError):
    """Somebody else holds the lock; the text says who, where the system tells."""


def lock(descriptor: int, deadline: float) -> None:
    """Take the exclusive lock, or raise `HeldError` at `deadline` (monotonic seconds)."""
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise HeldError(f"its lock is held by {_holder(descriptor)}") from None
            time.sleep(PAUSE_S)
        else:
            return


def _holder(descriptor: int) -> str:
    """Words for the holder: /proc/locks names it on Linux, elsewhere nobody does."""
    status = os.fstat(descriptor)
    place = f"{os.major(status.st_dev):02x}:{os.minor(status.st_dev):02x}:{status.st_ino}"
    try:
        for entry in Path("/proc/locks").read_text(encoding="ascii").splitlines():
            words = entry.split()
            if "->" not in words and words[1] == "FLOCK" and words[5] == place:
                return f"process {words[4]}{_state(words[4])}"
    except (OSError, IndexError):
        pass
    return "another process"


def _state(pid: str) -> str:
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return ", which is stopped" if status.rpartition(")")[2].split()[:1] == ["T"] else ""
