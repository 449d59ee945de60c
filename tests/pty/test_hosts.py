"""Hosts that are short of something: watches, rights, descriptors, room, memory, attention."""

import contextlib
import os
import resource
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.pty.terminal import SOURCE, TAILLLM, start, tailllm
from tests.pty.test_tail_faults import append, call, sees

pytestmark = pytest.mark.pty

NOBODY = "65534"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "calls.jsonl"
    path.write_bytes(call("MK-0000"))
    return path


NO_WATCHES = "echo 0 > /proc/sys/user/max_inotify_instances"


def with_no_watch_left(*arguments: str | Path) -> list[str]:
    """The program where its user may have no watch: in a user namespace, so nobody else is hit."""
    return ["unshare", "-U", "-r", "sh", "-c", f'{NO_WATCHES} && exec "$@"', "sh", *TAILLLM,
            *map(str, arguments)]  # fmt: skip


@pytest.fixture
def user_namespaces() -> None:
    if not shutil.which("unshare"):
        pytest.skip("needs unshare")
    words = ["unshare", "-U", "-r", "sh", "-c", NO_WATCHES]
    if subprocess.run(words, check=False, capture_output=True).returncode:
        pytest.skip("this host gives no user namespaces")


@pytest.mark.usefixtures("user_namespaces")
def test_no_watch_left_is_said_once_and_lines_are_seen_all_the_same(log: Path) -> None:
    terminal = start(with_no_watch_left(log), columns=100, rows=40)
    sees(terminal, "MK-0000")
    append(log, call("MK-0001"))
    sees(terminal, "MK-0000", "MK-0001")
    terminal.send("N")
    screen = terminal.wait_for("polling")
    terminal.close()

    assert screen.count("  polling  ") == 1


def nobody(*arguments: str | Path) -> list[str]:
    return ["setpriv", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups", *TAILLLM,
            *map(str, arguments)]  # fmt: skip


@pytest.fixture
def open_folder(tmp_path: Path) -> Path:
    """A folder that another user may enter."""
    if os.geteuid() or not shutil.which("setpriv"):
        pytest.skip("needs root, to become somebody else")
    for folder in (tmp_path, *tmp_path.parents):
        with contextlib.suppress(PermissionError):
            if folder.stat().st_uid == os.geteuid() and folder.is_relative_to("/tmp/"):
                folder.chmod(folder.stat().st_mode | 0o055)
    seen = subprocess.run(
        [*nobody("--version")],
        check=False,
        env=os.environ | {"PYTHONPATH": str(SOURCE)},
        capture_output=True,
    )
    if seen.returncode:
        pytest.skip("another user cannot run the program from this folder")
    return tmp_path


def test_a_log_without_the_right_to_read_is_said_and_read_once_there_is(open_folder: Path) -> None:
    log = open_folder / "calls.jsonl"
    log.write_bytes(call("MK-0000"))
    log.chmod(0o600)
    terminal = start(nobody(log), {"HOME": "/nonexistent"}, columns=100, rows=40)
    terminal.wait_for("0 held")
    terminal.send("N")
    terminal.wait_for("Permission denied")
    terminal.send("q")
    log.chmod(0o644)
    sees(terminal, "MK-0000")
    log.chmod(0o600)
    append(log, call("MK-0001"))
    sees(terminal, "MK-0000", "MK-0001")
    terminal.send("\x03")

    assert terminal.wait_for_exit() == 0
    terminal.close()


def test_a_home_that_cannot_be_written_does_not_stop_reading_and_a_mark_is_refused_aloud(
    open_folder: Path,
) -> None:
    log = open_folder / "calls.jsonl"
    log.write_bytes(call("MK-0000"))
    log.chmod(0o644)
    terminal = start(
        nobody(log, "--corpus", "/nonexistent/corpus"), {"HOME": "/nonexistent"}, columns=100
    )
    sees(terminal, "MK-0000")
    terminal.send("m")
    terminal.wait_for("Not marked")
    append(log, call("MK-0001"))
    sees(terminal, "MK-0000", "MK-0001")

    assert "Not marked" in terminal.screen()
    assert "marked 1" not in terminal.screen()
    terminal.close()


@pytest.fixture
def shim(tmp_path: Path) -> Path:
    if shutil.which("cc") is None:
        pytest.skip("needs a C compiler")
    library = tmp_path / "shim.so"
    source = Path(__file__).with_name("shim.c")
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    return library


