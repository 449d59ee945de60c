"""A terminal obeys bytes, so it never gets those of a log unless somebody insists."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import NATIVE, SOURCE

KEY = "chatcmpl-e27ac279ab19ef41301433bc"
BAD = b"\x1b]0;owned\x07\x9b31m\xe2\x80\xaeevil"


def on_a_terminal(folder: Path, *argv: str) -> bytes:
    """What the program writes when its stdout is a terminal."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "tailllm", *argv],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": SOURCE},
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=subprocess.PIPE,
    )
    os.close(theirs)
    written = bytearray()
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:
            break
        written += piece
    os.close(ours)
    process.communicate(timeout=30)
    return bytes(written)


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    line = NATIVE.read_bytes().split(b"\n")[1]
    (tmp_path / "hostile.jsonl").write_bytes(line.replace(b"Canal Street", BAD) + b"\n")
    return tmp_path


@pytest.mark.pty
@pytest.mark.parametrize(
    "argv",
    [
        ["show", KEY, "hostile.jsonl", "--raw"],
        ["show", KEY, "hostile.jsonl"],
        ["calls", "hostile.jsonl"],
    ],
    ids=["raw", "conversation", "json"],
)
def test_no_byte_of_a_log_reaches_a_terminal_as_a_command(hostile: Path, argv: list[str]) -> None:
    written = on_a_terminal(hostile, *argv)

    assert b"evil" in written or b"will not release" in written
    assert not {0x1B, 0x07} & set(written)
    assert b"\x9b31m" not in written
    assert b"\xe2\x80\xae" not in written


@pytest.mark.pty
def test_force_gives_a_terminal_the_exact_bytes(hostile: Path) -> None:
    written = on_a_terminal(hostile, "show", KEY, "hostile.jsonl", "--raw", "--force")

    assert BAD in written
    assert json.loads(written.decode("utf-8", "replace"), strict=False)["id"] == KEY
