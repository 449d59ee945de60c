"""More than anybody can read: a burst that lasts, and a log that is larger than memory."""

import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.pty.terminal import tailllm
from tests.pty.test_tail_faults import call, shown

pytestmark = [pytest.mark.pty, pytest.mark.long, pytest.mark.timeout(180)]

WRITER = """
import sys, time
line, lines, seconds = sys.stdin.buffer.read(), int(sys.argv[2]), int(sys.argv[3])
begun = time.monotonic()
with open(sys.argv[1], "ab", buffering=0) as log:
    for n in range(10 * seconds):
        log.write(line * (lines // 10))
        time.sleep(max(0, begun + (n + 1) / 10 - time.monotonic()))
"""
A_SECOND, SECONDS = 50_000, 10


def test_fifty_thousand_lines_a_second_for_ten_seconds_lose_nothing_and_keys_are_answered(
    tmp_path: Path,
) -> None:
    log = tmp_path / "calls.jsonl"
    log.write_bytes(call("MK-0000"))
    took = []
    with tailllm(log, columns=120, rows=30) as terminal:
        terminal.wait_for(" 1 held")
        words = [sys.executable, "-c", WRITER, str(log), str(A_SECOND), str(SECONDS)]
        with subprocess.Popen(words, stdin=subprocess.PIPE) as writer:
            assert writer.stdin
            writer.stdin.write(call("MK-0001"))
            writer.stdin.close()
            while writer.poll() is None:
                begun = time.monotonic()
                terminal.send("?")
                terminal.wait_for("KEYS  live screen")
                took.append(time.monotonic() - begun)
                terminal.send("q")
                terminal.wait_for(" held")
                time.sleep(0.3)
        terminal.wait_for(f"{A_SECOND * SECONDS + 1:,} calls", 90)

    print(f"keys answered within {statistics.median(took):.3f} s, at most {max(took):.3f} s")
    assert len(took) > 5
    assert statistics.median(took) < 0.2


def test_a_log_of_ten_gigabytes_shows_its_newest_calls_at_once(tmp_path: Path) -> None:
    log = tmp_path / "calls.jsonl"
    with log.open("wb") as file:
        file.write(call("MK-0000"))
        file.truncate(10_000_000_000)
        file.seek(0, 2)
        file.write(b"\n" + b"".join(call(f"MK-{n:04d}") for n in range(1, 3000)))
    begun = time.monotonic()
    with tailllm(log, columns=120, rows=30) as terminal:
        terminal.wait_until(lambda screen: "MK-2999" in shown(screen), what="the newest call")
        took = time.monotonic() - begun
        terminal.wait_for(" held")
        asked = time.monotonic()
        terminal.send("q")
        code = terminal.wait_for_exit()
        left = time.monotonic() - asked

    print(f"first screen after {took:.2f} s, left {left:.2f} s after q")
    assert took < 2
    assert code == 0
