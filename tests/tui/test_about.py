"""What following costs the host is on the screen and on the command line."""

import re
from pathlib import Path

import pytest

from tailllm.config.model import Config
from tailllm.feed.feed import Feed
from tailllm.feed.pulse import Pulse, queues
from tests.feed.conftest import native
from tests.pty.terminal import tailllm


def test_the_share_of_a_core_is_that_between_two_looks() -> None:
    now = [0.0]
    pulse = Pulse(lambda: now[0])
    before = pulse.look()
    while pulse.look().cpu_s - before.cpu_s < 0.02:
        sum(range(10_000))
    now[0] = 4.0
    spent = pulse.look().cpu_s - before.cpu_s

    assert pulse.cpu_percent is not None
    assert 0 <= pulse.cpu_percent <= 100 * spent / 4.0


def test_bytes_that_were_not_read_yet_are_said(tmp_path: Path) -> None:
    log = tmp_path / "calls.jsonl"
    log.write_bytes(b"".join(native(n) for n in range(50)))
    feed = Feed([str(log)], Config())
    feed.load()
    caught_up = queues(feed)
    feed._live.behind_bytes = 7_000
    behind = queues(feed)
    feed.close()

    assert (caught_up.behind_bytes, caught_up.lag_s, caught_up.past_bytes) == (0, 0.0, 0)
    assert caught_up.unloaded == 50
    assert (behind.behind_bytes, behind.lag_s > 0) == (7_000, True)


@pytest.mark.pty
def test_one_key_says_what_the_host_pays(tmp_path: Path) -> None:
    log = tmp_path / "calls.jsonl"
    log.write_bytes(native(1))
    with tailllm(log) as terminal:
        terminal.wait_for("1 held")
        terminal.send("A")
        screen = terminal.wait_until(lambda screen: "% of one core" in screen, what="its CPU")
        terminal.send("q")
        terminal.wait_for("1 held")

    assert re.search(r"memory +\d+(\.\d)?MB", screen)
    assert re.search(r"lag +\d+\.\d s", screen)
    assert re.search(r"held +1 of 1 call", screen)
