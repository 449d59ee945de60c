"""Asks a program: the case as JSON on its standard input, the answer on its standard output."""

import asyncio
import os
import signal
import time
from contextlib import suppress

from tailllm import ink
from tailllm.config.targets import CommandTarget
from tailllm.evals.answers import Answer
from tailllm.evals.asking import Request
from tailllm.evals.replies import MAX_BYTES, Kind, Reply

WORDS = 200
"""Characters of a program's own complaint that are shown."""


class Program:
    """Starts the program once for each question; a program that takes too long is ended."""

    def __init__(self, target: CommandTarget) -> None:
        self._target = target

    async def ask(self, request: Request) -> Reply:
        """Run it; text, or a JSON object, on its standard output is the answer."""
        begun = time.perf_counter()
        try:
            process = await asyncio.create_subprocess_exec(
                *self._target.argv,
                cwd=self._target.folder,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as error:
            why = f"{self._target.argv[0]} cannot be started: {error.strerror}"
            return Reply(Kind.DENIED, why=why)
        try:
            async with asyncio.timeout(self._target.timeout_s):
                out, err = await _talk(process, request.text)
        except TimeoutError:
            return Reply(Kind.DOWN, why=f"{self._name} took over {self._target.timeout_s:g} s")
        finally:
            await _end(process)
        return self._read(process.returncode, out, err, (time.perf_counter() - begun) * 1000)

    async def close(self) -> None:
        """Nothing is left open."""

    @property
    def _name(self) -> str:
        return self._target.argv[0]

    def _read(self, code: int | None, out: bytes, err: bytes, ms: float) -> Reply:
        if len(out) > MAX_BYTES:
            return Reply(Kind.UNUSABLE, why=f"the answer is over {MAX_BYTES >> 20} MiB")
        if code != 0:
            rows = err.decode("utf-8", "replace").strip().splitlines()
            said = f": {ink.line(rows[-1][:WORDS])}" if rows else ""
            return Reply(Kind.UNUSABLE, why=f"{self._name} ended with {code}{said}")
        text = out.decode("utf-8", "replace").removesuffix("\n")
        return Reply(Kind.OK, Answer(opened(text), ms))


def opened(text: str) -> object:
    """A JSON object as such, all else as the text it is."""
    import json

    if text.lstrip().startswith("{"):
        with suppress(ValueError, RecursionError):
            return json.loads(text)
    return text


async def _talk(process: asyncio.subprocess.Process, question: bytes) -> tuple[bytes, bytes]:
    """Write, and read both streams at the same time; a program that never reads is no error."""
    assert process.stdin is not None  # noqa: S101 -- asked for
    assert process.stdout is not None  # noqa: S101
    assert process.stderr is not None  # noqa: S101
    out, err, _ = await asyncio.gather(
        _some(process.stdout, MAX_BYTES + 1),
        _some(process.stderr, 1 << 16),
        _write(process.stdin, question),
    )
    if len(out) <= MAX_BYTES:
        await process.wait()
    return out, err


async def _some(stream: asyncio.StreamReader, most: int) -> bytes:
    """What comes until the end; over `most` bytes the rest is read and thrown away."""
    found = bytearray()
    while piece := await stream.read(1 << 16):
        if len(found) < most:
            found += piece
        elif most > MAX_BYTES:
            break
    return bytes(found)


async def _write(stream: asyncio.StreamWriter, question: bytes) -> None:
    with suppress(BrokenPipeError, ConnectionResetError):
        stream.write(question)
        await stream.drain()
    with suppress(BrokenPipeError, ConnectionResetError):
        stream.close()
        await stream.wait_closed()


async def _end(process: asyncio.subprocess.Process) -> None:
    """End the program and all that it started."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
