"""A service that logs more than anybody can read: is anything lost, and does a key still answer?"""

import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from statistics import quantiles
from time import monotonic, perf_counter, sleep
from typing import NamedTuple

from bench.lines import lines, write
from bench.screen import Shown

BLOCK = 600
KEYS, ANSWER = (b"t", b"T"), "Time window"
"""A longer window and a shorter one: the answer is one line, drawn by the loop alone."""
EVERY_S = 0.1
PATIENCE_S = 180.0


class Flood(NamedTuple):
    """What came of it."""

    written: int
    counted: int
    """Calls that the screen says it knows."""
    per_s: float
    """Lines that were written each second."""
    key_p50_ms: float
    key_p99_ms: float
    late_s: float
    """From the last line written until it was counted."""


def flood(command: list[str], log: Path, *, per_s: int, seconds: float) -> Flood:
    """Follow `log` while it grows by `per_s` lines of 5.3 KB a second, pressing keys."""
    before = 100
    write(log, before, length_bytes=5_300)
    shown = Shown(command)
    try:
        shown.shows("LIVE")
        sleep(2)
        writing = [sys.executable, "-m", "bench.flood", str(log), str(per_s), str(seconds)]
        writer = subprocess.Popen(writing, stdout=subprocess.PIPE, text=True)
        taken = list(_keys(shown, writer))
        written = int(writer.communicate()[0])
        begun = perf_counter()
        counted = _counted(shown, before + written)
        cuts = quantiles(taken, n=100, method="inclusive") if len(taken) > 1 else taken * 99
        late_s = perf_counter() - begun
        return Flood(before + written, counted, written / seconds, cuts[49], cuts[98], late_s)
    finally:
        shown.close()


def _keys(shown: Shown, writer: "subprocess.Popen[str]") -> Iterator[float]:
    """Milliseconds until each key was answered, for as long as somebody writes."""
    for key in cycle(KEYS):
        if writer.poll() is not None:
            return
        shown.forget()
        begun = perf_counter()
        shown.type(key)
        if shown.shows(ANSWER, 10) is not None:
            yield 1e3 * (perf_counter() - begun)
        sleep(EVERY_S)


def _counted(shown: Shown, wanted: int) -> int:
    """Calls that the screen knows, once it knows all or learns no more."""
    until, last = monotonic() + PATIENCE_S, 0
    while last < wanted and monotonic() < until:
        found = re.findall(r"of ([\d,]+) calls|([\d,]+) calls", shown.text)
        numbers = [int((a or b).replace(",", "")) for a, b in found]
        last = max([last, *numbers])
        sleep(0.1)
    return last


def pour(log: Path, per_s: int, seconds: float) -> int:
    """Append lines at this rate; how many there were."""
    block = list(lines(BLOCK, length_bytes=5_300))
    begun, number = perf_counter(), 0
    with log.open("ab", buffering=0) as writer:
        while (passed := perf_counter() - begun) < seconds:
            due = int(passed * per_s) - number
            if due > 0:
                some = [block[(number + n) % BLOCK] for n in range(min(due, 4 * BLOCK))]
                writer.write(b"".join(some))
                number += len(some)
            sleep(0.002)
    return number


if __name__ == "__main__":
    print(pour(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))