@pytest.mark.long  # waits for two pauses; tests/sources has the law with a clock turned by hand
def test_a_stale_file_handle_is_said_and_the_file_is_opened_again(
    log: Path, tmp_path: Path, shim: Path
) -> None:
    stale = tmp_path / "stale"
    environ = {"LD_PRELOAD": str(shim), "SHIM_WHILE": str(stale)}
    terminal = start([*TAILLLM, str(log)], columns=100, rows=40, env=environ)
    sees(terminal, "MK-0000")
    terminal.wait_for(" 1 held")
    stale.touch()
    append(log, call("MK-0001"))
    terminal.send("N")
    screen = terminal.wait_for("trying again")
    stale.unlink()
    terminal.send("q")
    sees(terminal, "MK-0000", "MK-0001")
    terminal.close()

    assert "Stale file handle" in " ".join(screen.split())


def test_a_stopped_program_reads_what_was_rotated_meanwhile(log: Path) -> None:
    with tailllm(log, columns=100, rows=40) as terminal:
        sees(terminal, "MK-0000")
        terminal.kill(signal.SIGSTOP)
        for n in range(1, 6):
            for old in range(5, 0, -1):
                with contextlib.suppress(FileNotFoundError):
                    Path(f"{log}.{old}").rename(f"{log}.{old + 1}")
            log.rename(f"{log}.1")
            log.write_bytes(call(f"MK-{n:04d}"))
        terminal.kill(signal.SIGCONT)

        sees(terminal, *(f"MK-{n:04d}" for n in range(6)))


def peak_mb(argv: list[str], cwd: Path, **options: object) -> tuple[str, float]:
    """What a command printed, and the most memory it had."""
    code = (
        "import resource, subprocess, sys\n"
        "done = subprocess.run(sys.argv[1:], capture_output=True, text=True)\n"
        "print(done.stdout, done.stderr)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *argv], cwd=cwd, env=os.environ | {"PYTHONPATH": str(SOURCE)},
        capture_output=True, text=True, check=True, timeout=80, **options,  # type: ignore[call-overload]
    )  # fmt: skip
    said, _, memory = done.stdout.rstrip().rpartition("\n")
    return said, float(memory)


@pytest.mark.parametrize("megabytes", [100, pytest.param(1000, marks=pytest.mark.long)])
def test_a_line_without_end_costs_bounded_memory(log: Path, megabytes: int) -> None:
    with log.open("ab") as file:
        for _ in range(megabytes):
            file.write(b"a" * 1_000_000)
        file.write(b"\n" + call("MK-0001"))
    said, memory = peak_mb([*TAILLLM, "calls", str(log)], log.parent)

    assert [f"MK-{n:04d}" in said for n in range(2)] == [True, True]
    assert "left out" in said or "too long" in said
    assert memory < 400


@pytest.mark.long
def test_three_thousand_files_with_256_descriptors(tmp_path: Path) -> None:
    for n in range(3000):
        (tmp_path / f"{n:04d}.jsonl").write_bytes(call(f"MK-{n:04d}"))
    limit = ["sh", "-c", 'ulimit -n 256; exec "$@"', "sh"]
    terminal = start([*limit, *TAILLLM, str(tmp_path)], columns=100, rows=40)
    terminal.wait_for("3,000 held")
    for n in range(0, 3000, 100):
        append(tmp_path / f"{n:04d}.jsonl", call(f"MK-{n:04d}"))
    terminal.wait_for("3,030 held")
    terminal.send("\x03")

    assert terminal.wait_for_exit() == 0
    terminal.close()


@pytest.mark.parametrize("what", ["fifo", "/dev/zero", "folder/missing"])
def test_what_is_no_file_is_said_and_does_not_hang(tmp_path: Path, what: str) -> None:
    os.mkfifo(tmp_path / "fifo")
    with tailllm(tmp_path / what, columns=100) as terminal:
        terminal.wait_for("0 held")
        terminal.send("\x03")

        assert terminal.wait_for_exit() == 0


def test_a_program_without_descriptors_says_so(log: Path) -> None:
    done = subprocess.run(
        [*TAILLLM, "calls", str(log)],
        check=False,
        env=os.environ | {"PYTHONPATH": str(SOURCE)},
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (24, 24)),
        timeout=30,
    )

    assert done.returncode in (0, 3, 70)
    assert "Traceback" not in done.stderr
