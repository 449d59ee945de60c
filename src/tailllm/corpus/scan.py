"""Look through a corpus for secrets that today's rules would not let in."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tailllm.corpus.clean import Cleaner
from tailllm.corpus.entries import lines
from tailllm.corpus.rules import NONE, Rules

SKIPPED = frozenset({".git"})


class Finding(NamedTuple):
    """What one line holds that should be a tag."""

    path: Path
    line: int
    """Counted from 1."""
    rule: str
    times: int


def scan(folder: Path, rules: Rules = NONE) -> Iterator[Finding]:
    """Every secret that the built-in rules and `rules` find in any file below `folder`.

    Raises:
        OSError: a folder or file cannot be read, so nobody can say that it is clean.
    """
    for path in _files(folder):
        for number, (_, line) in enumerate(lines(path), 1):
            cleaner = Cleaner(rules)
            cleaner.line(line)
            for rule, times in sorted(cleaner.fired.items()):
                yield Finding(path, number, rule, times)


def _files(folder: Path) -> Iterator[Path]:
    def refuse(error: OSError) -> None:
        raise error

    for place, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = sorted(set(folders) - SKIPPED)
        for name in sorted(names):
            path = Path(place, name)
            if path.is_file() and not path.is_symlink():
                yield path
