"""Finds `tailllm.toml`, reads it, and says exactly what is wrong with it."""

import os
import stat
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from tailllm.config.explain import explain
from tailllm.config.model import Config
from tailllm.config.specs import PythonSpec
from tailllm.config.targets import CommandTarget, PythonTarget
from tailllm.errors import ConfigError

NAME = "tailllm.toml"


def load(path: str | None, *, cwd: Path, environ: Mapping[str, str]) -> Config:
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
        return Config()
    document = _document(file)
    context = {"folder": file.parent, "file": file}
    try:
        config = Config.model_validate(document, context=context)
    except ValidationError as error:
        raise explain(file, document, error) from None
    if not named:
        _refuse_foreign_code(config, file)
    return config


def find(cwd: Path) -> Path | None:
    """The nearest `tailllm.toml` in this folder or one above."""
    for folder in (cwd, *cwd.parents):
        if (folder / NAME).is_file():
            return folder / NAME
    return None


def _document(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_bytes().decode("utf-8"))
    except FileNotFoundError:
        raise ConfigError(
            f"{file}: there is no such file", fix=f"Name a {NAME}, or leave --config out."
        ) from None
    except OSError as error:
        raise ConfigError(
            f"{file}: cannot be read: {error.strerror}",
            fix="Make it a file you can read, or name another with --config.",
        ) from None
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"{file}: not UTF-8 text (byte {error.start})", fix="Save it as UTF-8."
        ) from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigError(
            f"{file}: not TOML: {str(error)[:200]}",
            fix="Correct it there; docs/configuration.md has a whole example.",
        ) from None


def _refuse_foreign_code(config: Config, file: Path) -> None:
    """A file planted in a folder above, such as /tmp, must not run as whoever looks at logs."""
    runs = (PythonSpec, PythonTarget, CommandTarget)
    if not any(isinstance(spec, runs) for spec in (*config.validators, *config.targets.values())):
        return
    for path in (file, file.parent):
        status = path.stat()
        foreign = status.st_uid not in {0, os.getuid()}
        open_to_all = status.st_mode & stat.S_IWOTH
        if foreign or open_to_all:
            why = "belongs to another user" if foreign else "can be written by everybody"
            raise ConfigError(
                f"{file}: runs code (a python validator or target, or a command), but {path} {why}",
                fix=f"If you trust it, say so: --config {file}",
            )
