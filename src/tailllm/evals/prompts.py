"""The prompt under test: a file of the repository, filled with the context of a case."""

import hashlib
import json
import re
from collections.abc import Mapping
from glob import glob
from pathlib import Path
from typing import Any

from tailllm.config.targets import Target
from tailllm.errors import ConfigError

_NAME = re.compile(r"\{\{\s*([A-Za-z_]\w*)\s*\}\}")
"""Double braces: single ones stand in every prompt that shows JSON."""
SHORT = 8
"""Hex digits of the hashes that people read."""


class MissingError(ValueError):
    """The prompt asks for a variable that the case does not give."""


def fill(template: str, variables: Mapping[str, Any]) -> str:
    """The prompt with the variables in their places; what is no text is written as JSON.

    Raises:
        MissingError: A variable is not given.
    """

    def value(found: re.Match[str]) -> str:
        name = found[1]
        if name not in variables:
            msg = f"the prompt asks for {{{{{name}}}}}, and the case gives no such context"
            raise MissingError(msg)
        given = variables[name]
        return given if isinstance(given, str) else json.dumps(given, ensure_ascii=False)

    return _NAME.sub(value, template)


# One encoder for all: `json.dumps` makes one for each value that is hashed.
_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), default=str).encode


def short_hash(value: Any) -> str:
    """Eight hex digits of a value that JSON can hold."""
    return hashlib.sha256(_canonical(value).encode("ascii")).hexdigest()[:SHORT]


class Source:
    """The prompt file of a target and the other files it is made of, read once.

    Raises:
        ConfigError: A file cannot be read, or a glob finds none.
    """

    def __init__(self, name: str, target: Target) -> None:
        self.template = None if target.prompt is None else _read(name, target.prompt)
        self.files = [_digest(name, path) for path in _found(name, target.files)]
        self._versions: dict[str | None, str] = {}

    def version(self, system: str | None) -> str:
        """The short hash of what makes the answers: template or logged system text, and files."""
        text = system if self.template is None else self.template
        if text not in self._versions:
            self._versions[text] = short_hash([text, self.files])
        return self._versions[text]


def _read(name: str, path: str) -> str:
    try:
        return Path(path).read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise ConfigError(
            f"targets.{name}: {path} cannot be read: {why}", fix="Correct the path, or the file."
        ) from None


def _found(name: str, globs: tuple[str, ...]) -> list[str]:
    paths: set[str] = set()
    for pattern in globs:
        here = {path for path in glob(pattern, recursive=True) if Path(path).is_file()}
        if not here:
            raise ConfigError(
                f"targets.{name}.files: {pattern} finds no file", fix="Correct it, or leave it out."
            )
        paths |= here
    return sorted(paths)


def _digest(name: str, path: str) -> str:
    try:
        return hashlib.sha256(Path(path).read_bytes()).hexdigest()
    except OSError as error:
        raise ConfigError(
            f"targets.{name}.files: {path} cannot be read: {error.strerror}",
            fix="Give yourself the right to read it.",
        ) from None
