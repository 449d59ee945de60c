"""Kills and several writers: what was acknowledged is in the file."""

import json
import random
import subprocess
import time
from collections.abc import Callable

import pytest

from tailllm.corpus.marks import Marks
from tests.corpus.conftest import acknowledged, standing

Start = Callable[..., subprocess.Popen[bytes]]


@pytest.mark.parametrize("kills", [12, pytest.param(200, marks=pytest.mark.long)])
@pytest.mark.timeout(600)
def test_a_kill_at_any_moment_loses_no_acknowledged_mark(
    start_writer: Start, marks: Marks, kills: int
) -> None:
    dice = random.Random(kills)
    said = set()
    for n in range(kills):
        writer = start_writer(f"w{n}", size=dice.choice([0, 2000, 3_000_000]))
        time.sleep(dice.uniform(0, 0.06))
        writer.kill()
        said |= acknowledged(writer.communicate()[0])
        if marks.path.exists() and marks.path.stat().st_size > 300_000_000:
            said = _swept(said, marks)
    found = marks.read()

    assert said <= {mark.mark_id for mark in found.marks}
    assert found.damaged <= kills


def _swept(said: set[str], marks: Marks) -> set[str]:
    """Nothing missing so far; begin a new file so that the disk of the tester stays free."""
    assert said <= standing(marks)
    marks.path.unlink()
    return set()


@pytest.mark.parametrize("times", [50, pytest.param(500, marks=pytest.mark.long)])
def test_four_writers_at_once_lose_nothing_and_tear_nothing(
    start_writer: Start, marks: Marks, times: int
) -> None:
    writers = [start_writer(f"w{n}", times=times, size=500) for n in range(4)]
    said = [acknowledged(writer.communicate()[0]) for writer in writers]
    lines = marks.path.read_bytes().splitlines()

    assert [len(ids) for ids in said] == [times] * 4
    assert {json.loads(line)["mark_id"] for line in lines} == set.union(*said)
    assert len(lines) == 4 * times
