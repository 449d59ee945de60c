"""One file, many writers, bad disks: whole lines always, and the service never notices."""

import errno
import json
import logging
import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tailllm import record
from tailllm.config.model import Config
from tailllm.errors import UsageError
from tailllm.feed.feed import Feed
from tailllm.record.appender import Appender, AppendError
from tailllm.record.loss import Loss
from tailllm.record.writer import Journal
from tests.record.conftest import Lines
from tests.wait import PATIENCE_S, wait_until

WRITER = Path(__file__).with_name("writer.py")


def start(log: Path, name: str, count: int, **options: Any) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, str(WRITER), str(log), name, str(count)],
        stdout=subprocess.PIPE,
        **options,
    )


def numbers_by_writer(found: list[dict[str, Any]]) -> dict[str, list[int]]:
    numbers = defaultdict(list)
    for line in found:
        numbers[line["model"]].append(int(line["output"]))
    return numbers


def test_several_processes_write_whole_lines_into_one_file(log: Path, lines: Lines) -> None:
    writers = [start(log, f"w{n}", 300) for n in range(3)]
    for writer in writers:
        writer.communicate(timeout=60)

    assert numbers_by_writer(lines()) == {f"w{n}": list(range(300)) for n in range(3)}


def test_a_killed_service_loses_no_call_that_was_over_long_before(log: Path) -> None:
    rng = random.Random(7)
    confirmed = {}
    for turn in range(6):
        writer = start(log, f"w{turn}", 1_000_000)
        assert writer.stdout is not None
        confirmed[f"w{turn}"] = int([writer.stdout.readline() for _ in range(3)][-1])
        time.sleep(rng.random() * 0.02)
        writer.kill()
        writer.wait()

    feed = Feed([str(log)], Config(), follow=False)
    feed.load()
    broken = feed.rejects.broken
    feed.close()
    whole = [line for line in log.read_bytes().split(b"\n") if _is_whole(line)]
    numbers = numbers_by_writer([json.loads(line) for line in whole])
    assert broken <= 6
    for name, last in confirmed.items():
        assert numbers[name] == list(range(len(numbers[name])))
        assert len(numbers[name]) > last


