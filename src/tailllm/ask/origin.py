"""The commit that made a prompt version: its text is looked for in the history of a file."""

import re
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

MOST_COMMITS = 500
PATIENCE_S = 10.0
_PLACEHOLDER = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{\w*\}|\$\{\w+\}|<<\w+>>", re.DOTALL)
_FORMAT = "%H%x00%cI%x00%an%x00%s"
# Nothing that a repository's own settings name may run.
_QUIETLY = ("--no-optional-locks", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null")


class Commit(NamedTuple):
    """Who changed the file, when, and why."""

    id: str
    at: str
    """ISO time of the commit."""
    author: str
    subject: str

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return self._asdict()


def origin(file: Path, system: str) -> Commit | None:
    """The commit since which the file holds the text that calls have as their system text.

    Blanks do not count, and what stands in the place of `{name}`, `{{name}}`, `${name}` may be
    anything. Of several states of the file that fit, the one with the most text does.

    Args:
        file: The template, in a git work tree.
        system: The system text of a call.

    Returns:
        None when no state among the last 500 commits fits, or there is no git.
    """
    found: list[tuple[int, Commit]] = []
    try:
        for commit, template in _states(file):
            found.append((_fit(template, system), commit))
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    best = max((size for size, _ in found), default=0)
    if not best:
        return None
    # The newest run of states that fit best; its oldest commit made it.
    start = next(place for place, (size, _) in enumerate(found) if size == best)
    end = start
    while end + 1 < len(found) and found[end + 1][0] == best:
        end += 1
    return found[end][1]


def _fit(template: str, system: str) -> int:
    """How many characters of the template stand in the text in order; 0 unless all do."""
    text, place, size = _plain(system), 0, 0
    for piece in map(_plain, _PLACEHOLDER.split(template)):
        at = text.find(piece, place)
        if at < 0:
            return 0
        place, size = at + len(piece), size + len(piece)
    return size


def _plain(text: str) -> str:
    return " ".join(text.split())


def _states(file: Path) -> Iterator[tuple[Commit, str]]:
    """The file after each commit that changed it, newest first."""
    listed = _git(
        file.parent, "log", f"--max-count={MOST_COMMITS}", f"--format={_FORMAT}", "--", file.name
    )
    for row in listed.decode("utf-8", "replace").splitlines():
        commit = Commit(*row.split("\0", 3))
        blob = _git(file.parent, "cat-file", "blob", f"{commit.id}:./{file.name}", may_fail=True)
        yield commit, blob.decode("utf-8", "replace")


def _git(folder: Path, *words: str, may_fail: bool = False) -> bytes:
    argv: Sequence[str] = ("git", *_QUIETLY, "-C", str(folder), *words)
    done = subprocess.run(argv, capture_output=True, timeout=PATIENCE_S, check=not may_fail)
    return done.stdout
