"""The marks of a corpus folder, with the names and places of this user and host."""

import getpass
import os
import socket
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from tailllm import __version__
from tailllm.corpus.marks import Marks
from tailllm.corpus.rules import compiled

if TYPE_CHECKING:
    from tailllm.config.redaction import RedactSpec
    from tailllm.corpus.inbox import Inbox
    from tailllm.corpus.sessions import Sessions


def open_marks(
    folder: Path,
    *,
    by: str | None,
    environ: Mapping[str, str],
    redact: Iterable["RedactSpec"] = (),
) -> Marks:
    """The marks kept in `folder`; what it refuses goes to the XDG state folder.

    Args:
        folder: The corpus folder; made at the first mark.
        by: Who decides; None is whoever is logged in.
        environ: For the home and state folders.
        redact: What is a secret here, beside the built-in shapes.

    Raises:
        ConfigError: A pattern of `redact` is no regular expression.
    """
    state = Path(environ.get("XDG_STATE_HOME") or "")
    home = Path(environ.get("HOME") or Path.home())
    root = state if state.is_absolute() else home / ".local/state"
    return Marks(
        folder,
        fallback=root / "tailllm/marks",
        by=by or _login(),
        host=socket.gethostname(),
        version=__version__,
        rules=compiled(redact),
    )


def open_inbox(
    folder: Path,
    *,
    by: str | None,
    environ: Mapping[str, str],
    redact: Iterable["RedactSpec"] = (),
) -> "Inbox":
    """The inbox of `folder`, its marks included; arguments as for `open_marks`."""
    from tailllm.corpus.cases import cache_folder
    from tailllm.corpus.inbox import Inbox

    return Inbox(
        folder,
        open_marks(folder, by=by, environ=environ, redact=redact),
        by=by or _login(),
        host=socket.gethostname(),
        version=__version__,
        cache=cache_folder(environ),
    )


def open_sessions(
    folder: Path, *, by: str | None, redact: Iterable["RedactSpec"] = ()
) -> "Sessions":
    """The rotation sessions of `folder`; arguments as for `open_marks`."""
    from tailllm.corpus.sessions import Sessions

    return Sessions(
        folder,
        by=by or _login(),
        host=socket.gethostname(),
        version=__version__,
        rules=compiled(redact),
    )


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"
