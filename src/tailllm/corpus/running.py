"""Which git is at work in a folder, where the system lists its processes (Linux)."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

REPLACING = {"am", "checkout", "cherry-pick", "merge", "pull", "read-tree"}
REPLACING |= {"rebase", "reset", "restore", "revert", "stash", "switch"}
"""Commands that put other files in the place of those that are there."""
_WITH_VALUE = frozenset(("-C", "-c", "--git-dir", "--work-tree", "--namespace", "--config-env"))


def git_at_work(top: Path) -> str:
    """Words for a git that is replacing files of the work tree `top`, or nothing.

    Git goes to the top of its work tree before it reads a file, so one that is elsewhere has
    read nothing yet. Of processes that are not ours the folder cannot be seen.
    """
    folder = os.path.realpath(top)
    for place in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            command = _command_in(place, folder)
            if command in REPLACING:
                return f"git {command} is at work (process {place.name})"
    return ""


def _command_in(place: Path, folder: str) -> str:
    # Most processes are something else, and their name is the cheapest thing to ask for.
    if not (place / "comm").read_bytes().startswith(b"git"):
        return ""
    if os.readlink(place / "cwd") != folder:
        return ""
    return command(os.fsdecode((place / "cmdline").read_bytes()).split("\0"))


def command(words: list[str]) -> str:
    """What a command line of git asks for: `git -C x stash push` and `git-stash` say stash."""
    name = os.path.basename(words[0])
    if name.startswith("git-"):
        return name.removeprefix("git-")
    return next(_without_options(iter(words[1:])), "")


def _without_options(words: Iterator[str]) -> Iterator[str]:
    for word in words:
        if word in _WITH_VALUE:
            next(words, "")
        elif not word.startswith("-"):
            yield word
