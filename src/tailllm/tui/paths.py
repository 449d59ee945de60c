"""Paths in little room: the end of one says more than its start."""

from collections.abc import Iterable
from pathlib import PurePath


def told_apart(paths: Iterable[str]) -> dict[str, str]:
    """Each path without the folders that all of them lie in."""
    parts = {path: PurePath(path).parts for path in paths}
    shared = 0
    for level in zip(*(one[:-1] for one in parts.values()), strict=False):
        if len(set(level)) > 1:
            break
        shared += 1
    return {path: str(PurePath(*one[shared:])) for path, one in parts.items()}
