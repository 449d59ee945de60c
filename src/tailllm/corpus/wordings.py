"""The cases by what their last message asks: what new calls are compared with."""

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tailllm.corpus.case import Case

SEEN = 160
"""Characters that are compared: of a call that is followed no more are in memory."""
FOLDER = "cases"
"""Inside the corpus folder."""


def wordings(cases: "Iterable[Case]") -> dict[str, str]:
    """Id and words of each case that is not retired."""
    return {case.id: _last_asked(case) for case in cases if case.status != "retired"}


def _last_asked(case: "Case") -> str:
    asked = (message.content for message in reversed(case.messages) if message.role == "user")
    return next(asked, "")[:SEEN]


class Wordings:
    """Reads the cases of a corpus folder, and again when one came or went.

    Args:
        folder: The corpus folder; one that is not there has no cases.
        environ: Says where what was read is cached.
    """

    def __init__(self, folder: Path, environ: Mapping[str, str]) -> None:
        self._folder = folder
        self._environ = environ
        self._stamp: object = None

    def news(self) -> dict[str, str] | None:
        """Id and words of each case that is not retired; None if nothing changed since."""
        stamp = self._look()
        if stamp == self._stamp:
            return None
        self._stamp = stamp
        if not stamp:
            return {}
        from tailllm.corpus.cases import cache_folder, load_cases

        return wordings(load_cases(self._folder, cache=cache_folder(self._environ)).cases)

    def _look(self) -> tuple[tuple[str, int], ...]:
        """The folders of cases and when a file in each was last added, replaced or removed."""
        found = []
        for place, _, names in os.walk(self._folder / FOLDER):
            with suppress(OSError):
                found += [(place, os.stat(place).st_mtime_ns)] if names else []
        return tuple(found)
