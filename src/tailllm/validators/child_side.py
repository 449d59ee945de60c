"""The side of the child: a process that runs somebody's function, JSON lines in and out.

Started as `python -P child_side.py PART module:function …`, with the folder of the function as
its working folder; nothing here or in PART imports anything of tailllm. The first line out says
whether the function was found. PART is a file with `prepared(function, *rest)`, which gives
what then serves until stdin ends: a call with `say`, which writes one line.
"""

import json
import os
import runpy
import sys
import threading
from collections.abc import Callable
from importlib import import_module
from typing import Any, TextIO


def main(part: str, name: str, *rest: str) -> None:
    """Answer until stdin ends."""
    say = Speaker(_private_stdout())
    sys.path.insert(0, os.getcwd())
    try:
        serve = runpy.run_path(part)["prepared"](_find(name), *rest)
    except BaseException as error:  # noqa: BLE001 -- importing somebody's module may raise anything
        say({"ready": False, "why": sentence(error)})
        return
    say({"ready": True})
    serve(say, sentence)


class Speaker:
    """Writes whole lines, from whichever thread."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._lock = threading.Lock()

    def __call__(self, line: dict[str, Any]) -> None:
        """Write one."""
        text = json.dumps(line, default=_plain)
        with self._lock:
            self._file.write(text + "\n")
            self._file.flush()


def sentence(error: BaseException) -> str:
    """What somebody's function raised, in a line."""
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def _private_stdout() -> TextIO:
    """The pipe to our parent, out of the reach of a `print` in the function."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return answers


def _find(name: str) -> Callable[[Any], Any]:
    module, _, path = name.partition(":")
    found: Any = import_module(module)
    for step in path.split("."):
        found = getattr(found, step)
    if not callable(found):
        msg = f"{name} cannot be called"
        raise TypeError(msg)
    return found  # type: ignore[no-any-return]


def _plain(value: Any) -> Any:
    """Responses of provider clients are pydantic models."""
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    msg = f"{type(value).__name__} is no JSON value"
    raise TypeError(msg)


if __name__ == "__main__":
    main(*sys.argv[1:])
