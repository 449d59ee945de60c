"""stdout is data, stderr is narration; neither ever carries a control character of a log."""

import sys
from typing import TYPE_CHECKING, Any

from tailllm import ink

if TYPE_CHECKING:
    from io import FileIO


def json_text(value: Any, *, indent: int | None = None) -> str:
    """JSON in plain ASCII: every control, bidi and invisible character is escaped."""
    import json

    text = json.dumps(value, ensure_ascii=True, indent=indent)
    return text.replace("\x7f", "\\u007f")


def say(text: str) -> None:
    """One row of output."""
    print(ink.line(text))


def narrate(text: str) -> None:
    """One row on stderr."""
    print(ink.line(text), file=sys.stderr)


def to_terminal() -> bool:
    """Whether a person reads stdout directly."""
    return sys.stdout.isatty()


def progress(text: str) -> None:
    """The row on stderr that is drawn over again; nothing clears it.

    With blanks, for a command writes no escape sequence: its output may go anywhere.
    """
    import shutil

    width = shutil.get_terminal_size().columns - 1
    sys.stderr.write(f"\r{ink.line(text)[:width]:<{width}}\r")
    sys.stderr.flush()


def save(text: str, file: "FileIO") -> None:
    """All of a text into an unbuffered file.

    Raises:
        SourceError: It cannot be written.
    """
    from tailllm.errors import SourceError

    rest = memoryview(text.encode("utf-8", "backslashreplace"))
    try:
        while rest:
            rest = rest[file.write(rest) :]
    except OSError as error:
        raise SourceError(
            f"{file.name}: cannot be written: {error.strerror}", fix="Make room and try again."
        ) from None
