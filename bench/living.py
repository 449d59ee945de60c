"""What a person at a terminal meets: the first screen, a new line, a busy log, an idle one."""

import sys
from pathlib import Path
from statistics import median
from time import perf_counter, sleep
from typing import NamedTuple

from bench import peers
from bench.lines import line, write
from bench.screen import Shown


class Busy(NamedTuple):
    """What following a busy log costs."""

    cpu_percent: float
    kib_per_s: float


def tailllm(*paths: Path) -> list[str]:
    """The screens."""
    return [*peers.TAILLLM, *map(str, paths), "--no-mouse", "--corpus", str(paths[0].parent / "c")]


def first_screen(command: list[str], marker: str) -> float | None:
    """Seconds from the start of the process until the newest call is readable."""
    shown = Shown(command)
    try:
        return shown.shows(marker)
    finally:
        shown.close()


def appends(command: list[str], log: Path, rounds: int) -> tuple[float, float] | None:
    """Median and longest seconds from a line in the file to the line on the screen."""
    shown = Shown(command)
    taken: list[float] = []
    try:
        sleep(3)
        for number in range(rounds):
            marker = f"zq{number:03d}new"
            with log.open("ab") as writer:
                writer.write(line(marker))
            found = shown.shows(marker, 5)
            if found is not None:
                taken.append(found)
            sleep(0.05 + 0.013 * (number % 7))
    finally:
        shown.close()
    return (median(taken), max(taken)) if len(taken) > rounds // 2 else None


def busy(command: list[str], log: Path, *, per_s: int, seconds: float) -> Busy:
    """CPU and terminal bytes while a log grows by `per_s` lines a second."""
    shown = Shown(command)
    try:
        sleep(3)
        cpu, size, begun, number = shown.cpu_s, shown.bytes, perf_counter(), 0
        with log.open("ab", buffering=0) as writer:
            while (passed := perf_counter() - begun) < seconds:
                due = int(passed * per_s) - number
                writer.write(b"".join(line(f"n{number + n}") for n in range(due)))
                number += due
                sleep(0.01)
        passed = perf_counter() - begun
        return Busy(100 * (shown.cpu_s - cpu) / passed, (shown.bytes - size) / 1024 / passed)
    finally:
        shown.close()


def idle(folder: Path, files: int, seconds: float) -> float:
    """Percent of a CPU for watching files in which nothing happens."""
    logs = folder / "idle"
    logs.mkdir(exist_ok=True)
    for number in range(files):
        write(logs / f"calls{number}.jsonl", 3, length_bytes=600, seed=number)
    shown = Shown(tailllm(logs))
    try:
        sleep(5)
        cpu, begun = shown.cpu_s, perf_counter()
        sleep(seconds)
        return 100 * (shown.cpu_s - cpu) / (perf_counter() - begun)
    finally:
        shown.close()


def memory(log: Path, newest: str) -> float | None:
    """Megabytes held once the whole log is read."""
    shown = Shown(tailllm(log))
    try:
        if shown.shows(newest) is None:
            return None
        cpu = -1.0
        while shown.cpu_s - cpu > 0.3:
            cpu = shown.cpu_s
            sleep(2)
        return shown.rss_mb
    finally:
        shown.close()


def search(log: Path, calls: int) -> float | None:
    """Seconds from the last key of a search until the oldest call, the only hit, is shown."""
    shown = Shown(tailllm(log))
    try:
        if shown.shows(f"{calls:,} held") is None:
            return None
        shown.type(b"/")
        sleep(1)
        shown.forget()
        shown.type(b'"zqrare"')
        return shown.shows("zqfound")
    finally:
        shown.close()


def python_start() -> list[str]:
    """The least any Python program takes."""
    return [sys.executable, "-c", "pass"]
