"""Several writers, and a git that changes the work tree without pause.

    python -m tests.corpus.hammer checkout|stash|pull SECONDS

Says how often git changed the files, how many marks were acknowledged, and how many of them
are in no branch, no stash, not in the file and in no fallback file. Writers are stopped and
continued at random moments, which is what a busy machine does to them, and git fills the file
with a pause, so that every moment of a change is hit sooner or later.
"""

import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
NAME = "corpus/marks.jsonl"
FAILED = re.compile("^(error|fatal|CONFLICT)", re.M)
GIT = ["git"]
for setting in ("user.name=a", "user.email=a@b.c", "core.autocrlf=false", "gc.auto=0"):
    GIT += ["-c", setting]
WRITERS = 4
BRANCHES = ("left", "right", "none")
"""`none` begins without a corpus, so that the first mark there has to make the file."""


class Outcome(NamedTuple):
    """What a round of hammering showed."""

    changes: int
    hindered: int
    """Commands of git that failed because our lock or a file of ours was in the way."""
    acknowledged: int
    rescued: int
    lost: set[str]


def git(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*GIT, "-C", str(folder), *words], capture_output=True, text=True, check=False
    )


def project(home: Path) -> None:
    """A work tree whose branches hold different marks."""
    (home / "corpus").mkdir(parents=True)
    git(home, "init", "-q", "-b", "start")
    git(home, "config", "filter.slow.smudge", "sleep 0.01; cat")
    (home / ".gitattributes").write_text("*.jsonl filter=slow merge=union\n")
    git(home, "add", "-A")
    git(home, "commit", "-qm", "start")
    for branch in reversed(BRANCHES):
        git(home, "checkout", "-q", "-b", branch, "start")
        if branch != "none":
            add_line(home, branch)


def add_line(home: Path, text: str) -> None:
    """What somebody else marked, committed."""
    (home / "corpus").mkdir(exist_ok=True)
    with (home / NAME).open("a") as file:
        file.write(json.dumps({"schema": 1, "somebody": text}) + "\n")
    git(home, "add", "-A")
    git(home, "commit", "-qm", text)


def change_branch(home: Path, turn: int) -> str:
    git(home, "add", "-A")
    git(home, "commit", "-qm", "more")
    return git(home, "checkout", "-q", BRANCHES[turn % len(BRANCHES)]).stderr


def stash(home: Path, turn: int) -> str:
    if turn % 5 == 0:
        git(home, "add", "-A")
        git(home, "commit", "-qm", "more")
    time.sleep(0.15)
    said = git(home, "stash", "push", "-q").stderr
    return said + git(home, "stash", "pop", "-q").stderr


def pull(home: Path, turn: int) -> str:
    """Somebody else is one line ahead, always."""
    other = home.parent / "other"
    if not other.exists():
        git(home.parent, "clone", "-q", str(home), str(other))
        git(home, "remote", "add", "other", str(other))
    git(home, "add", "-A")
    git(home, "commit", "-qm", "more")
    git(other, "pull", "-q", "--ff-only")
    add_line(other, f"line {turn}")
    return git(home, "pull", "--rebase", "--autostash", "other", "left").stderr


WORK: dict[str, Callable[[Path, int], str]] = {
    "checkout": change_branch,
    "stash": stash,
    "pull": pull,
}


def hammer(folder: Path, work: str, seconds: float, enough: int = sys.maxsize) -> Outcome:
    """Mark and let git work at the same time, in the new folder `folder`.

    Ends after `seconds`, or when git has changed the files `enough` times, as many marks were
    said to be kept, and a second is over.
    """
    home, fallback = folder / "project", folder / "fallback"
    project(home)
    words = [sys.executable, "-m", "tests.corpus.writer", str(home / "corpus"), str(fallback)]
    started = [
        subprocess.Popen([*words, f"w{n}", "0", "0", "0.02"], cwd=ROOT, stdout=subprocess.PIPE)
        for n in range(WRITERS)
    ]
    said: list[bytes] = []
    until = time.monotonic() + seconds
    threads = [threading.Thread(target=lambda one=one: said.extend(one.stdout)) for one in started]
    done = threading.Event()
    threads.append(threading.Thread(target=_hold_up, args=(started, done)))
    for thread in threads:
        thread.start()
    changes, hindered = _work(WORK[work], home, until, enough, lambda: len(said))
    done.set()
    threads.pop().join()
    for one in started:
        one.terminate()
    for thread in threads:
        thread.join()
    for one in started:
        one.wait()
        one.stdout.close()
    lines = [line.split() for line in said if line.endswith(b"\n")]
    marks = [line for line in lines if len(line) == 2 and line[0] != b"refused"]
    rescued = sum(line[1].startswith(os.fsencode(fallback)) for line in marks)
    ids = {line[0].decode() for line in marks}
    return Outcome(changes, hindered, len(ids), rescued, ids - _kept(home, fallback))


def _work(
    work: Callable[[Path, int], str],
    home: Path,
    until: float,
    enough: int,
    marked: Callable[[], int],
) -> tuple[int, int]:
    least, changes, hindered, turn = time.monotonic() + 1, 0, 0, 0
    while time.monotonic() < until and (
        min(changes, marked()) < enough or time.monotonic() < least
    ):
        turn += 1
        said = work(home, turn)
        changes += not FAILED.search(said)
        hindered += "index.lock" in said or "unable to create file" in said
    return changes, hindered


def _hold_up(started: list[subprocess.Popen[bytes]], done: threading.Event) -> None:
    dice = random.Random(1)
    while not done.is_set():
        one = dice.choice(started)
        one.send_signal(signal.SIGSTOP)
        time.sleep(dice.uniform(0, 0.06))
        one.send_signal(signal.SIGCONT)
        time.sleep(dice.uniform(0, 0.01))


def _kept(home: Path, fallback: Path) -> set[str]:
    places = [*BRANCHES, *git(home, "stash", "list", "--format=%gd").stdout.split()]
    texts = [git(home, "show", f"{place}:{NAME}").stdout for place in places]
    texts += [
        path.read_text() for path in (home / NAME, *fallback.glob("*.jsonl")) if path.exists()
    ]
    return {_id(line) for line in "".join(texts).splitlines()}


def _id(line: str) -> str:
    try:
        return str(json.loads(line).get("mark_id"))
    except ValueError:
        return ""


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        outcome = hammer(Path(folder), sys.argv[1], float(sys.argv[2]))
    changes, hindered, acknowledged, rescued, lost = outcome
    print(
        f"{sys.argv[1]}: {changes} changes, {hindered} hindered by us, {acknowledged} marks"
        f" acknowledged, {rescued} of them rescued, {len(lost)} lost"
    )
    return bool(lost)


if __name__ == "__main__":
    sys.exit(main())
