"""Somebody's own validator, held at arm's length: a process that can be killed."""

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

START_S = 10.0
"""Seconds in which the function's module must be imported."""
MAX_KILLS = 3
MAX_ANSWER = 1 << 20
"""Bytes of one answer; more than that is no verdict."""
SIDE = str(Path(__file__).with_name("child_side.py"))
"""Run as a file: it needs nothing of tailllm, so it need not find it."""
WORKER = str(Path(__file__).with_name("worker.py"))
KEEP = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "PYTHONPATH")
"""The environment that is passed on: what Python needs, and no keys."""


class DeadlineError(Exception):
    """The deadline came before the answer."""


class GoneAwayError(Exception):
    """The process ended before the answer."""


class Child:
    """One function in one process; started at the first call, killed at a deadline.

    After `MAX_KILLS` ends that we did not wish for, it stays down and `disabled` says why.
    """

    def __init__(
        self,
        name: str,
        *,
        folder: str,
        timeout_s: float,
        form: str = "function",
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self.form = form
        self.folder = folder
        self.timeout_s = timeout_s
        self.environ = os.environ if environ is None else environ
        self.disabled: str | None = None
        self.kills = 0
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, call: dict[str, Any]) -> dict[str, Any]:
        """The function's answer as a dict with `passed`; None there means undecided, with `why`."""
        if self.disabled:
            return {"passed": None, "why": self.disabled}
        try:
            if not self._start():
                return {"passed": None, "why": self.disabled}
            line = json.dumps(call, default=str).encode() + b"\n"
            return self._exchange(line, self.timeout_s)
        except DeadlineError:
            return self._count(f"took over {self.timeout_s * 1000:g} ms and was ended")
        except (GoneAwayError, OSError) as error:
            return self._count(f"its process ended: {error}")

    def close(self) -> None:
        """End the process, if any."""
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()

    def _start(self) -> bool:
        if self._process is not None:
            return True
        command = [sys.executable, "-P", SIDE, WORKER]
        self._process = subprocess.Popen(
            [*command, self.name, str(self.timeout_s), self.form],
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=self.folder,
            env=_small(self.environ),
            start_new_session=True,
        )
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None  # noqa: S101 -- asked for above
            os.set_blocking(pipe.fileno(), False)
        greeting = self._exchange(b"", START_S)
        if not greeting.get("ready"):
            self.disabled = f"disabled, {self.name} cannot be loaded: {greeting.get('why')}"
            self.close()
        return self.disabled is None

    def _count(self, why: str) -> dict[str, Any]:
        self.close()
        self.kills += 1
        if self.kills >= MAX_KILLS:
            self.disabled = f"disabled after {self.kills} ends like this: {why}"
        return {"passed": None, "why": why}

    def _exchange(self, line: bytes, timeout_s: float) -> dict[str, Any]:
        """Write a line and read one; both may block, so both wait on the same deadline."""
        process = self._process
        assert process is not None  # noqa: S101 -- _start came first
        assert process.stdin is not None  # noqa: S101
        assert process.stdout is not None  # noqa: S101
        into, out = process.stdin.fileno(), process.stdout.fileno()
        until = time.monotonic() + timeout_s
        ready = select.poll()
        ready.register(out, select.POLLIN)
        rest = _write_some(into, memoryview(line))
        if rest:
            ready.register(into, select.POLLOUT)
        answer = bytearray()
        while not answer.endswith(b"\n"):
            left_ms = (until - time.monotonic()) * 1000
            events = ready.poll(left_ms) if left_ms > 0 else []
            if not events:
                raise DeadlineError
            for descriptor, _ in events:
                if descriptor == out:
                    _read_into(answer, out)
                elif not (rest := _write_some(into, rest)):
                    ready.unregister(into)
        return _decode(answer)


def _write_some(descriptor: int, line: memoryview) -> memoryview:
    """What is left of the line after the pipe took what it can take now."""
    if not line:
        return line
    try:
        return line[os.write(descriptor, line[:65536]) :]
    except BlockingIOError:
        return line


def _small(environ: Mapping[str, str]) -> dict[str, str]:
    """What is passed on; import paths are made absolute, for the folder will be another."""
    kept = {name: environ[name] for name in KEEP if name in environ}
    if "PYTHONPATH" in kept:
        paths = kept["PYTHONPATH"].split(os.pathsep)
        kept["PYTHONPATH"] = os.pathsep.join(str(Path(path).absolute()) for path in paths if path)
    return kept


def _read_into(answer: bytearray, descriptor: int) -> None:
    piece = os.read(descriptor, 65536)
    if not piece:
        msg = "it left without an answer"
        raise GoneAwayError(msg)
    answer += piece
    if len(answer) > MAX_ANSWER:
        msg = "its answer has no end"
        raise GoneAwayError(msg)


def _decode(answer: bytes | bytearray) -> dict[str, Any]:
    try:
        decoded = json.loads(answer)
    except ValueError:
        decoded = None
    if not isinstance(decoded, dict):
        msg = "it wrote something else than an answer"
        raise GoneAwayError(msg)
    return decoded
