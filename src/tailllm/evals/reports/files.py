"""Reports as files, for the machines that pick them up."""

from pathlib import Path

from tailllm.errors import CorpusError


def keep(path: Path, text: str, *, more: bool = False) -> None:
    """Write a report; `more`: behind what is there already.

    Raises:
        CorpusError: The disk refuses.
    """
    try:
        with path.open("a" if more else "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
    except OSError as error:
        raise CorpusError(
            f"{path} cannot be written: {error.strerror}", fix="Name another file."
        ) from error
