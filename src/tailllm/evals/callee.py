"""The part of a child process in which a function of the team answers.

Run by `validators/child_side.py`. Async functions run together in one loop, plain ones in
threads.
"""

import asyncio
import inspect
import json
import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

THREADS = 64

Function = Callable[[Any], Any]
Say = Callable[[dict[str, Any]], None]
Sentence = Callable[[BaseException], str]


def prepared(function: Function) -> Callable[[Say, Sentence], None]:
    """What answers until stdin ends."""

    def serve(say: Say, sentence: Sentence) -> None:
        asyncio.run(_serve(function, say, sentence))
        os._exit(0)  # a function that hangs in its thread must not keep us

    return serve


async def _serve(function: Function, say: Say, sentence: Sentence) -> None:
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(THREADS))
    reader = asyncio.StreamReader(limit=1 << 30)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    running: set[asyncio.Task[None]] = set()
    while line := await reader.readline():
        task = loop.create_task(_answer(function, line, say, sentence))
        running.add(task)
        task.add_done_callback(running.discard)


async def _answer(function: Function, line: bytes, say: Say, sentence: Sentence) -> None:
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
        answer = {"id": asked["id"], "why": sentence(error)}
    try:
        say(answer)
    except (TypeError, ValueError) as error:
        say({"id": asked["id"], "why": f"the answer cannot be written as JSON: {error}"})
