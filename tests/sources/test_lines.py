"""Bytes become lines: split on newlines only, in bounded memory, and found again by address."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tailllm.errors import GoneError
from tailllm.records.line import Address
from tailllm.sources.cutter import Cutter
from tests.sources.disk import Watch, append

Watcher = Callable[..., Watch]


def cut(*chunks: bytes) -> list[tuple[int, bytes]]:
    cutter = Cutter()
    return [line for chunk in chunks for line in cutter.feed(chunk)]


def test_only_a_newline_ends_a_line() -> None:
    text = "a\x0bb\x0cc\x1cd\x85e\u2028f\u2029g\rh".encode()

    assert cut(text + b"\n") == [(0, text)]


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b"\xef\xbb\xbfa\nb\n", [(3, b"a"), (5, b"b")]),
        (b"a\r\nb\r\n", [(0, b"a"), (3, b"b")]),
        (b"\n\na\n\n", [(2, b"a")]),
        (b"\0\0\0a\n\0b\n", [(3, b"a"), (6, b"b")]),
        (b"a\0b\n", [(0, b"a\0b")]),
    ],
    ids=["byte order mark", "crlf", "empty lines", "leading NULs", "NUL inside"],
)
def test_marks_and_holes_around_a_line_are_not_part_of_it(
    data: bytes, lines: list[tuple[int, bytes]]
) -> None:
    one_by_one = cut(*(data[n : n + 1] for n in range(len(data))))

    assert cut(data) == lines == one_by_one


@pytest.mark.parametrize("step", [1, 7, 100])
def test_a_line_too_long_is_left_out_and_the_next_one_seen(step: int) -> None:
    cutter = Cutter(cap_bytes=50)
    data = b"ok\n" + b"x" * 200 + b"\nnext\n"
    lines = [line for n in range(0, len(data), step) for line in cutter.feed(data[n : n + step])]

    assert lines[0] == (0, b"ok")
    assert lines[-1] == (204, b"next")
    assert cutter.too_long in ([3], [])
    assert cutter.held_bytes == 0


def test_a_line_over_the_cap_is_said_once(
    log: Path, watch: Watcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tailllm.sources.cutter.Cutter.__init__.__defaults__", (0, 1 << 20))
    w = watch(log)
    append(log, b"x" * (3 << 20) + b"\nnext\n")

    assert w.look() == ["next"]
    assert w.kinds["too-long"] == 1


@pytest.mark.parametrize("chunk_bytes", [1, 3, 10, 1000])
def test_the_past_is_the_same_read_backward_and_forward(
    log: Path, watch: Watcher, chunk_bytes: int
) -> None:
    log.write_bytes(
        b"\xef\xbb\xbfone\n\0\0\0\0\0\0\0\0\0\0\0\0two\r\n\n" + b"three" * 9 + b"\nhalf"
    )
    past = watch(log).follower.past[0]

    forward = [line for chunk in past.forward(chunk_bytes) for line in chunk]
    backward = [line for chunk in past.backward(chunk_bytes) for line in reversed(chunk)]
    assert [line.text for line in forward] == [b"one", b"two", b"three" * 9]
    assert backward == forward[::-1]
    assert past.sample() == [line.text for line in forward]


def test_the_newest_chunk_of_the_past_comes_first_and_is_small(log: Path, watch: Watcher) -> None:
    log.write_bytes(b"".join(b"%09d\n" % n for n in range(200_000)))
    first = next(iter(watch(log).follower.past[0].backward()))

    assert first[-1].text == b"000199999"
    assert len(first) < 60_000


def test_every_line_is_found_again_by_its_address(log: Path, watch: Watcher) -> None:
    w = watch(log)
    append(log, b"\xff\xfe invalid\r\n\0\0after NULs\n")
    w.look()

    assert [w.follower.read(line.address) for line in w.lines] == [line.text for line in w.lines]
    assert w.texts[-1] == "after NULs"


def test_a_line_that_was_cut_away_is_gone_and_says_what_to_do(log: Path, watch: Watcher) -> None:
    w = watch(log)
    append(log, "x\n")
    w.look()
    os.truncate(log, 0)
    append(log, "something else, longer than before\n")

    with pytest.raises(GoneError) as gone:
        w.follower.read(w.lines[0].address)
    assert gone.value.fix


def test_a_file_nobody_knows_is_gone(log: Path, watch: Watcher) -> None:
    with pytest.raises(GoneError):
        watch(log).follower.read(Address("1:2:abc", 0, 1))


def test_a_file_has_the_same_id_for_the_next_one_who_opens_it(log: Path, watch: Watcher) -> None:
    log.write_text("")
    early = watch(log)
    append(log, "line 1\n" + "x" * 5000 + "\n")
    early.look()
    late = watch(log)

    assert late.follower.past[0].file == early.lines[0].address.file


def test_a_past_that_is_cut_while_it_is_read_says_so(log: Path, watch: Watcher) -> None:
    log.write_bytes(b"".join(b"%09d\n" % n for n in range(200_000)))
    w = watch(log)
    chunks = w.follower.past[0].backward()
    next(chunks)
    log.write_text("")
    rest = list(chunks)
    w.look()

    assert rest == []
    assert w.kinds["missing"] == 1


def test_a_poll_reads_no_more_than_it_may(log: Path, watch: Watcher) -> None:
    w = watch(log, max_bytes=100_000)
    append(log, b"0123456789\n" * 100_000)
    w.clock.turn(1)
    first = w.follower.poll()

    assert 0 < sum(len(line.text) for line in first.lines) <= 100_000
    assert first.behind_bytes == 1_100_000 - 100_000
    assert len(w.look()) + len(first.lines) == 100_000