def _is_whole(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False


def test_half_a_line_of_a_killed_writer_stays_its_own(log: Path) -> None:
    log.write_bytes(b'{"tailllm": 1, "ts": "20')
    Appender(log).append(b"whole\n")

    assert log.read_bytes() == b'{"tailllm": 1, "ts": "20\nwhole\n'


def test_a_line_that_did_not_fit_at_once_is_finished(
    log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda fd, data: write(fd, bytes(data[:5])))
    Appender(log).append(b"a line of twenty-two.\n")

    assert log.read_bytes() == b"a line of twenty-two.\n"


def test_when_somebody_wrote_into_the_gap_the_line_begins_again(
    log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, torn = os.write, []

    def tear_once(fd: int, data: bytes) -> int:
        if torn:
            return write(fd, data)
        torn.append(1)
        written = write(fd, data[:5])
        with log.open("ab") as other:
            other.write(b"other\n")
        return written

    monkeypatch.setattr(os, "write", tear_once)
    Appender(log).append(b"our line\n")

    assert log.read_bytes().splitlines()[-1] == b"our line"


def test_a_burst_of_calls_is_one_write(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each write gives the interpreter away and takes it back, at the service's cost."""
    write, writes = os.write, []
    monkeypatch.setattr(os, "write", lambda fd, data: (writes.append(1), write(fd, data))[1])
    Appender(log).append(*[b"%d\n" % number for number in range(500)])

    assert log.read_bytes().split() == [b"%d" % number for number in range(500)]
    assert len(writes) == 1


@pytest.mark.parametrize("limit_bytes", [0, 7, 25, 30, 41])
def test_of_a_burst_that_met_a_full_disk_just_the_missing_lines_are_counted(
    log: Path, limit_bytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = os.write

    def full(fd: int, data: bytes) -> int:
        room = limit_bytes - os.fstat(fd).st_size
        if room <= 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(fd, bytes(data[:room]))

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(AppendError, match="No space left") as refused:
        Appender(log).append(*[b"line %04d\n" % number for number in range(5)])

    assert refused.value.kept == log.read_bytes().count(b"\n") == limit_bytes // 10


def test_a_burst_that_fills_the_file_goes_on_in_the_next(log: Path) -> None:
    Appender(log, 100).append(*[b"%09d\n" % number for number in range(25)], b"x" * 300 + b"\n")

    files = [p.read_bytes() for p in sorted(log.parent.glob("calls.jsonl*"))]
    whole = [number for file in files for number in file.split() if len(number) == 9]
    assert sorted(map(int, whole)) == list(range(25))
    assert sorted(map(len, files)) == [50, 100, 100, 301]


@pytest.mark.parametrize("rotate", [20_000, "daily"])
def test_a_rotated_file_is_renamed_and_followed(
    log: Path, rotate: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    log.touch()
    feed = Feed([str(log)], Config())
    feed.load()
    appender, today = Appender(log, rotate), time.time()
    for number in range(100):
        if number == 60:
            monkeypatch.setattr(time, "time", lambda: today + 86_400)
        line = {"tailllm": 1, "model": "m", "messages": [], "output": f"{number}", "pad": "x" * 500}
        appender.append(json.dumps(line).encode() + b"\n")
        feed.step()

    wait_until(lambda: (feed.step(), feed.window.end >= 100)[1])
    replies = [row.reply for _, row in feed.window.slice(0, feed.window.end)]
    feed.close()
    assert replies == [str(number) for number in range(100)]
    assert len(list(log.parent.glob("calls.jsonl*"))) >= 2


def test_two_writers_rotate_once(log: Path) -> None:
    one, two = Appender(log, 100), Appender(log, 100)
    for appender in (one, two, one, two):
        appender.append(b"x" * 79 + b"\n")

    assert sorted(p.stat().st_size for p in log.parent.glob("calls.jsonl*")) == [80] * 4


def test_a_file_that_was_renamed_from_outside_is_begun_anew(log: Path) -> None:
    appender = Appender(log)
    appender.append(b"old\n")
    log.rename(log.with_name("calls.jsonl.1"))
    appender.append(b"new\n")

    assert log.read_bytes() == b"new\n"


def test_only_the_owner_may_read_the_file(log: Path, lines: Lines) -> None:
    record.call(log, model="m", output="x")
    lines()

    assert log.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("where", "reason"),
    [("/dev/full", "No space left"), ("{tmp}/missing/calls.jsonl", "No such file")],
    ids=["full disk", "missing folder"],
)
def test_what_cannot_be_written_is_counted_and_said(
    tmp_path: Path, where: str, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    log = record.journal(where.format(tmp=tmp_path), queue_bytes=1 << 20)
    before = log.lost
    with caplog.at_level(logging.WARNING, "tailllm.record"):
        for _ in range(3):
            record.call(log, model="m", output="x")
        log.flush()
        log.say_losses()

    said = [entry.getMessage() for entry in caplog.records]
    assert log.lost - before == 3
    assert any(reason in text for text in said)
    assert len(said) <= 2


def test_recording_goes_on_when_the_folder_comes_back(tmp_path: Path) -> None:
    folder = tmp_path / "later"
    log = Journal(folder / "calls.jsonl")
    record.call(log, model="m", output="lost")
    log.flush()
    folder.mkdir()
    record.call(log, model="m", output="kept")
    log.flush()

    assert log.lost == 1
    assert json.loads((folder / "calls.jsonl").read_bytes())["output"] == "kept"


def test_a_disk_that_does_not_answer_costs_a_bounded_memory_and_no_time(tmp_path: Path) -> None:
    pipe = tmp_path / "calls.fifo"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    log = Journal(pipe, queue_bytes=300_000)
    for _ in range(100):
        record.call(log, model="m", output="x" * 10_000)

    assert log.lost >= 60
    assert not log.flush(0.01)
    os.set_blocking(reader, True)
    received = b""
    while received.count(b"\n") < 100 - log.lost:
        received += os.read(reader, 1 << 16)
    os.close(reader)
    assert all(_is_whole(line) for line in received.splitlines())


def test_a_disk_that_fills_up_in_the_middle_damages_one_line_at_most(log: Path) -> None:
    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))

    writer = start(log, "small", 100, preexec_fn=limit, stderr=subprocess.PIPE)
    _, said = writer.communicate(timeout=60)
    start(log, "next", 3).communicate(timeout=60)

    whole = [json.loads(line) for line in log.read_bytes().split(b"\n") if _is_whole(line)]
    assert writer.returncode == 0
    assert b"were not recorded" in said
    assert log.read_bytes().count(b"\n") - len(whole) <= 1
    assert numbers_by_writer(whole)["next"] == [0, 1, 2]


def test_a_loss_is_said_once_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    now = [1000.0]
    loss = Loss("calls.jsonl", clock=lambda: now[0])
    with caplog.at_level(logging.WARNING, "tailllm.record"):
        for _ in range(600):
            loss.add("No space left on device")
            loss.say()
            now[0] += 0.25

    assert [entry.getMessage().split(" ")[1] for entry in caplog.records] == ["1", "240", "240"]


@pytest.mark.parametrize("broken", [object.__repr__, None], ids=["no repr", "nan"])
def test_what_cannot_be_told_is_lost_and_not_raised(
    log: Path, lines: Lines, broken: Callable[..., str] | None
) -> None:
    class Nasty:
        def __str__(self) -> str:
            raise RuntimeError("nasty")

    journal = record.journal(log)
    record.call(log, request=Nasty() if broken else {"x": float("nan")})

    assert lines() == []
    assert journal.lost == 1


def test_a_child_process_records_too_and_repeats_nothing(log: Path, lines: Lines) -> None:
    record.call(log, model="parent", output="0")
    child = os.fork()
    if not child:
        record.call(log, model="child", output="1")
        os._exit(0 if record.flush(PATIENCE_S) else 1)
    _, status = os.waitpid(child, 0)
    record.call(log, model="parent", output="2")

    assert status == 0
    assert sorted(line["output"] for line in lines()) == ["0", "1", "2"]


def test_the_last_lines_are_written_when_the_interpreter_ends(log: Path) -> None:
    code = f"import tailllm.record as r; [r.call({str(log)!r}, output=str(n)) for n in range(500)]"
    subprocess.run([sys.executable, "-c", code], check=True)

    assert len(log.read_bytes().splitlines()) == 500


def test_one_file_has_one_set_of_options(log: Path) -> None:
    record.journal(log, rotate="daily")

    with pytest.raises(UsageError, match="rotate='daily'"):
        record.client(log, rotate=100)
