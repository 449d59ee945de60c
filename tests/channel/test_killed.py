"""Killed at any moment, a sync loses no report and tells nobody twice."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

import tailllm
from tailllm.channel.outbox import LONGEST_S
from tests.channel.conftest import ENVIRON, SLACK, Desk
from tests.channel.fake_slack import CHANNEL, FakeSlack
from tests.channel.server import Asked, Fault, Said

SOURCE = str(Path(tailllm.__file__).parents[1])
FAULTS: list[Fault] = [
    *[None] * 30,
    "reset",
    "drop",
    Said(b"", 500),
    Said({"ok": False}, 429, {"Retry-After": "0"}),
    Said({"ok": False, "error": "internal_error"}),
]


class Killer:
    """Ends a sync with SIGKILL at one of its requests, or a little after."""

    def __init__(self, slack: FakeSlack, rng: random.Random) -> None:
        self._rng = rng
        self._obey = slack.obey
        self._left = 0
        self.killed = 0
        self._child: subprocess.Popen[bytes] | None = None
        slack.obey = self._killing

    def run(self, folder: Path, within: int) -> None:
        """Start a sync and kill it; `within` so many requests."""
        self._left = self._rng.randint(1, within)
        self._child = start(folder)
        self.killed += self._child.wait(60) == -signal.SIGKILL
        self._left = 0

    def _killing(self, asked: Asked) -> Said:
        self._left -= 1
        if self._left != 0 or self._child is None:
            return self._obey(asked)
        when = self._rng.choice(["before", "after", "later"])
        if when == "before":
            self._kill()
        said = self._obey(asked)
        if when == "after":
            self._kill()
        elif when == "later":
            threading.Timer(self._rng.uniform(0, 0.05), self._kill).start()
        return said

    def _kill(self) -> None:
        assert self._child is not None
        self._child.send_signal(signal.SIGKILL)


def start(folder: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "tailllm", "sync", "--corpus", "corpus"],
        cwd=folder,
        env={**os.environ, **ENVIRON, "PYTHONPATH": SOURCE},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def finish(desk: Desk, slack: FakeSlack) -> None:
    """Sync in peace until there is nothing to do; what waits for a later moment has it."""
    slack.faults = iter(())
    desk.now = max(desk.now, time.time())
    for _ in range(20):
        desk.now += LONGEST_S + 1
        done = desk.sync()
        if not (done.looked[0].new or done.looked[0].trouble or any(done.sent[:4])):
            return
    raise AssertionError(f"a sync that never ends: {done}")


@pytest.mark.parametrize(
    ("reports", "kills"),
    [
        (60, 5),
        pytest.param(1000, 50, marks=[pytest.mark.long, pytest.mark.timeout(1200)]),
    ],
)
def test_every_report_comes_in_once_and_every_reply_goes_out_once(
    desk: Desk, slack: FakeSlack, reports: int, kills: int
) -> None:
    rng = random.Random(10)
    desk.write(
        SLACK.format(url=slack.url, channel=CHANNEL)
        + "first_h = 1e6\nback_h = 1e-3\npage = 200\n[sync]\npatience_s = 3\n"
    )
    killer = Killer(slack, rng)
    stamps = [slack.say(f"report number {number}") for number in range(reports)]
    slack.faults = (rng.choice(FAULTS) for _ in iter(int, 1))
    for _ in range((kills + 1) // 2):
        killer.run(desk.folder, 3 * reports // kills)
    finish(desk, slack)
    for item in desk.inbox.read().items:
        desk.inbox.dismiss(item, f"seen {item.note}")
    slack.faults = (rng.choice(FAULTS) for _ in iter(int, 1))
    for _ in range(kills // 2):
        killer.run(desk.folder, 3 * reports // kills)
    finish(desk, slack)

    items = desk.inbox.read().items

    assert killer.killed > kills // 2
    assert [item.note for item in items] == [f"report number {n}" for n in range(reports)]
    assert all(len(item.voices) == 1 for item in items)
    assert [story.id for story in desk.stories.values()] == [
        f"slack:{CHANNEL}:{ts}" for ts in stamps
    ]
    told = [slack.texts(ts) for ts in stamps]
    assert [set(texts) for texts in told] == [
        {f"Thank you. We looked at it and left it as it is: seen report number {n}"}
        for n in range(reports)
    ]
    assert Counter(slack.marks.values()) == {1: reports}
    assert {ts for ts, _ in slack.reacted} == set(stamps)
