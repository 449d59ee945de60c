"""What a user may name, and what of it is followed."""

import gzip
import importlib
import os
import resource
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tailllm.errors import GoneError, SourceError
from tailllm.sources.follow import Follower
from tests.sources.disk import Watch, append
from tests.wait import wait_until

Watcher = Callable[..., Watch]
SRC = Path(__file__).parents[2] / "src"
ZSTD = "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd"


def test_a_folder_means_every_log_in_it_now_and_later(tmp_path: Path, watch: Watcher) -> None:
    logs = tmp_path / "logs"
    (logs / "deep").mkdir(parents=True)
    (logs / "a.log").write_text("a\n")
    (logs / "deep/b.log").write_text("b\n")
    w = watch(logs)
    (logs / "new").mkdir()
    (logs / "new/c.log").write_text("c\n")
    append(logs / "a.log", "more\n")

    assert sorted(w.past()) == ["a", "b"]
    assert sorted(w.look(2)) == ["c", "more"]


def test_a_glob_picks_up_files_that_appear_or_are_renamed_into_it(
    tmp_path: Path, watch: Watcher
) -> None:
    (tmp_path / "a.log").write_text("a\n")
    w = watch(f"{tmp_path}/**/*.log")
    (tmp_path / "sub/sub").mkdir(parents=True)
    (tmp_path / "sub/sub/b.log").write_text("b\n")
    (tmp_path / "c.tmp").write_text("c\n")
    (tmp_path / "c.tmp").rename(tmp_path / "c.log")

    assert sorted(w.look(2)) == ["b", "c"]


def test_a_folder_that_is_removed_and_made_again(log: Path, watch: Watcher) -> None:
    w = watch(log.parent)
    log.unlink()
    log.parent.rmdir()
    w.look(3)
    log.parent.mkdir()
    log.write_text("back\n")

    assert w.look(3) == ["back"]


