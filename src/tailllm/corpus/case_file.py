"""A case as a file: one TOML file each, so that two branches merge and a review reads little."""

import os
import re
import tempfile
import tomllib
import unicodedata
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from tailllm.corpus import toml
from tailllm.corpus.case import Case, Status
from tailllm.corpus.wordings import FOLDER
from tailllm.errors import CorpusError

SUFFIX = ".toml"
HEX = 6
"""Digits of the content id in the id: enough to name, the whole hash decides."""


class CaseFileError(ValueError):
    """A case file nobody can obey; the text is one line and names the key."""


def dumps(case: Case) -> str:
    """The file of a case; what is at its default is left out."""
    table = case.model_dump(by_alias=True, exclude_defaults=True, exclude_none=True)
    return toml.dumps({"schema": case.schema_} | table)


def loads(text: str) -> Case:
    """Read the text of a case file.

    Raises:
        CaseFileError: it is no TOML, or no case; the text names the key.
    """
    try:
        return Case.model_validate(tomllib.loads(text))
    except ValidationError as error:
        raise CaseFileError(explain(error)) from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise CaseFileError(f"not TOML: {str(error)[:200]}") from None


def explain(error: ValidationError) -> str:
    """The first thing wrong, as `key: what`, and how many more there are."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    key = ".".join(str(step) for step in found[0]["loc"]) or "file"
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    return f"{key}: {found[0]['msg']}{more}"


def case_id(title: str, content_id: str) -> str:
    """A readable name that is a safe file name, whatever the title holds."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:48].strip("-")
    return f"{slug or 'case'}-{content_id[:HEX]}"


def path_of(corpus: Path, case: Case) -> Path:
    """Where a case of this corpus lives."""
    return corpus / FOLDER / f"{case.id}{SUFFIX}"


def write(corpus: Path, case: Case) -> Path:
    """Add a case; return its path when it is safely on disk.

    Raises:
        CorpusError: there is a file of this name already, or the disk refuses.
    """
    path = path_of(corpus, case)
    if path.parent.is_symlink():  # in a checked out corpus it could point anywhere on the host
        raise CorpusError(
            f"{path.parent} is a symbolic link", fix="Put a real folder there, or name its corpus."
        )
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _publish(path, dumps(case).encode(), os.link)
    except FileExistsError:
        raise CorpusError(
            f"{path} is there already", fix="It is the same case: read it, or edit it there."
        ) from None
    except OSError as error:
        raise CorpusError(
            f"{path} cannot be written: {error.strerror or error}",
            fix="Make room or give yourself the right to write, then accept again.",
        ) from error
    return path


def set_status(path: Path, status: Status) -> None:
    """Change the status of a case in its file; every other byte, comments too, stays.

    Raises:
        CorpusError: the file is no case, its status stands where nobody would look for it, or
            the disk refuses; the file is as it was.
    """
    try:
        text = path.read_bytes().decode("utf-8")
        meant = loads(text).model_copy(update={"status": status})
        changed = _with_status(text, status)
        if loads(changed) != meant:
            raise CaseFileError("status: not on a line of its own among the first keys")
        replace(path, changed)
    except (OSError, ValueError) as error:
        raise CorpusError(
            f"{path}: {error}", fix=f'Write status = "{status}" there by hand.'
        ) from error


def _with_status(text: str, status: str) -> str:
    line = f'status = "{status}"'
    changed, times = re.subn(r"(?m)^status[ \t]*=.*$", line, text, count=1)
    return changed if times else re.sub(r"(?m)^(target[ \t]*=.*)$", rf"\1\n{line}", text, count=1)


def replace(path: Path, text: str) -> None:
    """Put `text` in the place of a case file: all of it or nothing.

    Raises:
        OSError: the file is as it was.
    """
    _publish(path, text.encode(), os.replace)


def _publish(path: Path, content: bytes, into_place: Any) -> None:
    """Write beside the place, sync, then give it the name; nobody ever sees half a file."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".case-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        into_place(name, path)
    finally:
        Path(name).unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
