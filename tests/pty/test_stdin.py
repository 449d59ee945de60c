"""A log that is piped in: keys still come from the keyboard, and only from there."""

import shlex
from pathlib import Path

import pytest

from tests.pty.terminal import TAILLLM, start

pytestmark = pytest.mark.pty
CALM = Path(__file__).parents[2] / "sample_logs" / "calm.jsonl"


def test_keys_work_while_the_log_comes_in_on_standard_input(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    program = shlex.join([*TAILLLM, "--corpus", str(corpus), "-"])
    script = f"(head -20 {CALM}; sleep 1; tail -n +21 {CALM} | head -40; sleep 60) | {program}"
    terminal = start(["sh", "-c", script])

    terminal.wait_for("60 calls")
    terminal.send("N")
    terminal.wait_for("FILES  1 read")
    terminal.send("q")
    terminal.wait_for("following")

    assert not corpus.exists(), "what a log says must never be typed"
    terminal.close()


def test_a_standard_input_that_has_ended_is_not_called_live() -> None:
    terminal = start(["sh", "-c", f"head -20 {CALM} | {shlex.join([*TAILLLM, '-'])}"])

    screen = terminal.wait_until(lambda screen: "ENDED" in screen and "20 calls" in screen)

    assert "LIVE" not in screen
    terminal.close()
