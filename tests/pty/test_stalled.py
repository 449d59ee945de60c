"""A terminal that takes nothing for a while: reading, marking and keys go on."""

import time
from pathlib import Path

import pytest

from tests.feed.conftest import native
from tests.pty.terminal import tailllm
from tests.wait import wait_until

pytestmark = pytest.mark.pty

FRAMES_BYTES = 200 << 10
"""What the pipe and two frames hold; a hundred frames are over a megabyte."""


@pytest.mark.parametrize("stall_s", [2.5, pytest.param(20.0, marks=pytest.mark.long)])
def test_a_terminal_that_hangs_costs_no_line_no_mark_and_shows_no_old_frames(
    tmp_path: Path, stall_s: float
) -> None:
    log, corpus = tmp_path / "calls.jsonl", tmp_path / "corpus"
    log.write_bytes(native(0))
    with tailllm(log, "--corpus", corpus, "--no-low-bandwidth", columns=160, rows=45) as terminal:
        terminal.wait_for("1 held")
        terminal.look_away()
        end, number = time.monotonic() + stall_s, 0
        while time.monotonic() < end:
            with log.open("ab") as writer:
                writer.write(b"".join(native(number + n) for n in range(1, 51)))
            number += 50
            time.sleep(0.1)
        terminal.send("m")
        wait_until((corpus / "marks.jsonl").exists)
        before = len(terminal.raw)
        terminal.look_again()
        terminal.wait_for(f"{number + 1:,} calls")
        terminal.wait_for(f"question {number}")

        assert len(terminal.raw) - before < FRAMES_BYTES
