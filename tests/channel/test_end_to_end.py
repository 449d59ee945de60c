"""From a word in Slack to "it passes now" in the same thread."""

import asyncio
import sys
from pathlib import Path

import pytest

from tailllm.cli.main import run as command
from tailllm.cli.parser import Host
from tailllm.feed.triage import Triage
from tailllm.tui.screens.inbox import InboxScreen
from tests.channel.conftest import ENVIRON, SLACK, Desk
from tests.channel.fake_slack import CHANNEL, FakeSlack
from tests.pty.terminal import tailllm
from tests.pty.test_tail_faults import call
from tests.tui.inspector.conftest import Stage, text, until

BOT = """\
import json, sys
asked = sys.stdin.read()
print("Which order is it?" if "Never promise" in asked else "Sure, I promise you a refund.")
"""
REPORT = """\
it promised a refund without an order
Customer: I want my money back
Bot: Sure, I promise you a refund.
"""


@pytest.fixture
def team(desk: Desk, slack: FakeSlack) -> Desk:
    """A channel, a bot, and the prompt it is given."""
    (desk.folder / "bot.py").write_text(BOT)
    (desk.folder / "prompt.txt").write_text("You are kind.")
    desk.write(
        SLACK.format(url=slack.url, channel=CHANNEL)
        + "first_h = 1e6\n"
        + f'[targets.bot]\nkind = "command"\nargv = ["{sys.executable}", "bot.py"]\n'
        + 'prompt = "prompt.txt"\n[eval]\ntarget = "bot"\nconfirm = 1\n'
    )
    return desk


def said(team: Desk, *words: str) -> int:
    home = {**ENVIRON, "HOME": str(team.folder), "PATH": "/usr/bin:/bin"}
    team.now += 60
    return command(
        [*words, "--corpus", str(team.corpus)], Host(team.folder, home, lambda: team.now)
    )


async def accepted_by_key(team: Desk) -> None:
    screen = InboxScreen(Triage(team.inbox, validators=()), lambda: team.now)
    async with Stage(screen).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "1 of 1 to triage" in text(pilot.app))
        await pilot.press("a")
        await until(pilot, lambda: "Accepted as" in text(pilot.app))


def test_a_word_in_slack_becomes_a_case_and_the_thread_hears_that_it_is_fixed(
    team: Desk, slack: FakeSlack
) -> None:
    ts = slack.say(REPORT)
    codes = [said(team, "sync")]
    asyncio.run(accepted_by_key(team))
    codes += [said(team, "eval", "--live"), said(team, "sync", "--eval")]
    (team.folder / "prompt.txt").write_text("Never promise anything.")
    codes += [said(team, "eval", "--live"), said(team, "sync", "--eval")]
    (team.folder / "prompt.txt").write_text("Promise everything.")
    codes += [
        said(team, "eval", "--live"),
        said(team, "sync", "--eval"),
        said(team, "sync", "--eval"),
    ]

    told = slack.texts(ts)
    (case,) = (path.stem.rpartition("-")[2] for path in (team.corpus / "cases").iterdir())

    assert codes == [0, 1, 0, 0, 0, 1, 0, 0]
    assert told[0].startswith(f"Thank you. This is case {case} now")
    assert told[1].startswith(f"Case {case} passes now (prompt ")
    assert told[2].startswith(f"Case {case} fails again (prompt ")
    assert len(told) == 3
    assert not [words for words in told if "refund" in words or "money" in words]


@pytest.mark.pty
@pytest.mark.long
def test_new_reports_are_shown_while_somebody_watches_and_triaged_by_keys(
    team: Desk, slack: FakeSlack, tmp_path: Path
) -> None:
    log = tmp_path / "calls.jsonl"
    log.write_bytes(b"".join(call(f"SEEN-{n:04d}") for n in range(3)))
    with tailllm(log, "--corpus", team.corpus) as terminal:
        terminal.wait_for(" 3 held")
        slack.say(REPORT)
        said(team, "sync")
        terminal.wait_for("1 new report")
        terminal.send("3")
        terminal.wait_for("1 of 1 to triage")
        terminal.wait_for("it has come in")
        terminal.send("a")
        terminal.wait_for("Accepted as")
        terminal.send("q")
        terminal.wait_for(" 3 held")
        said(team, "sync")

        assert "new report" not in terminal.screen()
        assert [len(slack.texts(ts)) for ts in slack.messages] == [1]
