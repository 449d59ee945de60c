"""Reads a `tailllm.toml` and says exactly what is wrong with it."""

import os
import stat
import tomllib
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from tailllm.config.channels import Hosted
from tailllm.config.explain import explain
from tailllm.config.model import Config
from tailllm.config.specs import PythonSpec
from tailllm.config.targets import CommandTarget, PythonTarget
from tailllm.errors import ConfigError


def read(file: Path, *, is_trusted: bool) -> Config:
    """What the file says.

    Args:
        is_trusted: Whether somebody named it; otherwise it was found.

    Raises:
        ConfigError: As in `load`.
    """
    document = _document(file)
    context = {"folder": file.parent, "file": file}
    try:
        config = Config.model_validate(document, context=context)
    except ValidationError as error:
        raise explain(file, document, error) from None
    if not is_trusted:
        _refuse_foreign_code(config, file)
    return config


def _document(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_bytes().decode("utf-8"))
    except FileNotFoundError:
        raise ConfigError(
            f"{file}: there is no such file", fix="Name a tailllm.toml, or leave --config out."
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
    """A file planted in a folder above, such as /tmp, must not act as whoever looks at logs."""
    acts = (PythonSpec, PythonTarget, CommandTarget, Hosted)
    specs = (*config.validators, *config.targets.values(), *config.channels.values())
    if not any(isinstance(spec, acts) for spec in specs):
        return
    for path in (file, file.parent):
        status = path.stat()
        foreign = status.st_uid not in {0, os.getuid()}
        open_to_all = status.st_mode & stat.S_IWOTH
        if foreign or open_to_all:
            why = "belongs to another user" if foreign else "can be written by everybody"
            raise ConfigError(
                f"{file}: runs code (a python validator or target, or a command) or sends a token "
                f"(a channel), but {path} {why}",
                fix=f"If you trust it, say so: --config {file}",
            )
