"""A mark that was shown as kept is on disk, whatever happens in the next moment."""

import json
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pyte
import pytest

from tests.pty.terminal import start, tailllm
from tests.pty.test_tail_faults import call

pytestmark = pytest.mark.pty

SHOWN = "Marked, in"
POLITE = ("SIGTERM", "SIGHUP", "SIGINT")


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "calls.jsonl"
    path.write_bytes(b"".join(call(f"MK-{n:04d}") for n in range(5)))
    return path


def kept(corpus: Path) -> list[str]:
    """What the calls in the marks file asked; every line of it must be whole."""
    lines = (corpus / "marks.jsonl").read_bytes().split(b"\n")[:-1]
    return [json.loads(line)["call"]["input_messages"][-1]["parts"][0]["content"] for line in lines]


@pytest.mark.parametrize(
    "end",
    ["SIGKILL", "hang up", *(pytest.param(name, marks=pytest.mark.long) for name in POLITE)],
)
def test_a_mark_that_is_shown_survives_any_end(log: Path, tmp_path: Path, end: str) -> None:
    corpus = tmp_path / "corpus"
    with tailllm(log, "--corpus", corpus, columns=160) as terminal:
        terminal.wait_for(" 5 held")
        terminal.send("m")
        terminal.wait_for(SHOWN)
        if end == "hang up":
            terminal.hang_up()
        else:
            terminal.kill(signal.Signals[end])
        terminal.wait_for_exit()

    assert kept(corpus) == ["MK-0004"]


@pytest.mark.parametrize(
    "end", ["SIGKILL", *(pytest.param(name, marks=pytest.mark.long) for name in POLITE)]
)
def test_a_mark_in_flight_is_on_disk_or_was_never_shown(
    log: Path, tmp_path: Path, end: str
) -> None:
    corpus = tmp_path / "corpus"
    with tailllm(log, "--corpus", corpus, columns=160) as terminal:
        terminal.wait_for(" 5 held")
        terminal.send("m")
        terminal.kill(signal.Signals[end])
        terminal.wait_for_exit()
        acknowledged = SHOWN.encode() in terminal.raw

    assert not acknowledged or kept(corpus) == ["MK-0004"]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", "size=8k", "none", str(disk)]
    if shutil.which("mount") is None or subprocess.run(words, check=False).returncode:
        pytest.skip("needs the right to mount a tmpfs")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_full_disk_is_said_in_a_message_that_stays(log: Path, small_disk: Path) -> None:
    (small_disk / "full").write_bytes(b"")
    with pytest.raises(OSError, match="No space"), (small_disk / "full").open("ab") as file:
        file.write(b"x" * (64 << 10))
    env = {"HOME": str(small_disk), "XDG_STATE_HOME": str(small_disk / "state")}
    with tailllm(log, "--corpus", small_disk / "corpus", columns=200, env=env) as terminal:
        terminal.wait_for(" 5 held")
        terminal.send("m")
        terminal.wait_for("No space left on device")
        terminal.send("k")
        terminal.wait_for("PAUSED")

        assert "Not marked" in terminal.screen()
        assert SHOWN.encode() not in terminal.raw


def test_the_line_is_synced_before_the_word_is_shown(log: Path, tmp_path: Path) -> None:
    if shutil.which("strace") is None:
        pytest.skip("needs strace")
    trace, corpus = tmp_path / "trace", tmp_path / "corpus"
    terminal = start(
        ["strace", "-f", "-xx", "-s", "1000000", "-e", "trace=write,fsync", "-o", str(trace),
         *(str(word) for word in tailllm_words(log, corpus))],
        columns=160,
    )  # fmt: skip
    terminal.wait_for(" 5 held")
    terminal.send("m")
    terminal.wait_for(SHOWN)
    terminal.send("\x03")
    terminal.wait_for_exit()
    terminal.close()
    calls = trace.read_text().splitlines()

    written = next(n for n, row in enumerate(calls) if b'{"schema":1' in written_by(row)[1])
    synced = next(n for n in range(written, len(calls)) if re.search("fsync.*= 0$", calls[n]))
    assert written < synced < shown_at(calls)


def written_by(row: str) -> tuple[int, bytes]:
    """File descriptor and bytes of one traced write; nothing for any other call."""
    found = re.search(r' write\((\d+), "([^"]*)"', row)
    if not found:
        return -1, b""
    return int(found[1]), bytes.fromhex(found[2].replace("\\x", ""))


def shown_at(calls: list[str]) -> int:
    """The first write after which the word can be read on the terminal, however it was cut."""
    screen = pyte.Screen(160, 24)
    stream = pyte.ByteStream(screen)
    for n, row in enumerate(calls):
        fd, data = written_by(row)
        if fd in (1, 2):
            stream.feed(data)
            if any(SHOWN in line for line in screen.display):
                return n
    raise AssertionError("never shown")


def tailllm_words(log: Path, corpus: Path) -> list[str]:
    from tests.pty.terminal import TAILLLM

    return [*TAILLLM, str(log), "--corpus", str(corpus)]
