"""Stretches that are passed over for others to read: whole, of the same file, and never lost."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tailllm.sources.ahead import Ahead
from tailllm.sources.stretch import Stretch
from tests.sources.disk import Watch, append

Looks = Callable[..., Watch]
SAME = "x" * 2_000 + "\n"
"""A first line that tells no two files apart."""


@pytest.fixture
def passed(log: Path, watch: Looks) -> Callable[[str], tuple[Watch, Ahead]]:
    """Lines that were appended and passed over, all of them."""

    def passed(text: str) -> tuple[Watch, Ahead]:
        log.write_text(SAME)
        looking = watch(log)
        append(log, "read here\n")
        assert looking.look() == ["read here"]
        append(log, text)
        looking.clock.turn(0.25)
        (found,) = looking.follower.poll(lambda _file, _behind: 1 << 20).ahead
        return looking, found[1]

    return passed


def texts(ahead: Ahead) -> list[str]:
    return [line.text.decode() for some in ahead.lines() for line in some]


def test_only_whole_lines_are_passed_over(
    log: Path, passed: Callable[..., tuple[Watch, Ahead]]
) -> None:
    looking, ahead = passed("one\ntwo\nhal")
    append(log, "f\n")

    assert texts(ahead) == ["one", "two"]
    assert looking.look() == ["half"]


@pytest.mark.parametrize("block_bytes", [1, 3, 7, 100])
def test_another_process_reads_the_same_lines(
    passed: Callable[..., tuple[Watch, Ahead]], block_bytes: int
) -> None:
    _, ahead = passed("one\n\n\r\nthree\r\nfour and more\n")
    stretch = Stretch(ahead.origin([b"x"]), ahead.start, ahead.end, ahead.end)
    lines = [one for some in stretch.forward(ahead.proof, block_bytes) for one in some.each()]

    assert lines == [one for some in ahead.lines() for one in some]
    assert not stretch.is_lost


@pytest.mark.parametrize("how", ["renamed", "deleted"])
def test_what_was_passed_over_is_read_whatever_the_file_is_called_by_then(
    passed: Callable[..., tuple[Watch, Ahead]], log: Path, how: str
) -> None:
    _, ahead = passed("one\ntwo\n")
    log.rename(log.with_suffix(".1")) if how == "renamed" else log.unlink()

    assert texts(ahead) == ["one", "two"]


def test_a_file_that_is_cut_and_filled_while_others_read_it_is_lost_and_said(
    passed: Callable[..., tuple[Watch, Ahead]], log: Path
) -> None:
    looking, ahead = passed("one\ntwo\n")
    stretch = Stretch(ahead.origin([b"x"]), ahead.start, ahead.end, ahead.end)
    reading = stretch.forward(ahead.proof, 1)
    next(reading)
    os.truncate(log, 0)
    log.write_text(SAME + "other than what was here before\n")

    assert [one.texts for one in reading]
    assert stretch.is_lost
    assert texts(ahead) == []
    notices = looking.follower.poll().notices
    assert next((one.kind, one.missing_bytes) for one in notices) == ("truncated", 8)


def test_nothing_is_passed_over_in_a_file_that_is_another_by_now(log: Path, watch: Looks) -> None:
    log.write_text(SAME)
    looking = watch(log)
    append(log, "read here\n")
    looking.look()
    os.truncate(log, 0)
    log.write_text(SAME + "other than what was here before\nand more\n")
    looking.passes = lambda _file, _behind: 1 << 20

    assert looking.look()[1:] == ["other than what was here before", "and more"]
    assert looking.kinds["replaced"] == 1


def test_a_file_that_was_cut_before_anything_of_it_was_read_is_said(
    log: Path, watch: Looks
) -> None:
    looking = watch(log)
    log.rename(log.with_suffix(".log.1"))
    log.write_text("seen, not read\n")
    looking.clock.turn(0.25)
    looking.follower.poll(reads=False)
    log.write_text("another line, and longer than that one\n")

    assert looking.look() == ["another line, and longer than that one"]
    assert looking.kinds["replaced"] == 1
