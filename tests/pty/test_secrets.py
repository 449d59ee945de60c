"""What leaves the log by a key has tags for its secrets, and the reader is told before."""

import base64
import re
from pathlib import Path

import pytest

from tests.pty.terminal import tailllm
from tests.pty.test_tail_faults import call

pytestmark = pytest.mark.pty

KEY = "sk-proj-Ab12Cd34Ef56Gh78Ij90Kl12Mn34"
CONFIG = """[[redact]]
name = "ticket"
pattern = 'TCK-\\d{6}'
"""


def test_a_secret_is_announced_before_the_first_mark_and_leaves_by_no_key(tmp_path: Path) -> None:
    log, corpus, config = (tmp_path / name for name in ("calls.jsonl", "corpus", "tailllm.toml"))
    config.write_text(CONFIG)
    log.write_bytes(call("MK-0000") + call(f"MK-0001 {KEY} TCK-123456"))
    with tailllm(log, "--corpus", corpus, "--config", config, columns=80, rows=24) as terminal:
        terminal.wait_for(" 2 held")
        terminal.send("m")
        terminal.wait_for("kept as tags, for good: openai-key, ticket")
        before = corpus.exists()
        terminal.send("\r")
        terminal.wait_for("Marked, in")
        terminal.send("Y")
        terminal.wait_for("copied the call")
        copied = re.findall(rb"\x1b\]52;c;([^\x07]*)\x07", terminal.raw)
    left = [base64.b64decode(text) for text in copied]
    left += [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file() and path != log]

    assert not before
    assert len(copied) == 1
    assert not any(KEY.encode() in text or b"TCK-123456" in text for text in left)
    assert b"[REDACTED:openai-key:" in left[0]
