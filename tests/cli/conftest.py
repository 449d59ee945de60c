"""The program from outside: arguments in, bytes and an exit code out."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import tailllm
from tailllm.cli import main

NATIVE = Path(__file__).with_name("native.jsonl")
"""26 calls of one afternoon against a fake provider whose numbers are known."""
SOURCE = str(Path(tailllm.__file__).parents[1])


class Done(NamedTuple):
    code: int
    raw: bytes
    err: str

    @property
    def out(self) -> str:
        return self.raw.decode()

    @property
    def objects(self) -> list[Any]:
        return [json.loads(line) for line in self.raw.split(b"\n") if line]


Run = Callable[..., Done]


@pytest.fixture
def start(tmp_path: Path, home: Path) -> Run:
    """Run tailllm as a process, in an empty folder with a home of its own."""
    folder = tmp_path / "here"
    folder.mkdir()

    def command(*argv: str | Path, stdin: bytes = b"", **environ: str) -> Done:
        done = subprocess.run(
            [sys.executable, "-m", "tailllm", *map(str, argv)],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": SOURCE, "HOME": str(home)} | environ,
            input=stdin,
            capture_output=True,
            timeout=60,
            check=False,
        )
        err = done.stderr.decode()
        assert "Traceback" not in err, err
        return Done(done.returncode, done.stdout, err)

    return command


@pytest.fixture
def run(
    start: Run,
    tmp_path: Path,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> Run:
    """The same; without starting Python anew where neither input nor environment matter."""
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("PYTHONPATH", SOURCE)

    def command(*argv: str | Path, **more: Any) -> Done:
        if more:
            return start(*argv, **more)
        code = main.run([str(word) for word in argv])
        out, err = capfdbinary.readouterr()
        return Done(code, out, err.decode())

    return command


@pytest.fixture
def here(run: Run, tmp_path: Path) -> Path:
    """The folder in which commands run."""
    return tmp_path / "here"