def test_binary_files_in_a_folder_are_left_alone(tmp_path: Path, watch: Watcher) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    (logs / "a.log").write_text("a\n")
    (logs / "b.bin").write_bytes(b"ab\0\n" * 100)
    (logs / "c.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (logs / "d.log.1.gz").write_bytes(gzip.compress(b"d\n"))

    assert watch(logs).past() == ["a"]


def test_a_rotated_file_that_is_packed_is_not_read_again(log: Path, watch: Watcher) -> None:
    w = watch(f"{log}*")
    log.rename(f"{log}.1")
    log.write_text("new\n")
    w.look()
    Path(f"{log}.1.gz").write_bytes(gzip.compress(Path(f"{log}.1").read_bytes()))
    Path(f"{log}.1").unlink()

    assert w.look(3) == []
    assert w.texts == ["new"]


def zstd(data: bytes) -> bytes:
    return importlib.import_module(ZSTD).compress(data)  # type: ignore[no-any-return]


PACKERS = pytest.mark.parametrize("pack", [gzip.compress, zstd], ids=["gz", "zst"])


@PACKERS
def test_a_packed_file_that_is_named_is_read_and_read_again(
    tmp_path: Path, watch: Watcher, pack: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / "old.log.packed"
    path.write_bytes(pack(b"one\ntwo\nthree"))
    w = watch(path)
    past = w.follower.past[0]
    lines = [line for chunk in past.forward() for line in chunk]

    assert [line.text for line in lines] == [b"one", b"two", b"three"] == [*past.sample(), b"three"]
    assert [w.follower.read(line.address) for line in lines] == [line.text for line in lines]
    path.unlink()
    with pytest.raises(GoneError):
        w.follower.read(lines[0].address)


@PACKERS
def test_a_torn_packed_file_gives_what_it_has_and_says_so(
    tmp_path: Path, watch: Watcher, pack: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / "torn.packed"
    path.write_bytes(pack(os.urandom(4000).hex().encode() + b"\nlast\n")[:-400])
    w = watch(path)
    list(w.follower.past[0].forward())
    w.look()

    assert w.kinds["missing"] == 1


def test_without_the_library_a_zst_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "old.log.zst"
    path.write_bytes(zstd(b"one\n"))
    monkeypatch.setitem(sys.modules, ZSTD, None)
    with pytest.raises(SourceError) as refused:
        Follower([str(path)], follow=False)

    assert "pip install 'tailllm[zstd]'" in refused.value.what


def test_a_file_named_twice_is_read_once(log: Path, watch: Watcher) -> None:
    link = log.with_name("again.log")
    link.hardlink_to(log)
    w = watch(log, log.parent, link)
    append(log, "new\n")

    assert w.past() == ["first"]
    assert w.look() == ["new"]


@pytest.mark.parametrize("start", ["", "x"])
def test_the_smallest_file_is_followed_from_its_first_byte(
    log: Path, watch: Watcher, start: str
) -> None:
    log.write_text(start)
    w = watch(log)
    append(log, "y\n")

    assert w.look() == [f"{start}y"]


def test_pipes_sockets_and_devices_are_refused_without_hanging(
    tmp_path: Path, watch: Watcher
) -> None:
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(tmp_path / "socket"))
    w = watch(tmp_path / "pipe", tmp_path / "socket", "/dev/zero")
    w.look()

    assert w.kinds == {"unreadable": 3}


def test_a_pipe_that_makes_way_for_a_file_is_followed(log: Path, watch: Watcher) -> None:
    log.unlink()
    os.mkfifo(log)
    w = watch(log)
    w.look()
    log.unlink()
    log.write_text("a file now\n")

    assert w.look(2) == ["a file now"]


@pytest.mark.parametrize("target", ["missing.log", "nothing*.log", "/dev/null"])
def test_without_following_what_is_not_there_is_refused(tmp_path: Path, target: str) -> None:
    with pytest.raises(SourceError) as refusal:
        Follower([str(tmp_path / target)], follow=False)

    assert refusal.value.fix


def test_without_following_an_unfinished_last_line_counts(log: Path) -> None:
    append(log, "unfinished")
    follower = Follower([str(log)], follow=False)

    lines = [line.text for chunk in follower.past[0].forward() for line in chunk]
    assert lines == [b"first", b"unfinished"]
    follower.close()


def run(code: str, **options: object) -> str:
    """A process of its own, where limits and standard input can be what they like."""
    env = os.environ | {"PYTHONPATH": str(SRC)}
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        env=env,
        capture_output=True,
        check=False,
        timeout=60,
        **options,  # type: ignore[call-overload]
    )
    assert done.returncode == 0, done.stderr.decode()
    return str(done.stdout.decode())


def test_standard_input_is_followed_and_can_be_read_again() -> None:
    said = run(
        """
        from tailllm.sources.follow import Follower
        f = Follower(["-"]); lines = []; kinds = []
        while "gone" not in kinds:
            f.wait(1)
            batch = f.poll()
            lines += batch.lines
            kinds += [n.kind for n in batch.notices]
        print([l.text for l in lines] == [f.read(l.address) for l in lines], [l.text for l in lines], kinds)
        f.close()
        """,
        input=b"one\ntwo\nunfinished",
    )

    assert said == "True [b'one', b'two', b'unfinished'] ['gone', 'incomplete']\n"


def test_more_files_than_the_process_may_open(tmp_path: Path) -> None:
    for n in range(600):
        (tmp_path / f"{n:03d}.log").write_text(f"past {n}\n")

    said = run(
        """
        import pathlib, sys
        from tailllm.sources.follow import Follower
        folder = pathlib.Path(sys.argv[1]) if sys.argv[1:] else pathlib.Path.cwd()
        f = Follower([str(folder / "*.log")])
        print(len(f.past), sum(len(c) for p in f.past for c in p.backward()))
        for path in folder.glob("*.log"):
            with path.open("a") as file:
                file.write(path.stem + "\\n")
        lines, notices = [], []
        while len(lines) < 600:
            batch = f.poll()
            lines += batch.lines; notices += batch.notices
        print(len({l.text for l in lines}), notices)
        print(all(f.read(l.address) == l.text for l in lines))
        """,
        cwd=tmp_path,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (128, 128)),
    )

    assert said == "600 600\n600 []\nTrue\n"


def test_a_waiting_reader_is_woken_by_news(log: Path) -> None:
    follower = Follower([str(log)])
    follower.poll()
    seen: list[bytes] = []

    def read() -> bool:
        follower.wait(0.25)
        seen.extend(line.text for line in follower.poll().lines)
        return bool(seen)

    append(log, "news\n")
    wait_until(read)
    follower.close()

    assert seen == [b"news"]


def test_without_anybody_to_wake_us_polling_goes_on_and_is_said_once(
    log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(24, "Too many open files")

    monkeypatch.setattr("watchfiles.watch", refuse)
    follower = Follower([str(log)])
    kinds: list[str] = []
    seen: list[bytes] = []

    def read() -> bool:
        follower.wait(0.25)
        batch = follower.poll()
        kinds.extend(n.kind for n in batch.notices)
        seen.extend(line.text for line in batch.lines)
        return bool(seen and kinds)

    append(log, "found by looking\n")
    wait_until(read)
    time.sleep(0)
    follower.poll()
    follower.close()

    assert seen == [b"found by looking"]
    assert kinds == ["polling"]


def test_a_log_is_never_opened_for_writing_nor_mapped_nor_locked() -> None:
    code = "\n".join(p.read_text() for p in (SRC / "tailllm/sources").glob("*.py"))

    assert not {w for w in ("mmap", "flock", "O_RDWR", "O_WRONLY", '"ab"', '"wb"') if w in code}
