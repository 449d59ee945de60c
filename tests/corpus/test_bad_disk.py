"""A disk that takes half a line, or says no when asked whether it kept one."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tailllm.corpus.marks import Marks
from tests.corpus.conftest import acknowledged, standing

Start = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def shim(tmp_path: Path) -> Path:
    """The library that misbehaves, built for this machine."""
    compiler = shutil.which("cc")
    if compiler is None or not sys.platform.startswith("linux"):
        pytest.skip("needs a C compiler on Linux")
    library = tmp_path / "shim.so"
    source = Path(__file__).with_name("shim.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    return library


def run(start_writer: Start, shim: Path, fault: str) -> list[bytes]:
    """What a writer of three marks says on such a disk."""
    environ = os.environ | {"LD_PRELOAD": str(shim), "SHIM": fault}
    return start_writer(times=3, size=300, env=environ).communicate(timeout=60)[0].splitlines()


def test_a_disk_that_takes_seven_bytes_at_a_time_gets_whole_lines(
    start_writer: Start, shim: Path, marks: Marks
) -> None:
    said = run(start_writer, shim, "short")

    assert [line.split()[1] for line in said] == [os.fsencode(marks.path)] * 3
    assert len(marks.read().marks) == 3
    assert marks.read().damaged == 0


def test_a_disk_that_fails_in_the_middle_of_a_line_keeps_no_half_of_it(
    start_writer: Start, shim: Path, marks: Marks
) -> None:
    said = run(start_writer, shim, "eio-write")

    assert [line.split()[1] for line in said] == [os.fsencode(marks.fallback)] * 3
    assert marks.path.read_bytes() == b""
    assert standing(marks) == acknowledged(b"\n".join(said) + b"\n")


def test_a_failed_sync_is_never_tried_again_as_a_success(
    start_writer: Start, shim: Path, marks: Marks
) -> None:
    said = run(start_writer, shim, "eio-sync-once")

    assert [line.split()[1] for line in said] == [
        os.fsencode(marks.fallback),
        os.fsencode(marks.path),
        os.fsencode(marks.path),
    ]
    assert marks.path.read_bytes().count(b"\n") == 2
    assert len(marks.read().marks) == 3


def test_a_mark_is_acknowledged_after_file_and_folder_are_synced(
    start_writer: Start, tmp_path: Path
) -> None:
    trace = tmp_path / "trace"
    under = ["strace", "-y", "-s", "40", "-e", "trace=write,fsync", "-o", str(trace)]
    if shutil.which("strace") is None or subprocess.run([*under, "true"], check=False).returncode:
        pytest.skip("needs strace and the right to use it")
    start_writer(times=1, under=under).communicate(timeout=60)
    calls = [call for call in trace.read_text().splitlines() if call.startswith(("write", "fsync"))]
    last = [re.sub(r"\d+<(.*?)>.*", r"\1", call) for call in calls[-4:-1]]

    assert last == [
        f"write({tmp_path}/corpus/marks.jsonl",
        f"fsync({tmp_path}/corpus/marks.jsonl",
        f"fsync({tmp_path}/corpus",
    ]
    assert calls[-1].startswith("write(1<")
