"""Whether the process that wrote a line still runs: a number alone may be another's by now."""

import os
from pathlib import Path

_STATE, _BORN = 0, 19
"""Places in /proc/PID/stat behind the name."""


def mark() -> str:
    """This process, `number:when it began`; empty where the system does not tell."""
    return _mark(os.getpid())


def runs(mark: str) -> bool:
    """Whether the process of a mark, made on this host, still runs; False if nobody can tell."""
    number = mark.partition(":")[0]
    return number.isdecimal() and bool(mark) and _mark(int(number)) == mark


def _mark(pid: int) -> str:
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        facts = text.rpartition(")")[2].split()
        # A process that has ended stays listed until its parent has asked for it.
        return "" if facts[_STATE] in "ZX" else f"{pid}:{facts[_BORN]}"
    except (OSError, IndexError):
        return ""
