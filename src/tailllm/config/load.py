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
    file, is_named = _file(path, cwd, environ)
    if file is None:
        from tailllm.config.unwritten import Unwritten

        return cast("Config", Unwritten())
    from tailllm.config.written import read

    return read(file, is_trusted=is_named)


def dialect_tables(
    path: str | None, *, cwd: Path, environ: Mapping[str, str]
) -> dict[str, dict[str, str]]:
    """`[dialects]` as it is written, for whoever cannot wait until the config is checked.

    Returns:
        Paths by dialect and field. Nothing where the file cannot be read or says nonsense:
        `load` tells the reader what is wrong with it.
    """
    file, _ = _file(path, cwd, environ)
    if file is None:
        return {}
    import tomllib

    try:
        found = tomllib.loads(file.read_text()).get("dialects")
    except (OSError, ValueError):
        return {}
    tables = found.items() if isinstance(found, dict) else ()
    return {name: table for name, table in tables if _is_mapping(table)}


def _is_mapping(table: object) -> bool:
    return isinstance(table, dict) and all(isinstance(path, str) for path in table.values())


def _file(path: str | None, cwd: Path, environ: Mapping[str, str]) -> tuple[Path | None, bool]:
    """The config file, if there is one, and whether somebody named it."""
    named = path or environ.get("TAILLLM_CONFIG")
    return (cwd / Path(named).expanduser() if named else find(cwd)), bool(named)


def find(cwd: Path) -> Path | None:
    """The nearest `tailllm.toml` in this folder or one above."""
    for folder in (cwd, *cwd.parents):
        if (folder / NAME).is_file():
            return folder / NAME
    return None
