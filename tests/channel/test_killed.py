"""Killed at any moment, a sync loses no report and tells nobody twice."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import pytest

import tailllm
from tailllm.channel.outbox import LONGEST_S
from tests.channel.conftest import ENVIRON, GITHUB, SLACK, Desk
from tests.channel.fake_github import REPO, FakeGitHub
from tests.channel.fake_slack import CHANNEL, FakeSlack
from tests.channel.server import Asked, Fault, Said, Server

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

    def __init__(self, servers: Sequence[Server], rng: random.Random) -> None:
        self._rng = rng
        self._left = 0
        self.killed = 0
        self._child: subprocess.Popen[bytes] | None = None
        for server in servers:
            server.obey = partial(self._killing, server.obey)

    def run(self, folder: Path, within: int) -> None:
        """Start a sync and kill it; `within` so many requests."""
        self._left = self._rng.randint(1, within)
        self._child = start(folder)
        self.killed += self._child.wait(60) == -signal.SIGKILL
        self._left = 0

    def _killing(self, obey: Callable[[Asked], Said], asked: Asked) -> Said:
        self._left -= 1
        if self._left != 0 or self._child is None:
            return obey(asked)
        when = self._rng.choice(["before", "after", "later"])
        if when == "before":
            self._kill()
        said = obey(asked)
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


def finish(desk: Desk, servers: Sequence[Server]) -> None:
    """Sync in peace until there is nothing to do; what waits for a later moment has it."""
    for server in servers:
        server.faults = iter(())
    desk.now = max(desk.now, time.time())
    for _ in range(20):
        desk.now += LONGEST_S + 1
        done = desk.sync()
        if not any(one.new or one.trouble for one in done.looked) and not any(done.sent[:4]):
            return
    raise AssertionError(f"a sync that never ends: {done}")


def disturb(servers: Sequence[Server], rng: random.Random) -> None:
    for server in servers:
        server.faults = (rng.choice(FAULTS) for _ in iter(int, 1))


@pytest.mark.parametrize(
    ("reports", "kills"),
    [
        (60, 5),
        pytest.param(1000, 50, marks=[pytest.mark.long, pytest.mark.timeout(1200)]),
    ],
)
def test_every_report_comes_in_once_and_every_reply_goes_out_once(
    desk: Desk, slack: FakeSlack, github: FakeGitHub, reports: int, kills: int
) -> None:
    rng = random.Random(10)
    servers = (slack, github)
    desk.write(
        SLACK.format(url=slack.url, channel=CHANNEL)
        + "first_h = 1e6\nback_h = 1e-3\npage = 200\n"
        + GITHUB.format(url=github.url, repo=REPO)
        + "[sync]\npatience_s = 3\n"
    )
    killer = Killer(servers, rng)
    half = reports // 2
    stamps = [slack.say(f"slack {number}") for number in range(half)]
    numbers = [github.open(f"github {number}") for number in range(half)]
    for part in (kills - kills // 2, kills // 2):
        disturb(servers, rng)
        for _ in range(part):
            killer.run(desk.folder, 3 * reports // kills)
        finish(desk, servers)
        for item in desk.inbox.read().waiting:
            desk.inbox.dismiss(item, f"seen {item.note}")
    finish(desk, servers)

    notes = [item.note for item in desk.inbox.read().items]
    assert killer.killed > kills // 2
    assert sorted(notes) == sorted(
        f"{kind} {n}" for n in range(half) for kind in ("slack", "github")
    )
    assert [note for note in notes if note.startswith("slack")] == [
        f"slack {n}" for n in range(half)
    ]
    assert all(len(item.voices) == 1 for item in desk.inbox.read().items)
    assert [id_ for id_ in desk.stories if id_.startswith("slack")] == [
        f"slack:{CHANNEL}:{ts}" for ts in stamps
    ]
    assert [slack.texts(ts) for ts in stamps] == [[told("slack", n)] for n in range(half)]
    assert [[text.split("\n")[0] for text in github.texts(n)] for n in numbers] == [
        [told("github", n)] for n in range(half)
    ]
    assert Counter(slack.marks.values()) == {1: half}
    assert {ts for ts, _ in slack.reacted} == set(stamps)
    assert set(github.reacted) == set(numbers)


def told(kind: str, number: int) -> str:
    return f"Thank you. We looked at it and left it as it is: seen {kind} {number}"
