"""Leaving the alternate screen for a moment: the pager, and plain text to select."""

import shlex
import subprocess
import sys
from collections.abc import Mapping
from tempfile import NamedTemporaryFile
from typing import Any

from textual.app import App, SuspendNotSupported

from tailllm.tui.leaving import LeavingApp


def page(app: App[Any], text: str, environ: Mapping[str, str]) -> str:
    """Show text in `$PAGER`, else `less`.

    Returns:
        A sentence when that was not possible, else nothing.
    """
    command = shlex.split(environ.get("PAGER") or "less")
    try:
        with app.suspend(), NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            # The file is 0600; a log must not reach the shell escapes and editors of less.
            safe = {**environ, "LESSSECURE": "1"}
            subprocess.run([*command, file.name], env=safe, check=False)
        _back(app)
    except SuspendNotSupported:
        return "No pager here: this terminal cannot be left."
    except OSError as error:
        return f"The pager {command[0]} did not start ({error.strerror}): set $PAGER."
    return ""


def print_plain(app: App[Any], text: str) -> str:
    """Print text on the normal screen, where the terminal itself can select and copy.

    Returns:
        A sentence when that was not possible, else nothing.
    """
    try:
        with app.suspend():
            sys.stdout.write(f"{text}\n── Enter goes back to tailllm ")
            sys.stdout.flush()
            sys.stdin.readline()
        _back(app)
    except SuspendNotSupported:
        return "Not possible here: this terminal cannot be left."
    return ""


def _back(app: App[Any]) -> None:
    if isinstance(app, LeavingApp):
        app.was_away()
