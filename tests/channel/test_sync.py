"""The command: one line for each channel, exit codes for cron, and a watch that goes on."""

import json
import os
import signal
import subprocess
import sys
from itertools import repeat
from pathlib import Path

import pytest

from tailllm.channel.sync import alone
from tailllm.cli.main import run as command
from tailllm.cli.parser import Host
from tests.channel.conftest import ENVIRON, SLACK, Desk
from tests.channel.fake_slack import CHANNEL, FakeSlack
from tests.channel.server import Said
from tests.wait import wait_until


def sync(desk: Desk, *words: str) -> int:
    host = Host(desk.folder, {**ENVIRON, "HOME": str(desk.folder)}, lambda: desk.now)
    return command(["sync", *words, "--corpus", str(desk.corpus)], host)


def impatient(desk: Desk, slack: FakeSlack) -> None:
    desk.write(SLACK.format(url=slack.url, channel=CHANNEL) + "[sync]\npatience_s = 0\n")


def test_a_round_is_a_line_for_each_channel(
    desk: Desk, slack: FakeSlack, capsys: pytest.CaptureFixture[str]
) -> None:
    slack.say("it lied")

    codes = [sync(desk), sync(desk), sync(desk, "--json")]
    out = capsys.readouterr().out.splitlines()

    assert codes == [0, 0, 0]
    assert out[:4] == [
        "weird: 1 new, 0 known",
        "outbox: 1 sent",
        "weird: 0 new, 1 known",
        "outbox: nothing to tell",
    ]
    assert json.loads(out[4])["channels"][0]["known"] == 1


def test_a_channel_that_cannot_be_read_ends_with_3_and_its_name(
    desk: Desk, slack: FakeSlack, capsys: pytest.CaptureFixture[str]
) -> None:
    impatient(desk, slack)
    slack.faults = repeat(Said(b"", 503))

    code = sync(desk)

    assert code == 3
    assert capsys.readouterr().out.startswith(
        f"weird: 0 new, 0 known; not read to its end: 127.0.0.1:{slack.port} answered 503"
    )


def test_a_message_that_is_refused_for_good_ends_with_1(desk: Desk, slack: FakeSlack) -> None:
    slack.say("it lied")
    slack.faults_of["reactions.add"] = iter([Said({"ok": False, "error": "is_archived"})])

    assert [sync(desk), sync(desk)] == [1, 0]


def test_without_a_channel_the_config_is_named(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sync(desk) == 2
    assert "Write [channels.NAME] into tailllm.toml" in capsys.readouterr().err


def test_two_syncs_of_one_corpus_do_not_meet(
    desk: Desk, slack: FakeSlack, capsys: pytest.CaptureFixture[str]
) -> None:
    with alone(desk.corpus):
        code = sync(desk)

    assert code == 3
    assert "another sync of" in capsys.readouterr().err
    assert slack.asked == []


def test_a_corpus_that_takes_nothing_ends_with_4_and_tells_nobody(
    desk: Desk, slack: FakeSlack
) -> None:
    slack.say("it lied")
    desk.corpus.mkdir()
    (desk.corpus / "reports.jsonl").symlink_to("/etc/nothing")

    assert sync(desk) == 4
    assert slack.reacted == {}


@pytest.mark.long
def test_a_watch_goes_on_through_trouble_until_it_is_ended(
    desk: Desk, slack: FakeSlack, tmp_path: Path
) -> None:
    desk.write(
        SLACK.format(url=slack.url, channel=CHANNEL)
        + "first_h = 1e6\n[sync]\npatience_s = 0\nevery_s = 1\n"
    )
    slack.faults = iter([Said(b"", 500)])
    out = tmp_path / "out"
    with out.open("wb") as file:
        child = subprocess.Popen(
            [sys.executable, "-m", "tailllm", "sync", "--watch", "--corpus", desk.corpus],
            cwd=desk.folder,
            env={**os.environ, **ENVIRON, "PYTHONPATH": ":".join(sys.path)},
            stdout=file,
        )
    try:
        wait_until(lambda: "answered 500" in out.read_text())
        for times in (1, 2):
            slack.say(f"it lied {times}")
            wait_until(lambda: out.read_text().count("outbox: 1 sent") == times)  # noqa: B023
        child.send_signal(signal.SIGINT)
        code = child.wait(60)
    finally:
        child.kill()

    assert code == 0
    assert out.read_text().count("weird: 1 new") == 2
