"""Files are renamed, cut, replaced and deleted while we read: no line twice, none lost unsaid."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.sources.disk import Watch, append, rewrite_at

Watcher = Callable[..., Watch]


def test_what_was_there_is_the_past_and_the_rest_is_live(log: Path, watch: Watcher) -> None:
    append(log, "second\nhal")
    w = watch(log)
    append(log, "f\nlast\n")

    assert w.past() == ["first", "second"]
    assert w.look() == ["half", "last"]


def test_a_half_line_is_one_line_once_it_is_whole(log: Path, watch: Watcher) -> None:
    w = watch(log)
    append(log, '{"a":')
    before = w.look()
    append(log, "1}\n")

    assert before == []
    assert w.look() == ['{"a":1}']


def test_both_generations_of_a_rotated_file_are_read_in_order(log: Path, watch: Watcher) -> None:
    w = watch(log)
    append(log, "old\n")
    log.rename(log.with_suffix(".log.1"))
    log.write_text("new\n")

    assert w.look() == ["old", "new"]
    assert w.kinds["rotated"] == 1


@pytest.fixture
def stale(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A network disk: as many reads fail as are in the list, one after the other."""
    real, left = os.pread, []

    def pread(fd: int, size: int, offset: int) -> bytes:
        if left:
            raise OSError(left.pop(), "Stale file handle")
        return real(fd, size, offset)

    monkeypatch.setattr(os, "pread", pread)
    return left


def test_a_read_that_fails_is_said_once_and_tried_again_with_pauses(
    log: Path, watch: Watcher, stale: list[int]
) -> None:
    w = watch(log)
    append(log, "second\n")
    stale += [errno.ESTALE] * 3
    begun = w.clock.now
    seen = w.look()

    assert seen == ["second"]
    assert w.kinds["unreadable"] == 1
    assert w.clock.now - begun > 1 + 2 + 4


def test_a_past_that_cannot_be_read_for_a_moment_is_read(
    log: Path, watch: Watcher, stale: list[int]
) -> None:
    w = watch(log)
    stale += [errno.EIO]
    past = w.past()
    w.look()

    assert past == ["first"]
    assert not w.notices


def test_late_writes_to_the_renamed_file_are_read(log: Path, watch: Watcher) -> None:
    w = watch(log)
    old = log.with_suffix(".log.1")
    log.rename(old)
    log.write_text("new\n")
    w.look()
    append(old, "late 1\n")
    first = w.look(50)
    append(old, "late 2\n")

    assert first + w.look(50) == ["late 1", "late 2"]


def test_a_late_half_line_is_shown_when_nobody_will_finish_it(log: Path, watch: Watcher) -> None:
    w = watch(log)
    append(log, "torn")
    log.rename(log.with_suffix(".log.1"))
    log.write_text("new\n")
    w.look()

    assert w.look(61) == ["torn"]
    assert w.kinds["incomplete"] == 1


@pytest.mark.parametrize("rotations", [1, 15])
def test_generations_that_came_and_went_between_two_looks_are_read(
    log: Path, watch: Watcher, rotations: int
) -> None:
    w = watch(log)
    for n in range(rotations):
        for old in range(n, 0, -1):
            os.rename(f"{log}.{old}", f"{log}.{old + 1}")
        log.rename(f"{log}.1")
        log.write_text(f"line {n}\n")

    assert w.look() == [f"line {n}" for n in range(rotations)]


def test_older_rotated_files_nobody_asked_for_stay_unread(log: Path, watch: Watcher) -> None:
    Path(f"{log}.1").write_text("of yesterday\n")
    w = watch(log)
    os.rename(f"{log}.1", f"{log}.2")
    log.rename(f"{log}.1")
    log.write_text("new\n")

    assert w.look() == ["new"]


def test_a_rotated_file_that_matches_the_glob_is_not_read_twice(log: Path, watch: Watcher) -> None:
    w = watch(f"{log}*")
    append(log, "old\n")
    w.look()
    log.rename(f"{log}.1")
    log.write_text("new\n")
    append(Path(f"{log}.1"), "late\n")

    assert sorted(w.look(3)) == ["late", "new"]


def test_a_line_is_read_again_after_its_file_was_rotated_and_let_go(
    log: Path, watch: Watcher
) -> None:
    w = watch(log)
    append(log, "keep me\n")
    w.look()
    log.rename(f"{log}.1")
    log.write_text("new\n")
    w.look()
    w.look(61)
    os.rename(f"{log}.1", f"{log}.2")
    address = w.lines[0].address

    assert w.follower.read(address) == b"keep me"
    assert w.follower.path(address.file) == f"{log}.2"


def test_truncation_is_said_and_what_follows_is_read(log: Path, watch: Watcher) -> None:
    w = watch(log)
    append(log, "a\n")
    w.look()
    os.truncate(log, 0)
    append(log, "b\n")

    assert w.look() == ["b"]
    assert w.kinds["truncated"] == 1


def test_unread_bytes_of_a_truncated_file_are_counted(log: Path, watch: Watcher) -> None:
    w = watch(log, max_bytes=10)
    append(log, "x" * 200_000)
    w.clock.turn(1)
    w.follower.poll()
    os.truncate(log, 0)
    w.look()

    missing = [n.missing_bytes for n in w.notices if n.kind == "truncated"]
    assert missing == [200_000]


def test_truncated_and_refilled_bigger_between_two_looks(log: Path, watch: Watcher) -> None:
    w = watch(log)
    append(log, "a\n")
    w.look()
    os.truncate(log, 0)
    append(log, "new 1\nnew 2\nnew 3\n")

    assert w.look() == ["new 1", "new 2", "new 3"]
    assert w.kinds["replaced"] == 1


