"""A corpus of its own for each test, and processes that write to it."""

import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tailllm.corpus.marks import Marks

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "corpus"


@pytest.fixture
def fallback(tmp_path: Path) -> Path:
    return tmp_path / "state" / "marks"


@pytest.fixture
def marks_of(folder: Path, fallback: Path) -> Callable[..., Marks]:
    """The corpus as one person sees it."""

    def make(by: str = "ana", host: str = "prod-3", **more: Any) -> Marks:
        place = {"folder": folder, "fallback": fallback} | more
        return Marks(place.pop("folder"), by=by, host=host, version="0.1", **place)

    return make


@pytest.fixture
def marks(marks_of: Callable[..., Marks]) -> Marks:
    return marks_of()


@pytest.fixture
def start_writer(folder: Path, fallback: Path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Start a process that marks; whatever is left of it ends with the test."""
    started: list[subprocess.Popen[bytes]] = []

    def start(
        name: str = "w",
        times: int = 0,
        size: int = 0,
        to: Path = folder,
        under: Sequence[str] = (),
        **options: Any,
    ) -> subprocess.Popen[bytes]:
        words = [str(to), str(fallback), name, str(times), str(size)]
        process = subprocess.Popen(
            [*under, sys.executable, "-m", "tests.corpus.writer", *words],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            bufsize=0,  # what one reader has in its buffer, the next would never see
            **options,
        )
        started.append(process)
        assert process.stdout
        assert process.stdout.readline() == b"ready\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        assert process.stdout
        process.stdout.close()


def acknowledged(said: bytes) -> set[str]:
    """The mark ids a writer printed in full."""
    lines = said.split(b"\n")[:-1]
    return {line.split()[0].decode() for line in lines if not line.startswith(b"refused")}


def standing(marks: Marks) -> set[str]:
    return {mark.mark_id for mark in marks.read().marks}
