"""The process in which a function of the team answers: JSON lines in, JSON lines out.

Started as `python -P callee.py module:function`, with the folder of the function as its
working folder; it imports nothing of tailllm. Async functions run together in one loop,
plain ones in threads. The first line out says whether the function was found.
"""

import asyncio
import inspect
import json
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import Any, TextIO

THREADS = 64


def main(name: str) -> None:
    """Answer until stdin ends."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    sys.path.insert(0, os.getcwd())
    say = _Speaker(answers)
    try:
        function = _find(name)
    except BaseException as error:  # noqa: BLE001 -- importing somebody's module may raise anything
        say({"ready": False, "why": _sentence(error)})
        return
    say({"ready": True})
    asyncio.run(_serve(function, say))
    os._exit(0)  # a function that hangs in its thread must not keep us


class _Speaker:
    """Writes whole lines, from whichever thread."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._lock = threading.Lock()

    def __call__(self, line: dict[str, Any]) -> None:
        text = json.dumps(line, default=_plain)
        with self._lock:
            self._file.write(text + "\n")
            self._file.flush()


async def _serve(function: Callable[[Any], Any], say: _Speaker) -> None:
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(THREADS))
    reader = asyncio.StreamReader(limit=1 << 30)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    running: set[asyncio.Task[None]] = set()
    while line := await reader.readline():
        task = loop.create_task(_answer(function, line, say))
        running.add(task)
        task.add_done_callback(running.discard)


async def _answer(function: Callable[[Any], Any], line: bytes, say: _Speaker) -> None:
    asked = json.loads(line)
    try:
        if inspect.iscoroutinefunction(function):
            said = await function(asked["ask"])
        else:
            said = await asyncio.to_thread(function, asked["ask"])
            if inspect.isawaitable(said):
                said = await said
        answer = {"id": asked["id"], "answer": said}
    except BaseException as error:  # noqa: BLE001 -- somebody's function may raise anything
        answer = {"id": asked["id"], "why": _sentence(error)}
    try:
        say(answer)
    except (TypeError, ValueError) as error:
        say({"id": asked["id"], "why": f"the answer cannot be written as JSON: {error}"})


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


def _sentence(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


if __name__ == "__main__":
    main(sys.argv[1])
