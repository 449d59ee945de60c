"""Finds `tailllm.toml`; what is in it is for `written`, which takes loading."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from tailllm.config.model import Config

NAME = "tailllm.toml"


def load(path: str | None, *, cwd: Path, environ: Mapping[str, str]) -> "Config":
    """Read the config: the file named, else `$TAILLLM_CONFIG`, else the nearest one upward.

    Args:
        path: What `--config` said, relative to `cwd`; a named file must exist.
        cwd: Where the search upward starts.
        environ: Looked at for `TAILLLM_CONFIG` only.

    Returns:
        The config; the default one when no file is found. Paths inside are absolute.

    Raises:
        ConfigError: The file cannot be read or says something we cannot obey. A file that
            was found, not named, and that belongs to somebody else may not bring code.
    """
    named = path or environ.get("TAILLLM_CONFIG")
    file = cwd / Path(named).expanduser() if named else find(cwd)
    if file is None:
        from tailllm.config.unwritten import Unwritten

        return cast("Config", Unwritten())
    from tailllm.config.written import read

    return read(file, is_trusted=bool(named))


def find(cwd: Path) -> Path | None:
    """The nearest `tailllm.toml` in this folder or one above."""
    for folder in (cwd, *cwd.parents):
        if (folder / NAME).is_file():
            return folder / NAME
    return None
