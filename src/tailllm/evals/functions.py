"""Asks a function of the team, which runs in one process of its own for the whole run."""

import asyncio
import json
import os
import signal
import sys
import time
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

from tailllm.config.targets import PythonTarget
from tailllm.evals.answers import Answer
from tailllm.evals.asking import Request
from tailllm.evals.replies import MAX_BYTES, Kind, Reply
from tailllm.validators.child import SIDE, START_S

CALLEE = str(Path(__file__).with_name("callee.py"))


class Function:
    """Shared by all workers: questions go in as they come, answers come back in any order."""

    def __init__(self, target: PythonTarget) -> None:
        self._target = target
        self._numbers = count()
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._process: asyncio.subprocess.Process | None = None
        self._starting = asyncio.Lock()
        self._reader: asyncio.Task[None] | None = None
        self._broken: str | None = None

    async def ask(self, request: Request) -> Reply:
        """Call the function; an exception of its own makes the case not evaluated."""
        begun = time.perf_counter()
        async with self._starting:
            if self._process is None and self._broken is None:
                await self._start()
        if self._broken is not None:
            return Reply(Kind.DENIED, why=self._broken)
        number = next(self._numbers)
        self._waiting[number] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(self._target.timeout_s):
                said = await self._said(number, request)
        except TimeoutError:
            why = f"{self._target.call} took over {self._target.timeout_s:g} s"
            return Reply(Kind.UNUSABLE, why=why)
        finally:
            self._waiting.pop(number, None)
        if "answer" not in said:
            return Reply(Kind.UNUSABLE, why=f"{self._target.call}: {said.get('why')}")
        return Reply(Kind.OK, Answer(said["answer"], (time.perf_counter() - begun) * 1000))

    async def close(self) -> None:
        """End the process, when the first worker leaves: then there is nothing left to ask."""
        process, self._process = self._process, None
        if self._reader is not None:
            self._reader.cancel()
        if process is not None and process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()

    async def _said(self, number: int, request: Request) -> dict[str, Any]:
        process = self._process
        waiting = self._waiting[number]
        if process is None or process.stdin is None:
            return {"why": "its process has ended"}
        line = json.dumps({"id": number, "ask": request.body}, default=str).encode() + b"\n"
        with suppress(BrokenPipeError, ConnectionResetError):
            process.stdin.write(line)
            await process.stdin.drain()
        return await waiting

    async def _start(self) -> None:
        try:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-P",
                SIDE,
                CALLEE,
                self._target.call,
                cwd=self._target.folder,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                limit=MAX_BYTES,
                start_new_session=True,
            )
            async with asyncio.timeout(START_S):
                greeting = await self._line()
        except (OSError, TimeoutError) as error:
            greeting = {"why": str(error) or f"its module took over {START_S:g} s"}
        if greeting.get("ready"):
            self._reader = asyncio.create_task(self._read())
        else:
            self._broken = f"{self._target.call} cannot be loaded: {greeting.get('why')}"

    async def _line(self) -> dict[str, Any]:
        assert self._process is not None  # noqa: S101 -- _start made it
        assert self._process.stdout is not None  # noqa: S101
        line = await self._process.stdout.readline()
        found: dict[str, Any] = json.loads(line) if line else {}
        return found

    async def _read(self) -> None:
        """Hand each answer to whoever waits for it; the end of the process is told to all."""
        why = "its process has ended"
        try:
            while line := await self._line():
                waiting = self._waiting.get(line.get("id", -1))
                if waiting is not None and not waiting.done():
                    waiting.set_result(line)
        except ValueError:
            why = f"an answer is over {MAX_BYTES >> 20} MiB, or no JSON"
        self._broken = f"{self._target.call}: {why}"
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_result({"why": why})
