"""Times taken in turn, so that a noisy machine is noisy to all of them alike."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import NamedTuple

Way = Callable[[], object]
_STARTER = """
import json, os, sys, time
quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
begun = time.perf_counter()
pid = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ, file_actions=quiet)
_, status, used = os.wait4(pid, 0)
wall = time.perf_counter() - begun
code = os.waitstatus_to_exitcode(status)
json.dump([wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, code], sys.stdout)
"""
"""Started without site packages it holds 9 MB: a child's peak begins at what its starter holds."""


class Cost(NamedTuple):
    """What one process took, from its start to its end."""

    wall_s: float
    cpu_s: float
    peak_mb: float
    code: int
    said: str
    """On standard error."""


def child(
    command: Sequence[str], *, cwd: Path | None = None, environ: Mapping[str, str] | None = None
) -> Cost:
    """Run a command to its end; what it prints is dropped."""
    starter = [sys.executable, "-I", "-S", "-c", _STARTER, *command]
    done = subprocess.run(
        starter, cwd=cwd, env=environ, capture_output=True, text=True, errors="replace", check=True
    )
    return Cost(*json.loads(done.stdout), done.stderr)


@contextmanager
def room(folder: Path | None) -> Iterator[Path]:
    """A temporary folder for logs, in `folder` where one is named, which is made if missing."""
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder) as name:
        yield Path(name)


def in_turn(ways: dict[str, Way | None], rounds: int = 3) -> dict[str, float | None]:
    """Median seconds of each way; None for one that is not there (a peer not installed)."""
    taken = turns(ways, rounds)
    return {name: median(taken[name]) if name in taken else None for name in ways}


def turns(ways: dict[str, Way | None], rounds: int) -> dict[str, list[float]]:
    """Seconds of each way that is there, one after the other, in each round."""
    taken: dict[str, list[float]] = {name: [] for name, way in ways.items() if way is not None}
    for _ in range(rounds):
        for name, way in ways.items():
            if way is not None:
                begun = perf_counter()
                way()
                taken[name].append(perf_counter() - begun)
    return taken


def show(
    title: str, taken: dict[str, float | None], *, against: str, per: str, amount: float
) -> None:
    """A table: time, rate, and the ratio to one of the ways (2.0x takes twice as long)."""
    base = taken[against] or float("nan")
    print(f"\n{title}")
    for name, seconds in taken.items():
        if seconds is None:
            print(f"  {name:<44} not installed here")
            continue
        rate = amount / seconds
        print(f"  {name:<44} {seconds * 1e3:10.1f} ms {rate:12,.0f} {per}/s {seconds / base:8.2f}x")
