"""What grows faster than one thread reads comes by helpers, each call once and in its order."""

import os
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from random import Random

import pytest

from tailllm.feed import helpers as helpers_module
from tailllm.feed import live as live_module
from tailllm.feed.feed import Feed
from tailllm.feed.portion import Answer, Portion, Portions, answer, portion
from tailllm.store.questions import GROUPS
from tests.feed.conftest import native
from tests.feed.test_backfill import ODD_LINES, summary
from tests.wait import wait_until

OpenFeed = Callable[..., Feed]


class LateHelpers:
    """Helpers that answer when the test lets them, by the real reading of real files."""

    count = 2
    started = True
    is_broken = False

    def __init__(self, *, niceness: int = 0) -> None:
        self.asked: deque[tuple[Portion, Future[Answer | None]]] = deque()
        self.answered = 0

    def ask(self, asked: Portion) -> "Future[Answer | None]":
        future: Future[Answer | None] = Future()
        self.asked.append((asked, future))
        return future

    def work(self, place: int = 0, *, dies: bool = False) -> None:
        if place < len(self.asked):
            asked, future = self.asked[place]
            del self.asked[place]
            found = None if dies else Portions().read(portion(asked.plain()))
            self.answered += found is not None
            future.set_result(None if found is None else answer(found.plain()))

    def close(self) -> None:
        for _, future in self.asked:
            future.cancel()


@pytest.fixture
def flooded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two lines are more than one thread can read."""
    monkeypatch.setattr(live_module, "HELP_WORTH_S", 0.0)
    monkeypatch.setattr(live_module, "PORTION_BYTES", (900, 5_000))
    monkeypatch.setattr(live_module, "PATIENCE_S", 0.0)
    monkeypatch.setattr(helpers_module, "Helpers", LateHelpers)


def append(log: Path, *lines: bytes) -> None:
    with log.open("ab") as writer:
        writer.write(b"".join(lines))


def questions(feed: Feed) -> list[str]:
    return [row.preview for _, row in feed.window.slice(0, feed.window.end)]


def helpers_of(feed: Feed) -> LateHelpers:
    return feed._pool.call()  # type: ignore[return-value]


def read_all(feed: Feed) -> None:
    while feed.step() or feed.behind_bytes:
        helpers_of(feed).work()


@pytest.mark.usefixtures("flooded")
def test_a_flood_gives_what_reading_line_by_line_gives(
    log: Path, open_feed: OpenFeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = Random(5)
    lines = [random.choice([native(n), *ODD_LINES]) for n in range(120)]
    log.write_bytes(native(0))
    by_helpers = open_feed(log)
    monkeypatch.setattr(live_module, "HELP_WORTH_S", 1e9)
    by_line = open_feed(log)
    append(log, *lines)
    wait_until(lambda: (by_line.step(), by_line.behind_bytes == 0)[1])
    monkeypatch.setattr(live_module, "HELP_WORTH_S", 0.0)
    read_all(by_helpers)

    assert helpers_of(by_helpers).answered > 10
    assert repr(summary(by_helpers)) == repr(summary(by_line))
    for by in GROUPS:
        assert by_helpers.store.stats(by=by) == by_line.store.stats(by=by)


class Host:
    """A log that is written, rotated and cut while helpers come and go, and what must come."""

    def __init__(self, log: Path, feed: Feed, seed: int) -> None:
        self.log, self.feed, self.random = log, feed, Random(seed)
        self.count = 1
        self.written: list[str] = []
        self.inodes: dict[str, int] = {}
        self.excused: set[str] = set()

    def write(self) -> None:
        for _ in range(self.random.randint(1, 12)):
            append(self.log, self.line(output="x" * self.random.choice([0, 40, 900])))

    def line(self, **fields: str) -> bytes:
        self.count += 1
        self.written.append(f"question {self.count}")
        self.inodes[self.written[-1]] = self.log.stat().st_ino
        return native(self.count, **fields)

    def write_slowly(self) -> None:
        line = self.line()
        append(self.log, line[:70])
        self.feed.step()
        append(self.log, line[70:])

    def write_what_is_no_call(self) -> None:
        append(self.log, self.random.choice([b"{torn\n", b'{"level": "info"}\n', b"\r\n"]))

    def rotate(self) -> None:
        self.feed.step()
        self.log.rename(f"{self.log}.{self.count}")
        self.log.touch()
        append(self.log, self.line())
        self.feed.step()

    def cut(self) -> None:
        inode, came = self.log.stat().st_ino, set(questions(self.feed))
        here = {one for one, where in self.inodes.items() if where == inode}
        self.excused |= here - came
        os.truncate(self.log, 0)
        self.write()

    def look(self) -> None:
        self.feed.step()

    def work(self) -> None:
        helpers_of(self.feed).work(self.random.randint(0, 2))

    def die(self) -> None:
        helpers_of(self.feed).work(dies=True)

    def forgive(self) -> None:
        """Let helpers have files again whose portions they failed to read."""
        self.feed._live._alone_until.clear()

    def live(self, steps: int) -> None:
        acts = [self.write, self.look, self.work, self.forgive] * 4
        acts += [self.write_slowly, self.write_what_is_no_call, self.rotate, self.cut, self.die]
        for _ in range(steps):
            self.random.choice(acts)()
        read_all(self.feed)
        wait_until(lambda: not (self.feed.step() or self.feed.behind_bytes))


@pytest.mark.usefixtures("flooded")
@pytest.mark.parametrize("seed", range(20))
def test_whatever_befalls_a_flood_every_call_comes_once_and_in_order(
    log: Path, open_feed: OpenFeed, seed: int
) -> None:
    log.write_bytes(native(0))
    feed = open_feed(log, asked=False)
    host = Host(log, feed, seed)
    host.live(60)
    came = questions(feed)
    missing = set(host.written) - set(came)

    assert came == [one for one in host.written if one not in missing]
    assert missing <= host.excused
    assert not missing or {notice.kind for notice in feed.notices} & {"truncated", "replaced"}
