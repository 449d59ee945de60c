"""One line more, or the file as it was: on real files, with real limits."""

import fcntl
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tailllm.corpus.marks import Marks
from tailllm.errors import CorpusError, Exit
from tests.corpus.conftest import acknowledged, standing
from tests.corpus.writer import call


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 KiB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(disk)]
    if shutil.which("mount") is None or subprocess.run(words, check=False).returncode:
        pytest.skip("needs the right to mount a tmpfs")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_torn_tail_of_another_writer_stays_alone_on_its_line(marks: Marks, folder: Path) -> None:
    folder.mkdir()
    marks.path.write_bytes(b'{"schema":1,"kind":"ma')

    marks.mark(call("x"), [], paths={})

    assert marks.path.read_bytes().startswith(b'{"schema":1,"kind":"ma\n{"schema":1,"kind":"mark"')
    assert marks.read().damaged == 1
    assert len(marks.read().marks) == 1


def test_a_full_disk_sends_the_mark_to_the_fallback_and_leaves_no_fragment(
    marks_of: Callable[..., Marks], small_disk: Path
) -> None:
    marks = marks_of(folder=small_disk / "corpus")
    kept = [marks.mark(call(f"n{n}", 5000), [], paths={}) for n in range(20)]

    assert [kept[0].rescued, kept[-1].rescued] == [False, True]
    assert "No space left" in kept[-1].why
    assert marks.path.read_bytes().endswith(b"}\n")
    assert standing(marks) == {mark.mark_id for mark in kept}
    assert marks.read().damaged == 0


def test_after_space_is_freed_old_and_new_marks_are_read(
    marks_of: Callable[..., Marks], small_disk: Path
) -> None:
    marks = marks_of(folder=small_disk / "corpus")
    ballast = small_disk / "ballast"
    first = marks.mark(call("first"), [], paths={})
    ballast.write_bytes(b"x" * 56 * 1024)
    rescued = marks.mark(call("second", 9000), [], paths={})
    ballast.unlink()
    last = marks.mark(call("third", 9000), [], paths={})

    assert [first.rescued, rescued.rescued, last.rescued] == [False, True, False]
    assert standing(marks) == {first.mark_id, rescued.mark_id, last.mark_id}


def test_when_no_place_takes_it_the_mark_is_refused_with_both_reasons(
    marks_of: Callable[..., Marks], small_disk: Path
) -> None:
    marks = marks_of(folder=small_disk / "corpus", fallback=small_disk / "state")

    with pytest.raises(CorpusError, match=r"No space left.*No space left") as refused:
        marks.mark(call("x", 80_000), [], paths={})

    assert refused.value.exit_code == Exit.NOT_KEPT
    assert refused.value.fix
    assert marks.read().marks == []


def test_a_limit_on_file_size_loses_nothing_that_was_acknowledged(
    start_writer: Callable[..., subprocess.Popen[bytes]], marks: Marks
) -> None:
    limit = 100_000
    writer = start_writer(
        size=3000,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )
    said, _ = writer.communicate(timeout=30)

    assert writer.returncode == Exit.NOT_KEPT
    assert b"File too large" in said
    assert acknowledged(said) == standing(marks)
    assert marks.read().damaged == 0
    assert marks.fallback.stat().st_size <= limit


def test_a_missing_folder_is_made(marks_of: Callable[..., Marks], tmp_path: Path) -> None:
    marks = marks_of(folder=tmp_path / "a" / "b" / "corpus")

    assert not marks.mark(call("x"), [], paths={}).rescued


def test_a_read_only_folder_sends_the_mark_to_the_fallback(
    marks_of: Callable[..., Marks], small_disk: Path
) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    kept = marks_of(folder=small_disk).mark(call("x"), [], paths={})

    assert kept.rescued
    assert "Read-only" in kept.why


def test_a_folder_that_is_a_file_sends_the_mark_to_the_fallback(marks: Marks, folder: Path) -> None:
    folder.write_text("not a folder")

    assert marks.mark(call("x"), [], paths={}).rescued


@pytest.mark.parametrize("kind", ["file link", "dangling link", "folder link", "pipe", "folder"])
def test_a_mark_goes_through_no_link_and_into_no_pipe(
    marks: Marks, folder: Path, tmp_path: Path, kind: str
) -> None:
    victim = tmp_path / "victim"
    if kind == "folder link":
        victim.mkdir()
        folder.symlink_to(victim)
    else:
        folder.mkdir()
    if kind == "file link":
        victim.write_text("keep")
        marks.path.symlink_to(victim)
    if kind == "dangling link":
        marks.path.symlink_to(victim)
    if kind == "pipe":
        os.mkfifo(marks.path)
    if kind == "folder":
        marks.path.mkdir()

    kept = marks.mark(call("x"), [], paths={})

    assert kept.rescued
    assert kept.why
    assert not victim.is_file() or victim.read_text() == "keep"
    assert not victim.is_dir() or not list(victim.iterdir())


def test_a_lock_held_by_a_stopped_process_is_named_and_does_not_stop_the_mark(
    marks_of: Callable[..., Marks],
) -> None:
    marks = marks_of(wait_s=0.3)
    marks.mark(call("before"), [], paths={})
    hold = "import fcntl,sys,time; f=open(sys.argv[1]); fcntl.flock(f,2); print(1,flush=True); time.sleep(60)"
    holder = subprocess.Popen([sys.executable, "-c", hold, str(marks.path)], stdout=subprocess.PIPE)
    try:
        assert holder.stdout
        holder.stdout.readline()
        holder.send_signal(signal.SIGSTOP)
        began = time.monotonic()
        kept = marks.mark(call("meanwhile"), [], paths={})
        took_s = time.monotonic() - began
    finally:
        holder.kill()
        holder.communicate()

    assert kept.rescued
    assert took_s < 20, "the lock is held for a minute"
    assert "held by" in kept.why
    if Path("/proc/locks").exists():
        assert f"process {holder.pid}, which is stopped" in kept.why
    assert len(marks.read().marks) == 2


def test_a_mark_waits_for_a_writer_that_is_soon_done(marks_of: Callable[..., Marks]) -> None:
    marks = marks_of(wait_s=20)
    marks.mark(call("before"), [], paths={})
    with marks.path.open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        release = f"import os,time; time.sleep(0.2); os.kill({os.getpid()}, 10)"
        previous = signal.signal(signal.SIGUSR1, lambda *_: fcntl.flock(file, fcntl.LOCK_UN))
        helper = subprocess.Popen([sys.executable, "-c", release])
        try:
            kept = marks.mark(call("x"), [], paths={})
        finally:
            helper.wait()
            signal.signal(signal.SIGUSR1, previous)

    assert not kept.rescued


def test_marking_goes_on_after_somebody_moved_the_file_away(marks: Marks) -> None:
    first = marks.mark(call("first"), [], paths={})
    marks.path.rename(marks.path.with_suffix(".old"))
    second = marks.mark(call("second"), [], paths={})

    assert standing(marks) == {second.mark_id}
    assert first.mark_id in marks.path.with_suffix(".old").read_text()
