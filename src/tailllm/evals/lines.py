"""JSON lines that git keeps: sorted, one fact a line, written whole or not at all."""

import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from tailllm.errors import CorpusError, SourceError

Line = dict[str, Any]


def read(path: Path) -> Iterator[Line]:
    """The objects of a file; a file that is not there has none.

    Raises:
        SourceError: The file cannot be read, or a line is no object.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return
    except OSError as error:
        raise SourceError(
            f"{path} cannot be read: {error.strerror}", fix="Give yourself the right to read it."
        ) from None
    for number, text in enumerate(content.splitlines(), 1):
        if text.strip():
            yield _object(path, number, text)


def _object(path: Path, number: int, text: bytes) -> Line:
    try:
        found = msgspec.json.decode(text)
    except (ValueError, RecursionError):
        found = _patiently(text)
    if isinstance(found, dict):
        return found
    marker = text.startswith((b"<<<<<<<", b"=======", b">>>>>>>"))
    what = "a merge conflict" if marker else "no JSON object"
    raise SourceError(
        f"{path}:{number}: {what}",
        fix="Take the file from git, or run `tailllm eval --live` to make it again.",
    )


def _patiently(text: bytes) -> Any:
    """Half a surrogate pair is JSON to Python and to nobody else."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def fast(line: Any) -> bytes:
    """One line for files that no review reads; half a surrogate pair takes the longer way."""
    try:
        return msgspec.json.encode(line, enc_hook=str) + b"\n"
    except (UnicodeEncodeError, ValueError):
        return f"{dump(line)}\n".encode()


def dump(line: Any) -> str:
    """One line, plain ASCII: no invisible character in a review."""
    return json.dumps(line, ensure_ascii=True, separators=(",", ":"), default=_plain)


def _plain(value: Any) -> Any:
    return json.loads(bytes(value)) if isinstance(value, msgspec.Raw) else str(value)


def write(path: Path, lines: Iterable[Line]) -> None:
    """Put these lines in the place of the file: all or nothing.

    Raises:
        CorpusError: The disk refuses; the file is as it was.
    """
    content = "".join(f"{dump(line)}\n" for line in lines).encode()
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if path.is_file() and path.read_bytes() == content:
            return
        _replace(path, content)
    except OSError as error:
        raise CorpusError(
            f"{path} cannot be written: {error.strerror or error}",
            fix="Make room, or give yourself the right to write there.",
        ) from error


def _replace(path: Path, content: bytes) -> None:
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)
