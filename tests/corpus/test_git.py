"""Git and others put another file under the same name: the mark is in the one that stays."""

import fcntl
import json
import os
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tailllm.corpus.git import index_lock
from tailllm.corpus.marks import Marks
from tests.corpus.conftest import acknowledged, standing
from tests.corpus.writer import call

Start = Callable[..., subprocess.Popen[bytes]]


def replace(path: Path) -> None:
    """What git does: another file under the same name."""
    other = path.with_suffix(".new")
    other.write_bytes(b"")
    other.rename(path)


def test_a_file_replaced_while_we_waited_for_its_lock_gets_no_mark(
    marks_of: Callable[..., Marks],
) -> None:
    marks = marks_of(wait_s=20)
    marks.mark(call("before"), [], paths={})
    with marks.path.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        marking = threading.Thread(target=marks.mark, args=(call("x"), []), kwargs={"paths": {}})
        marking.start()
        wait_until(lambda: opened_twice(marks.path))
        replace(marks.path)
    marking.join()

    assert marks.read().keys.keys() == {"resp:x"}


def opened_twice(path: Path) -> bool:
    """Whether the holder of the lock and the one who waits both have the file open."""
    names = [Path(f"/proc/self/fd/{n}") for n in os.listdir("/proc/self/fd")]
    return sum(name.exists() and name.samefile(path) for name in names) == 2


def test_a_file_replaced_while_we_wrote_gets_the_mark_again(
    marks: Marks, monkeypatch: pytest.MonkeyPatch
) -> None:
    marks.mark(call("before"), [], paths={})
    sync, synced = os.fsync, []

    def replaced_meanwhile(file: int) -> None:
        sync(file)
        if not synced:
            replace(marks.path)
        synced.append(file)

    monkeypatch.setattr(os, "fsync", replaced_meanwhile)
    kept = marks.mark(call("x"), [], paths={})

    assert standing(marks) == {kept.mark_id}


def test_a_mark_waits_until_git_is_done(marks_of: Callable[..., Marks], tmp_path: Path) -> None:
    home = tmp_path / "project"
    at_work = home / ".git" / "index.lock"
    at_work.parent.mkdir(parents=True)
    marks = marks_of(folder=home / "corpus", wait_s=20)
    marks.mark(call("before"), [], paths={})
    at_work.touch()
    marking = threading.Thread(target=marks.mark, args=(call("x"), []), kwargs={"paths": {}})
    marking.start()
    time.sleep(0.1)
    untouched = marks.path.read_bytes().count(b"\n")
    replace(marks.path)
    at_work.unlink()
    marking.join()

    assert untouched == 1
    assert marks.read().keys.keys() == {"resp:x"}


def test_a_mark_made_while_git_began_is_looked_for_when_git_is_done(
    marks_of: Callable[..., Marks], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "project"
    at_work = home / ".git" / "index.lock"
    at_work.parent.mkdir(parents=True)
    marks = marks_of(folder=home / "corpus", wait_s=20)
    sync, synced = os.fsync, []

    def git_begins(file: int) -> None:
        sync(file)
        synced.append(file)
        if len(synced) == 1:
            at_work.touch()

    monkeypatch.setattr(os, "fsync", git_begins)
    marking = threading.Thread(target=marks.mark, args=(call("x"), []), kwargs={"paths": {}})
    marking.start()
    wait_until(lambda: len(synced) > 1)
    replace(marks.path)
    at_work.unlink()
    marking.join()

    assert marks.read().keys.keys() == {"resp:x"}


@pytest.mark.parametrize("form", ["relative", "absolute"])
def test_a_linked_work_tree_waits_for_its_own_git(tmp_path: Path, form: str) -> None:
    real = tmp_path / "main" / ".git" / "worktrees" / "side"
    side = tmp_path / "side"
    real.mkdir(parents=True)
    side.mkdir()
    target = real if form == "absolute" else os.path.relpath(real, side)
    (side / ".git").write_text(f"gitdir: {target}\n")
    lock = index_lock(side / "corpus")

    assert lock is not None
    assert lock.resolve() == real / "index.lock"


def wait_until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.005)


def git(folder: Path, *words: str) -> str:
    who = ["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "core.autocrlf=false"]
    done = subprocess.run(
        ["git", "-C", str(folder), *who, *words], capture_output=True, text=True, check=False
    )
    return done.stdout


@pytest.mark.long  # one round in many loses the race between the last look at git and the checkout
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
    until = time.monotonic() + 30
    switches = 0
    while switches < 12 and time.monotonic() < until:
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
