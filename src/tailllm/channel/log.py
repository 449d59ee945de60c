"""Append-only files of the channel, each line one thing that happened."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Generic, TypeVar

import msgspec

from tailllm.corpus import record
from tailllm.corpus.append import append
from tailllm.corpus.entries import lines
from tailllm.errors import CorpusError

SCHEMA = 1
_Shape = TypeVar("_Shape", bound=msgspec.Struct)


def facts(entry: msgspec.Struct) -> dict[str, Any]:
    """A line as plain values."""
    found: dict[str, Any] = msgspec.to_builtins(entry)
    return found


class Log(Generic[_Shape]):
    """One file; what was added is on disk when `add` returns."""

    def __init__(self, path: Path, shape: type[_Shape]) -> None:
        self.path = path
        self._shape = shape
        self._names = frozenset(shape.__struct_fields__)
        self.unread = 0
        """Lines nobody can read, or of a later version of tailllm; left alone."""

    def read(self) -> list[_Shape]:
        """Every readable line in order.

        Raises:
            CorpusError: The file is there and cannot be read.
        """
        found: list[_Shape] = []
        self.unread = 0
        try:
            for _, text in lines(self.path):
                entry = self._entry(text)
                if entry is not None:
                    found.append(entry)
        except OSError as error:
            raise CorpusError(
                f"{self.path} cannot be read: {error.strerror or error}",
                fix="Give yourself the right to read it, or name another --corpus.",
            ) from error
        return found

    def add(self, entries: Iterable[_Shape]) -> None:
        """Add lines, all of them with one write.

        Raises:
            CorpusError: Nothing was added.
        """
        text = b"".join(self._line(entry) for entry in entries)
        if not text:
            return
        try:
            append(self.path, text)
        except OSError as error:
            raise CorpusError(
                f"not kept: {self.path}: {error.strerror or error}",
                fix="Make room or give yourself the right to write, then sync again.",
            ) from error

    def _line(self, entry: _Shape) -> bytes:
        said = {"schema": SCHEMA} | facts(entry)
        return record.encode(
            {name: value for name, value in said.items() if value not in ("", None)}
        )

    def _entry(self, text: bytes) -> _Shape | None:
        try:
            whole = json.loads(text)
            if whole["schema"] == SCHEMA:
                known = {name: whole[name] for name in self._names & whole.keys()}
                return msgspec.convert(known, self._shape)
            self.unread += 1
        except (msgspec.MsgspecError, ValueError, RecursionError, KeyError, TypeError):
            self.unread += bool(text.strip())
        return None
