"""Live runs for tests: many cases, a model that waits, a process that can be killed."""

import asyncio
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from tests.evals.conftest import GOOD, Place

SOURCE = str(Path(__file__).parents[2] / "src")


def many(place: Place, count: int) -> None:
    for n in range(count):
        place.case(f"Refund {n}")


class Gate:
    """Answers so many questions; those after them wait until it is opened."""

    def __init__(self, first: int) -> None:
        self._left = first
        self._is_open = threading.Event()

    async def answer(self, _: object) -> str:
        self._left -= 1
        while self._left < 0 and not self._is_open.is_set():
            await asyncio.sleep(0.01)
        return GOOD

    def open(self) -> None:
        self._is_open.set()


def command(place: Place, *argv: str, **options: Any) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "tailllm", "eval", "--live", *argv],
        cwd=place.folder,
        env=os.environ | {"PYTHONPATH": SOURCE} | place.environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        **options,
    )
