"""Names a file gets when it is rotated, and how to find it under them."""

import contextlib
import os
import re
from pathlib import PurePath

from tailllm.sources.trail import Identity

_SEPARATOR = re.compile(r"(?<!^)[._-](?=\d|old|prev|bak)")
PACKED = (".gz", ".zst", ".bz2", ".xz", ".lz4", ".zip", ".Z")


def find(path: str, identity: Identity) -> str | None:
    """Where the file with this identity lies now, if it is still in the folder."""
    for entry in _entries(os.path.dirname(path) or "."):
        if _identity(entry) == identity:
            return _like(path, entry.name)
    return None


def generations(path: str) -> dict[Identity, str]:
    """Rotated files beside `path`, oldest first: calls.log.1, calls-20261122.log, calls.log.old."""
    is_rotated = _pattern(os.path.basename(path))
    found: list[tuple[int, Identity, str]] = []
    for entry in _entries(os.path.dirname(path) or "."):
        identity = is_rotated.fullmatch(entry.name) and _identity(entry)
        if identity:
            modified = _modified(entry)
            found.append((modified, identity, _like(path, entry.name)))
    return {identity: name for _, identity, name in sorted(found)}


def originals(path: str) -> list[str]:
    """Names a rotated file may have had before: calls.log for calls.log.1 and calls-2026.log."""
    folder, name = os.path.split(path)
    suffix = PurePath(name).suffix
    names: list[str] = []
    for cut in _SEPARATOR.finditer(name):
        start = name[: cut.start()]
        names += [base for base in (start, start + suffix) if _pattern(base).fullmatch(name)]
    return [os.path.join(folder, base) for base in dict.fromkeys(names)]


def _pattern(base: str) -> re.Pattern[str]:
    pure = PurePath(base)
    packed = "|".join(re.escape(end) for end in PACKED)
    after = rf"{re.escape(base)}[._-](?:\d.*|old|prev|bak)"
    between = rf"{re.escape(pure.stem)}[._-]\d[\d._:TZ-]*{re.escape(pure.suffix)}"
    return re.compile(rf"(?!.*(?:{packed})$)(?:{after}|{between})", re.DOTALL)


def _entries(folder: str) -> "list[os.DirEntry[str]]":
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []


def _identity(entry: "os.DirEntry[str]") -> Identity | None:
    try:
        status = entry.stat()
        return (status.st_dev, status.st_ino) if entry.is_file() else None
    except OSError:
        return None


def _modified(entry: "os.DirEntry[str]") -> int:
    try:
        return entry.stat().st_mtime_ns
    except OSError:
        return 0


def _like(path: str, name: str) -> str:
    folder = os.path.dirname(path)
    return os.path.join(folder, name) if folder else name


def sizes(folder: str) -> dict[int, int]:
    """Inode → size of the files that lie in the folder now."""
    found: dict[int, int] = {}
    for entry in _entries(folder):
        with contextlib.suppress(OSError):
            if entry.is_file(follow_symlinks=False):
                found[entry.inode()] = entry.stat(follow_symlinks=False).st_size
    return found


class Listings:
    """The folders of one sweep, each read at most once."""

    def __init__(self) -> None:
        self._sizes: dict[str, dict[int, int]] = {}

    def beside(self, path: str) -> dict[int, int]:
        """Inode → size of the files in the folder of `path`."""
        folder = os.path.dirname(path) or "."
        if folder not in self._sizes:
            self._sizes[folder] = sizes(folder)
        return self._sizes[folder]
