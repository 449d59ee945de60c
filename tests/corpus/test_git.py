"""Git and others put another file under the same name: the mark is in the one that stays."""

import fcntl
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import tailllm
from tailllm.corpus.git import work_tree
from tailllm.corpus.marks import Marks
from tailllm.corpus.running import command, git_at_work
from tests.corpus.conftest import standing
from tests.corpus.hammer import GIT, git, hammer
from tests.corpus.writer import call
from tests.wait import PATIENCE_S, wait_until

NOBODY = 65534
ANYWHERE = ("-c", "safe.directory=*")


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
    return sum(is_open_as(n, path) for n in os.listdir("/proc/self/fd")) == 2


def is_open_as(number: str, path: Path) -> bool:
    """Whether this descriptor is of that file; other threads may close it meanwhile."""
    try:
        return Path(f"/proc/self/fd/{number}").samefile(path)
    except OSError:
        return False


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
    marks.mark(call("before"), [], paths={})
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
    tree = work_tree(side / "corpus")

    assert tree is not None
    assert tree.top == side
    assert tree.index_lock.resolve() == real / "index.lock"


@pytest.mark.parametrize(
    ("work", "seconds", "enough"),
    [
        ("checkout", 30, 8),
        ("stash", 30, 8),
        *(
            pytest.param(work, 60, 10_000, marks=pytest.mark.long)
            for work in ("checkout", "stash", "pull")
        ),
    ],
)
@pytest.mark.timeout(150)
def test_git_changing_the_work_tree_under_the_corpus_loses_nothing(
    tmp_path: Path, work: str, seconds: float, enough: int
) -> None:
    outcome = hammer(tmp_path, work, seconds, enough)

    assert outcome.changes > 3
    assert outcome.acknowledged > 3
    assert not outcome.lost


