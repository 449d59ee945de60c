"""Keep out of git's way: it rewrites whole files and knows nothing of our lock.

While git changes a work tree it holds `index.lock`. Some commands (stash, pull, merge) read
the files before they take it, so processes of git that are at work here count as well, where
the system lists processes.
"""

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tailllm.corpus.lock import lock
from tailllm.corpus.running import git_at_work

PAUSE_S = 0.01
OWN_LOCK = "tailllm.lock"
"""A second name for our `index.lock`: it tells ours from git's, also after a crash."""


class BusyError(OSError):
    """Git is changing the files, or died and left its lock behind; the text says which."""


class WorkTree(NamedTuple):
    """A checked out branch that the corpus lies in."""

    top: Path
    git_dir: Path

    @property
    def index_lock(self) -> Path:
        """The file that is there while git changes this work tree."""
        return self.git_dir / "index.lock"


def work_tree(folder: Path) -> WorkTree | None:
    """The work tree around `folder`, which need not be there yet; None outside git."""
    for place in (folder, *folder.parents):
        dot = place / ".git"
        if dot.is_dir():
            return WorkTree(place, dot)
        if dot.is_file():
            return _linked(place, dot)
    return None


def _linked(top: Path, dot: Path) -> WorkTree | None:
    """A linked work tree or a submodule keeps its index elsewhere."""
    try:
        text = dot.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return WorkTree(top, top / text.removeprefix("gitdir:").strip())


def holds_lock(tree: WorkTree | None) -> bool:
    """Whether git is changing files just now."""
    return tree is not None and tree.index_lock.exists()


def wait(tree: WorkTree | None, deadline: float) -> None:
    """Return when git is not at work here.

    Raises:
        BusyError: it still is at `deadline` (monotonic seconds).
    """
    while tree is not None and (words := _at_work(tree)):
        if _removed(tree):
            continue
        if time.monotonic() >= deadline:
            raise BusyError(words)
        time.sleep(PAUSE_S)


@contextlib.contextmanager
def kept_out(tree: WorkTree | None, deadline: float) -> Iterator[None]:
    """No git begins to change files inside this block; keep it short, its commands fail.

    Raises:
        BusyError: git held its lock until `deadline`.
        OSError: nobody may make files beside git's index, or it has no links.
    """
    if tree is None:
        yield
        return
    with _own(tree, deadline):
        while not _taken(tree):
            if time.monotonic() >= deadline:
                raise BusyError(f"git is at work: {tree.index_lock} is there")
            time.sleep(PAUSE_S)
        try:
            yield
        finally:
            tree.index_lock.unlink(missing_ok=True)


@contextlib.contextmanager
def _own(tree: WorkTree, deadline: float) -> Iterator[None]:
    """Alone among ourselves. The system ends this with the process, whatever ends that."""
    flags = os.O_RDONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    file = os.open(tree.git_dir / OWN_LOCK, flags, 0o600)
    try:
        lock(file, deadline)
        yield
    finally:
        os.close(file)


def _taken(tree: WorkTree) -> bool:
    """Take git's lock as git takes it; one that is ours was left by a process that is gone."""
    try:
        os.link(tree.git_dir / OWN_LOCK, tree.index_lock)
    except FileExistsError:
        return _is_ours(tree)
    return True


def _is_ours(tree: WorkTree) -> bool:
    try:
        return os.path.samestat((tree.git_dir / OWN_LOCK).lstat(), tree.index_lock.lstat())
    except FileNotFoundError:
        return False


def _removed(tree: WorkTree) -> bool:
    """Whether the lock was one of ours whose holder was killed, and is gone now.

    Nobody can put another in its place meanwhile: git waits for the name to be free, and
    others of us wait for the lock that is taken here.
    """
    if not _is_ours(tree):
        return False
    with contextlib.suppress(OSError), _own(tree, time.monotonic()):
        if _is_ours(tree):
            tree.index_lock.unlink()
            return True
    return False


def _at_work(tree: WorkTree) -> str:
    """Words for the git that is at work here, or nothing."""
    if tree.index_lock.exists():
        return f"git is at work, or left {tree.index_lock} behind"
    return git_at_work(tree.top)
