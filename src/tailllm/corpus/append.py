"""Add one line to a file that several people, hosts and git write to.

When `append` returns, the line is on disk, whole, on a line of its own, in the file that
has this path. When it raises, the file is as it was, as far as the disk obeys.
"""

import contextlib
import errno
import os
import stat
import time
from pathlib import Path

from tailllm.corpus import git
from tailllm.corpus.lock import lock

WAIT_S = 2.0
"""How long a person waits for the word "marked" before the mark goes to the fallback file."""

FLAGS = os.O_RDWR | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
"""Read too, for the last byte; not blocking, or a pipe with this name would stop us for ever."""


def append(path: Path, line: bytes, *, wait_s: float = WAIT_S, in_git: bool = True) -> None:
    """Write `line` (with its newline) at the end of `path` and see it safely on disk.

    Args:
        path: The file; made if missing.
        line: What to add.
        wait_s: How long to wait for other writers and for git.
        in_git: Whether git may know the file; False for one that no branch holds.

    Raises:
        OSError: not kept; the reason is in the words of the system, or in ours.
    """
    deadline = time.monotonic() + wait_s
    tree = git.work_tree(path.parent.absolute()) if in_git else None
    while not _written(path, line, tree, deadline):
        if time.monotonic() >= deadline:
            raise OSError(errno.EBUSY, "the file is replaced again and again")


def _open_folder(folder: Path) -> int:
    """The folder, made if missing (0700); one that is a link is refused.

    A link in a checked out corpus could point at any folder of the host.
    """
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for place in missing:
        _sync_folder(place.parent)
    try:
        return os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        if folder.is_symlink():
            raise OSError(
                errno.ELOOP, "its folder is a symbolic link; name the real one"
            ) from error
        raise


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _written(path: Path, line: bytes, tree: git.WorkTree | None, deadline: float) -> bool:
    """Try once; False when the file at `path` is no longer the one we wrote to.

    Git looks at a file before it replaces it, and stops when there is a line it does not know.
    So a line is safe that was there before git began. Git that began before counts until it
    is done, and then the file is looked for again.
    """
    git.wait(tree, deadline)
    with contextlib.ExitStack() as stack:
        folder = _open_folder(path.parent)
        stack.callback(os.close, folder)
        try:
            file = _open_file(folder, path, tree, deadline)
        except FileNotFoundError:
            return False
        stack.callback(os.close, file)
        lock(file, deadline)
        # A file that git has made and not filled yet would be written over.
        if git.holds_lock(tree) or not _is_at(file, path):
            return False
        _add(file, line)
        os.fsync(folder)
        git.wait(tree, deadline)
        return _is_at(file, path)


def _open_file(folder: int, path: Path, tree: git.WorkTree | None, deadline: float) -> int:
    try:
        file = os.open(path.name, FLAGS, dir_fd=folder)
    except FileNotFoundError:
        return _create(folder, path, tree, deadline)
    except OSError as error:
        if path.is_symlink():
            raise OSError(errno.ELOOP, "it is a symbolic link") from error
        raise
    if not stat.S_ISREG(os.fstat(file).st_mode):
        os.close(file)
        raise OSError(errno.EINVAL, "it is not a regular file")
    return file


def _create(folder: int, path: Path, tree: git.WorkTree | None, deadline: float) -> int:
    """A new file, or the one that somebody made meanwhile (FileNotFoundError: look again).

    Git removes a file before it makes the next one. A file of ours in between would stop
    git halfway and stand in the branch alone, so git must not be at work.
    """
    with git.kept_out(tree, deadline):
        try:
            return os.open(path.name, FLAGS | os.O_CREAT | os.O_EXCL, 0o600, dir_fd=folder)
        except FileExistsError:
            raise FileNotFoundError(errno.ENOENT, "somebody made it") from None


def _is_at(file: int, path: Path) -> bool:
    """Whether `path` still names the open file: git and compaction put another there."""
    try:
        return os.path.samestat(os.fstat(file), path.lstat())
    except FileNotFoundError:
        return False


def _on_its_own_line(file: int, size: int) -> bytes:
    """A newline when somebody left a torn line at the end, so that it stays theirs alone."""
    return b"\n" if size and os.pread(file, 1, size - 1) != b"\n" else b""


def _add(file: int, line: bytes) -> None:
    """Write to the locked file and flush; on any trouble cut back what we wrote.

    A writer that ignores the lock may have added bytes in between; then nothing is cut,
    because a fragment of ours costs less than a line of theirs.
    """
    size = os.fstat(file).st_size
    rest = memoryview(_on_its_own_line(file, size) + line)
    written = 0
    try:
        while rest:
            count = os.write(file, rest)
            if count <= 0:
                raise OSError(errno.EIO, "the disk took no bytes")
            written += count
            rest = rest[count:]
        os.fsync(file)
    except BaseException:
        with contextlib.suppress(OSError):
            if os.fstat(file).st_size == size + written:
                os.ftruncate(file, size)
        raise
