"""Which git is at work in a folder, where the system lists its processes (Linux)."""

import contextlib
import os
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

REPLACING = {"am", "checkout", "cherry-pick", "merge", "pull", "read-tree"}
REPLACING |= {"rebase", "reset", "restore", "revert", "stash", "switch"}
"""Commands that put other files in the place of those that are there."""
OTHERS = {"add", "blame", "commit", "config", "diff", "fetch", "gc", "grep", "log", "push"}
OTHERS |= {"rev-parse", "show", "status"}
"""Common commands that do not; of any name that is in neither set git is asked what it means."""
ASK_S = 1.0
_WITH_VALUE = frozenset(("-C", "-c", "--git-dir", "--work-tree", "--namespace", "--config-env"))


def git_at_work(top: Path) -> str:
    """Words for a git that is replacing files of the work tree `top`, or nothing.

    Git goes to the top of its work tree before it reads a file, so one that is elsewhere has
    read nothing yet. Of processes that are not ours the folder cannot be seen: where others
    may write into `top`, any git of theirs counts as one in it.
    """
    folder = os.path.realpath(top)
    for place in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            command = _meant(_command_in(place, folder), folder)
            if command in REPLACING:
                return f"git {command} is at work (process {place.name})"
    return ""


def _command_in(place: Path, folder: str) -> str:
    # Most processes are something else, and their name is the cheapest thing to ask for.
    if not (place / "comm").read_bytes().startswith(b"git"):
        return ""
    try:
        elsewhere = os.readlink(place / "cwd") != folder
    except PermissionError:
        elsewhere = not _is_shared(folder)
    if elsewhere:
        return ""
    return command(os.fsdecode((place / "cmdline").read_bytes()).split("\0"))


def _is_shared(folder: str) -> bool:
    state = os.stat(folder)
    return state.st_uid != os.geteuid() or bool(state.st_mode & (stat.S_IWGRP | stat.S_IWOTH))


def _meant(name: str, folder: str) -> str:
    """What an alias stands for; one for the shell starts a git of its own, which is seen."""
    if not name or name in REPLACING | OTHERS:
        return name
    asked = ["git", "-C", folder, "config", "--get", f"alias.{name}"]
    try:
        said = subprocess.run(asked, check=False, capture_output=True, timeout=ASK_S).stdout
    except (OSError, subprocess.TimeoutExpired):
        return name
    return next(_without_options(iter(os.fsdecode(said).split())), name)


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
