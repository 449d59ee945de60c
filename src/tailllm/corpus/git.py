"""Keep out of git's way: it rewrites whole files and knows nothing of our lock."""

import time
from pathlib import Path

PAUSE_S = 0.01


def index_lock(folder: Path) -> Path | None:
    """The file that exists while git changes the work tree around `folder`; None outside git."""
    for place in (folder, *folder.parents):
        dot = place / ".git"
        if dot.is_dir():
            return dot / "index.lock"
        if dot.is_file():
            return _linked(dot)
    return None


def _linked(dot: Path) -> Path | None:
    """Where a linked work tree or submodule keeps its index."""
    try:
        text = dot.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return dot.parent / text.removeprefix("gitdir:").strip() / "index.lock"


def is_busy(lock: Path | None) -> bool:
    """Whether git is at work just now, or died and left its lock behind."""
    return lock is not None and lock.exists()


def wait(lock: Path | None, deadline: float) -> None:
    """Return when git is done, at the latest at `deadline` (monotonic seconds).

    A lock left by a git that died must not refuse marks for ever, hence no error.
    """
    while is_busy(lock) and time.monotonic() < deadline:
        time.sleep(PAUSE_S)
