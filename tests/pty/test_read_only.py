"""Seen by the system itself: logs are only read, and nothing is sent anywhere."""

import re
import shutil
from pathlib import Path

import pytest

from tests.pty.terminal import TAILLLM, start
from tests.pty.test_tail_faults import append, call

pytestmark = [
    pytest.mark.pty,
    pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace"),
]

WATCHED = "trace=openat,open,creat,truncate,ftruncate,flock,fcntl,unlink,rename,mmap,connect,socket"
WRITES = re.compile(r"O_(?:WRONLY|RDWR|CREAT|TRUNC|APPEND)")


@pytest.fixture
def trace(tmp_path: Path) -> list[str]:
    """The system calls of a session that follows, marks, reads and leaves."""
    logs = tmp_path / "logs"
    logs.mkdir()
    log, seen = logs / "calls.jsonl", tmp_path / "trace"
    log.write_bytes(call("MK-0000"))
    argv = ["strace", "-f", "-y", "-e", WATCHED, "-o", str(seen), *TAILLLM, str(logs)]
    terminal = start([*argv, "--corpus", str(tmp_path / "corpus")], columns=160)
    terminal.wait_for(" 1 held")
    append(log, call("MK-0001"))
    terminal.wait_for(" 2 held")
    log.rename(logs / "calls.jsonl.1")
    log.write_bytes(call("MK-0002"))
    terminal.wait_for(" 3 held")
    terminal.send("m")
    terminal.wait_for("Marked, in")
    terminal.send("\r")
    terminal.wait_for("[ Seen ]")
    terminal.send("\x03")
    terminal.wait_for_exit()
    terminal.close()
    return seen.read_text(errors="replace").splitlines()


def test_no_log_is_written_locked_or_mapped_and_no_socket_leaves_the_host(
    trace: list[str],
) -> None:
    about_logs = [row for row in trace if "/logs/" in row]

    assert about_logs
    assert [row for row in about_logs if WRITES.search(row)] == []
    assert [
        row for row in about_logs if re.search(r"(flock|ftruncate|mmap|rename|unlink)\(", row)
    ] == []
    assert [row for row in about_logs if re.search(r"F_SETLK|F_OFD_SETLK|F_SETLEASE", row)] == []
    assert [row for row in trace if "connect(" in row and "AF_UNIX" not in row] == []
    assert [row for row in trace if re.search(r"socket\(AF_INET", row)] == []