def test_rewritten_with_the_same_size_and_time(log: Path, watch: Watcher) -> None:
    w = watch(log)
    before = log.stat()
    with log.open("r+b") as file:
        file.write(b"FIRST")
    os.utime(log, ns=(before.st_atime_ns, before.st_mtime_ns))

    assert w.look() == ["FIRST"]


@pytest.mark.parametrize("when", [0, 4_102_444_800])
def test_a_strange_modification_time_hides_nothing(log: Path, watch: Watcher, when: int) -> None:
    w = watch(log)
    append(log, "seen\n")
    os.utime(log, (when, when))

    assert w.look() == ["seen"]


def test_a_writer_with_a_stale_offset_leaves_a_hole_and_a_line(log: Path, watch: Watcher) -> None:
    w = watch(log)
    os.truncate(log, 0)
    rewrite_at(log, 1 << 30, b"after the hole\n")

    assert w.look() == ["after the hole"]
    assert w.lines[-1].address.offset == 1 << 30


def test_deleted_and_created_again(log: Path, watch: Watcher) -> None:
    w = watch(log)
    log.unlink()
    w.look()
    w.look(5)
    log.write_text("back\n")

    assert w.look() == ["back"]
    assert w.kinds["gone"] == 1


def test_a_moment_without_the_file_is_no_news(log: Path, watch: Watcher) -> None:
    w = watch(log)
    log.rename(f"{log}.1")
    w.look()
    log.write_text("new\n")
    w.look()

    assert w.kinds == {"rotated": 1}


def test_atomic_replacement_reads_each_content_once(log: Path, watch: Watcher) -> None:
    w = watch(log)
    seen: list[str] = []
    for n in range(3):
        fresh = log.with_name("calls.log.tmp")
        fresh.write_text(f"content {n}\n")
        fresh.replace(log)
        seen += w.look()

    assert seen == ["content 0", "content 1", "content 2"]
    assert w.kinds["replaced"] == 3


def test_a_symlink_that_moves_on_is_followed(tmp_path: Path, watch: Watcher) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "app.log").write_text(f"past of {name}\n")
    current = tmp_path / "current.log"
    current.symlink_to("one/app.log")
    w = watch(current)
    swap = tmp_path / "swap"
    swap.symlink_to("two/app.log")
    swap.replace(current)
    append(tmp_path / "two/app.log", "live two\n")
    append(tmp_path / "one/app.log", "late one\n")

    assert sorted(w.look()) == ["late one", "live two", "past of two"]


def test_a_symlink_that_comes_back_repeats_nothing(tmp_path: Path, watch: Watcher) -> None:
    for name in ("one", "two"):
        (tmp_path / name).write_text(f"{name}\n")
    link = tmp_path / "link"
    link.symlink_to("one")
    w = watch(link)
    for name in ("two", "one", "two"):
        link.unlink()
        link.symlink_to(name)
        w.look()
        w.look(100)

    assert w.texts == ["two"]


def test_a_dangling_symlink_is_followed_once_its_target_is_there(
    tmp_path: Path, watch: Watcher
) -> None:
    link = tmp_path / "link"
    link.symlink_to("target")
    w = watch(link)
    w.look()
    (tmp_path / "target").write_text("here\n")

    assert w.look() == ["here"]
    assert w.kinds == {"waiting": 1, "found": 1}


def test_a_new_file_under_an_old_inode_is_read_from_its_start(log: Path, watch: Watcher) -> None:
    w = watch(log)
    trail = next(iter(w.follower._scout.trails.values()))
    w.follower._handles.close(trail)
    log.write_text("other content under the same inode\n")

    assert w.look() == ["other content under the same inode"]


def test_two_files_that_start_alike_are_two_files(tmp_path: Path, watch: Watcher) -> None:
    same = "x" * 4096 + "\n"
    for name in ("a.log", "b.log"):
        (tmp_path / name).write_text(same)
    w = watch(tmp_path / "*.log")
    append(tmp_path / "a.log", "end of a\n")
    append(tmp_path / "b.log", "end of b\n")

    assert len(w.past()) == 2
    assert sorted(w.look()) == ["end of a", "end of b"]


def test_the_copy_that_copytruncate_leaves_in_a_followed_folder_is_not_news(
    log: Path, watch: Watcher
) -> None:
    w = watch(log.parent)
    append(log, "a\nb\n")
    w.look()
    content = log.read_bytes()
    copy = Path(f"{log}.1")
    for byte in range(len(content)):
        append(copy, content[byte : byte + 1])
        w.look()
    os.truncate(log, 0)
    append(log, "c\n")

    assert w.look(3) == ["c"]
    assert w.texts == ["a", "b", "c"]


def test_a_rotated_file_that_only_starts_alike_is_read(log: Path, watch: Watcher) -> None:
    log.write_text("header\n" + "x" * 2000 + "\n")
    w = watch(log.parent)
    Path(f"{log}.1").write_text("header\n" + "x" * 2000 + "y\n")
    Path(f"{log}.2").write_text("header\n")
    w.look()
    w.look(1)

    assert sorted(w.texts) == ["header", "header", "x" * 2000 + "y"]


def test_a_refill_that_starts_alike_is_noticed(log: Path, watch: Watcher) -> None:
    log.write_text("h" * 2000 + "\none\n")
    w = watch(log)
    log.write_text("h" * 2000 + "\ntwo\nthree\n")

    assert w.look() == ["h" * 2000, "two", "three"]
