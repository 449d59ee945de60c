"""Kills, several writers and git: what was acknowledged is in the file."""

import json
import random
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tailllm.corpus.marks import Marks
from tests.corpus.conftest import acknowledged, standing
from tests.corpus.writer import call

Start = Callable[..., subprocess.Popen[bytes]]


@pytest.mark.parametrize("kills", [20, pytest.param(200, marks=pytest.mark.long)])
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


def git(folder: Path, *words: str) -> str:
    who = ["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "core.autocrlf=false"]
    done = subprocess.run(
        ["git", "-C", str(folder), *who, *words], capture_output=True, text=True, check=False
    )
    return done.stdout


def test_git_changing_branches_under_the_corpus_loses_nothing(
    start_writer: Start, marks_of: Callable[..., Marks], tmp_path: Path
) -> None:
    home = tmp_path / "project"
    marks = marks_of(folder=home / "corpus")
    home.mkdir()
    git(home, "init", "-q", "-b", "left")
    for branch in ("left", "right"):
        git(home, "checkout", "-q", "-b", branch)
        (home / "corpus").mkdir(exist_ok=True)
        marks.path.write_text(json.dumps({"schema": 1, "branch": branch}) + "\n")
        git(home, "add", "-A")
        git(home, "commit", "-qm", branch)
    writer = start_writer(to=home / "corpus")
    until = time.monotonic() + 2
    switches = 0
    while time.monotonic() < until:
        git(home, "commit", "-qam", "more")
        there = git(home, "branch", "--show-current").strip()
        git(home, "checkout", "-q", "left" if there == "right" else "right")
        switches += git(home, "branch", "--show-current").strip() != there
    writer.terminate()
    said = acknowledged(writer.communicate()[0])
    git(home, "commit", "-qam", "last")
    kept = "".join(
        git(home, "show", f"{branch}:corpus/marks.jsonl") for branch in ("left", "right")
    )
    if marks.fallback.exists():
        kept += marks.fallback.read_text()
    ids = {json.loads(line).get("mark_id") for line in kept.splitlines()}

    assert switches > 3
    assert len(said) > 10
    assert said <= ids


def test_a_lock_left_by_a_dead_git_does_not_refuse_marks(
    marks_of: Callable[..., Marks], tmp_path: Path
) -> None:
    home = tmp_path / "project"
    (home / ".git").mkdir(parents=True)
    (home / ".git" / "index.lock").touch()

    kept = marks_of(folder=home / "corpus", wait_s=0.2).mark(call("x"), [], paths={})

    assert not kept.rescued
