"""What the user named, as paths of files: they come and go while we watch."""

import glob
import os
import re
from collections.abc import Iterator
from pathlib import Path

from tailllm.sources.siblings import PACKED

STDIN = "-"
RESCAN_S = 2.0
"""A folder's mtime is only as fine as the kernel's tick, so unchanged ones are read again too."""


class Targets:
    """Files, folders (with everything in them) and globs."""

    def __init__(self, targets: "tuple[str, ...]") -> None:
        self._targets = tuple(t for t in targets if t != STDIN)
        self._folders: dict[str, int] = {}
        self._found: dict[str, bool] = {}
        self._scanned_at: float | None = None
        self.folders: frozenset[str] = frozenset()
        """Existing folders in which something may appear or change."""

    def paths(self, now: float) -> dict[str, bool]:
        """Path → whether the user named exactly this file; missing ones too, if named so."""
        if self._scanned_at is not None and not self._stale(now):
            return self._found
        self._scanned_at = now
        self._folders = {}
        found: dict[str, bool] = {}
        for target in self._targets:
            if os.path.isdir(target):
                found |= {path: False for path in self._below(target) if path not in found}
            elif is_pattern(target):
                found |= {path: False for path in self._matches(target) if path not in found}
            else:
                found[target] = True
        self._found = found
        parents = {os.path.dirname(path) or "." for path in found}
        self.folders = frozenset(f for f in parents | set(self._folders) if os.path.isdir(f))
        return found

    def _stale(self, now: float) -> bool:
        if not 0 <= now - (self._scanned_at or 0) < RESCAN_S:
            return True
        if any(_mtime(folder) != mtime for folder, mtime in self._folders.items()):
            return True
        return any(named and os.path.isdir(path) for path, named in self._found.items())

    def _below(self, folder: str) -> Iterator[str]:
        seen: set[tuple[int, int]] = set()
        for root, folders, names in os.walk(folder, followlinks=True):
            try:
                status = os.stat(root)
            except OSError:
                continue
            if (status.st_dev, status.st_ino) in seen:
                folders.clear()
                continue
            seen.add((status.st_dev, status.st_ino))
            self._folders[root] = status.st_mtime_ns
            folders.sort()
            yield from (os.path.join(root, n) for n in sorted(names) if not n.endswith(PACKED))

    def _matches(self, pattern: str) -> Iterator[str]:
        base = _fixed_part(pattern)
        self._folders[base] = _mtime(base)
        if "**" in pattern:
            self._folders |= {f: _mtime(f) for f, _, _ in os.walk(base)}
        else:
            self._folders |= {f: _mtime(f) for f in glob.glob(os.path.dirname(pattern) or ".")}
        wants_packed = pattern.endswith(PACKED)
        for path in sorted(glob.glob(pattern, recursive=True)):
            if not os.path.isdir(path) and (wants_packed or not path.endswith(PACKED)):
                yield path


def is_pattern(target: str) -> bool:
    """Whether the target is a glob; a file that really has that name wins."""
    return glob.has_magic(target) and not os.path.lexists(target)


def looks_binary(head: bytes) -> bool:
    """Whether a file found in a folder is obviously no log: NULs in its text, or a known start."""
    text = head.lstrip(b"\0")
    return b"\0" in text or bool(_MAGIC.match(text))


_MAGIC = re.compile(
    rb"\x1f\x8b|\x28\xb5\x2f\xfd|BZh|\xfd7zXZ|PK\x03\x04|\x7fELF|\x89PNG|\xff\xd8\xff|GIF8|SQLite|PAR1|%PDF",
    re.DOTALL,
)


def _fixed_part(pattern: str) -> str:
    parts = Path(pattern).parts
    fixed: list[str] = []
    for part in parts:
        if glob.has_magic(part):
            break
        fixed.append(part)
    return os.path.join(*fixed) if fixed else "."


def _mtime(folder: str) -> int:
    try:
        return os.stat(folder).st_mtime_ns
    except OSError:
        return -1