def test_where_git_has_just_removed_the_file_no_mark_makes_one(
    marks_of: Callable[..., Marks], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "project"
    at_work = home / ".git" / "index.lock"
    at_work.parent.mkdir(parents=True)
    marks = marks_of(folder=home / "corpus", wait_s=20)
    marks.mark(call("before"), [], paths={})
    real, looked = os.open, threading.Event()

    def git_begins(name: object, *words: object, **more: object) -> int:
        if name == marks.path.name and not looked.is_set():
            at_work.touch()
            marks.path.unlink()
            looked.set()
        return real(name, *words, **more)  # type: ignore[call-overload,no-any-return]

    monkeypatch.setattr(os, "open", git_begins)
    marking = threading.Thread(target=marks.mark, args=(call("x"), []), kwargs={"paths": {}})
    marking.start()
    looked.wait(PATIENCE_S)
    time.sleep(0.1)
    in_the_way = marks.path.exists()
    marks.path.write_bytes(b"")
    at_work.unlink()
    marking.join()

    assert not in_the_way
    assert marks.read().keys.keys() == {"resp:x"}


def test_a_file_that_git_has_not_filled_yet_gets_no_mark(
    marks_of: Callable[..., Marks], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "project"
    at_work = home / ".git" / "index.lock"
    at_work.parent.mkdir(parents=True)
    marks = marks_of(folder=home / "corpus", wait_s=20)
    marks.mark(call("before"), [], paths={})
    text = marks.path.read_bytes()
    real, looked = os.open, threading.Event()

    def git_begins(name: object, *words: object, **more: object) -> int:
        if name == marks.path.name and not looked.is_set():
            at_work.touch()
            replace(marks.path)
            looked.set()
        return real(name, *words, **more)  # type: ignore[call-overload,no-any-return]

    monkeypatch.setattr(os, "open", git_begins)
    marking = threading.Thread(target=marks.mark, args=(call("x"), []), kwargs={"paths": {}})
    marking.start()
    looked.wait(PATIENCE_S)
    time.sleep(0.1)
    with marks.path.open("r+b") as file:
        file.write(text)
    at_work.unlink()
    marking.join()

    assert marks.read().keys.keys() == {"resp:before", "resp:x"}


def test_a_lock_left_by_a_dead_git_sends_the_mark_to_the_fallback_and_is_named(
    marks_of: Callable[..., Marks], tmp_path: Path
) -> None:
    home = tmp_path / "project"
    (home / ".git").mkdir(parents=True)
    (home / ".git" / "index.lock").touch()
    marks = marks_of(folder=home / "corpus", wait_s=0.2)

    kept = marks.mark(call("x"), [], paths={})

    assert kept.rescued
    assert str(home / ".git" / "index.lock") in kept.why
    assert standing(marks) == {kept.mark_id}


HOLDER = """
import sys, time
from pathlib import Path
from tailllm.corpus.git import kept_out, work_tree
with kept_out(work_tree(Path(sys.argv[1])), time.monotonic() + 60):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that keeps git out of `tmp_path/project`."""
    home = tmp_path / "project"
    home.mkdir()
    git(home, "init", "-q", "-b", "left")
    words = [sys.executable, "-c", HOLDER, str(home)]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"held\n"
        yield process
        process.kill()


def test_a_lock_of_ours_stops_git_and_goes_with_the_next_mark_after_a_kill(
    marks_of: Callable[..., Marks], tmp_path: Path, holder: subprocess.Popen[bytes]
) -> None:
    home = tmp_path / "project"
    stopped = git(home, "add", "-A").stderr
    holder.kill()
    holder.wait()
    left = (home / ".git" / "index.lock").exists()
    marks = marks_of(folder=home / "corpus", wait_s=20)
    kept = marks.mark(call("x"), [], paths={})

    assert "index.lock" in stopped
    assert left
    assert not kept.rescued
    assert not git(home, "add", "-A").stderr
    assert git(home, "ls-files").stdout == "corpus/marks.jsonl\n"


def test_a_lock_of_ours_that_somebody_holds_is_left_alone(
    marks_of: Callable[..., Marks], tmp_path: Path, holder: subprocess.Popen[bytes]
) -> None:
    lock = tmp_path / "project" / ".git" / "index.lock"
    kept = marks_of(folder=tmp_path / "project" / "corpus", wait_s=0.2).mark(
        call("x"), [], paths={}
    )

    assert lock.exists()
    assert kept.rescued


def test_a_mark_waits_for_a_git_that_has_read_the_file_and_holds_no_lock_yet(
    marks_of: Callable[..., Marks], tmp_path: Path
) -> None:
    home = tmp_path / "project"
    home.mkdir()
    git(home, "init", "-q", "-b", "left")
    marks = marks_of(folder=home / "corpus", wait_s=0.2)
    git(home, "config", "alias.post", "-c core.quotePath=false am --quiet")
    for word in ("am", "post"):
        with subprocess.Popen([*GIT, word], cwd=home, stdin=subprocess.PIPE) as at_work:
            wait_until(lambda: bool(git_at_work(home)))
            kept = marks.mark(call(word), [], paths={})

        assert kept.rescued
        assert f"git am is at work (process {at_work.pid})" in kept.why


MARKING = """
import sys
from pathlib import Path
from tailllm.corpus.running import git_at_work
print(git_at_work(Path(sys.argv[1])))
"""


@pytest.mark.parametrize(("mode", "counts"), [(0o777, True), (0o755, False)])
def test_the_git_of_somebody_else_counts_where_they_may_write(
    tmp_path: Path, mode: int, counts: bool
) -> None:
    if os.geteuid() or not shutil.which("setpriv"):
        pytest.skip("needs root, to become somebody else")
    home = Path(tempfile.mkdtemp(dir="/tmp"))
    git(home, "init", "-q")
    os.chown(home, NOBODY, NOBODY)
    home.chmod(mode)
    words = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    code = f"{sys.executable} -c {shlex.quote(MARKING)} {home}"
    with subprocess.Popen([*GIT, *ANYWHERE, "am"], cwd=home, stdin=subprocess.PIPE) as at_work:
        wait_until(lambda: bool(git_at_work(home)))
        said = subprocess.run(
            [*words, *shlex.split(code)],
            env=os.environ | {"PYTHONPATH": str(Path(tailllm.__file__).parents[1])},
            capture_output=True,
            text=True,
            check=False,
        )
    shutil.rmtree(home)
    if said.returncode:
        pytest.skip("another user cannot run the program from this folder")

    assert (f"git am is at work (process {at_work.pid})" in said.stdout) is counts


@pytest.mark.parametrize(
    ("line", "command_"),
    [
        ("git stash", "stash"),
        ("/usr/bin/git -C x -c user.name=merge --no-pager pull --rebase", "pull"),
        ("/usr/lib/git-core/git-rebase -i", "rebase"),
        ("git log merge", "log"),
        ("git --version", ""),
    ],
)
def test_what_a_command_of_git_is_about(line: str, command_: str) -> None:
    assert command(line.split()) == command_
