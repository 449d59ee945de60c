"""A slow line: what is followed costs few bytes, and everything still comes."""

import time
from pathlib import Path

import pytest

from tests.feed.conftest import native
from tests.pty.terminal import Terminal, tailllm

# tests/tui/test_pace.py has the law with a clock turned by hand.
pytestmark = [pytest.mark.pty, pytest.mark.long]

STREAM_S = 2.5
CARRIED = 20 << 10
"""Bytes a second; one paint more may just have been due at either end."""
ROUNDS = 5
"""On a busy machine one of three programs may get less of the processor, but not every time."""
LINES, EVERY_S = 5, 0.05


def stream(log: Path, terminals: tuple[Terminal, ...]) -> list[int]:
    """Append a hundred calls a second; how many bytes each terminal got meanwhile."""
    before = [len(terminal.raw) for terminal in terminals]
    end, number = time.monotonic() + STREAM_S, 0
    with log.open("ab", buffering=0) as writer:
        while time.monotonic() < end:
            writer.write(b"".join(native(number + n) for n in range(LINES)))
            number += LINES
            time.sleep(EVERY_S)
        last = 10_000 + sum(before)  # of no round before
        writer.write(native(last))
    for terminal in terminals:
        terminal.wait_for(f"question {last}")
    return [len(terminal.raw) - size for terminal, size in zip(terminals, before, strict=True)]


def test_a_slow_line_carries_a_busy_log_with_a_fraction_of_the_bytes(tmp_path: Path) -> None:
    log = tmp_path / "calls.jsonl"
    log.write_bytes(native(9_999))
    near = tailllm(log, "--no-low-bandwidth", columns=160, rows=45)
    flag = tailllm(log, "--low-bandwidth", columns=160, rows=45)
    ssh = tailllm(log, env={"SSH_CONNECTION": "a 1 b 2"}, columns=160, rows=45)
    with near as usual, flag as spared, ssh as far:
        for terminal in (usual, spared, far):
            terminal.wait_for("1 held")
        for _ in range(ROUNDS):
            begun = time.monotonic()
            all_of_it, sparing, over_ssh = stream(log, (usual, spared, far))
            carried = CARRIED * (time.monotonic() - begun + 1)

            assert max(sparing, over_ssh) < carried
            if max(sparing, over_ssh) < 0.75 * all_of_it:
                break

    assert max(sparing, over_ssh) < 0.75 * all_of_it
