"""How far each source is read: `cursors.jsonl`, the last line of a source counts.

Losing it costs reading again and nothing else: a report is known by its id.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from tailllm.channel.log import Log

NAME: Final = "cursors.jsonl"


class Cursor(msgspec.Struct):
    """How far one source is read."""

    source: str
    """What is read, such as `slack:C012`; the name in the config may change."""
    at: str
    place: dict[str, Any]


class Cursors:
    """The cursors of one corpus folder."""

    def __init__(self, folder: Path) -> None:
        self._log = Log(folder / NAME, Cursor)
        self._last: dict[str, dict[str, Any]] | None = None

    def last(self, source: str) -> dict[str, Any]:
        """How far `source` is read; empty when it never was."""
        if self._last is None:
            self._last = {cursor.source: cursor.place for cursor in self._log.read()}
        return self._last.get(source, {})

    def move(self, source: str, place: Mapping[str, Any], at: str) -> None:
        """Remember it, unless it is there already: a quiet source writes nothing."""
        if self.last(source) == place:
            return
        self._log.add([Cursor(source, at, dict(place))])
        assert self._last is not None  # noqa: S101 -- `last` has read it
        self._last[source] = dict(place)
