"""Reporters hear what became of it: in their thread, once, in order, in the words of the config."""

from itertools import repeat

import pytest

from tailllm.channel.board import Board
from tailllm.channel.outbox import LONGEST_S
from tests.channel.conftest import GITHUB, SLACK, Desk
from tests.channel.fake_github import REPO, FakeGitHub
from tests.channel.fake_slack import CHANNEL, FakeSlack
from tests.channel.server import Said


def reported(desk: Desk, slack: FakeSlack, text: str = "Customer: hi\nBot: go away") -> str:
    ts = slack.say(text)
    desk.sync()
    return ts


def accept(desk: Desk) -> str:
    return desk.inbox.accept(desk.inbox.read().waiting[0]).case.id


def test_a_report_is_acknowledged_with_what_nobody_reads_as_approval(
    desk: Desk, slack: FakeSlack
) -> None:
    ts = reported(desk, slack)
    desk.sync()

    assert slack.reacted == {(ts, "inbox_tray"): 1}
    assert slack.posted == []


def test_an_accepted_report_hears_its_case_once_and_none_of_the_conversation(
    desk: Desk, slack: FakeSlack
) -> None:
    ts = reported(desk, slack, "Customer: my order 991 is gone\nBot: your card is 4711")
    case = accept(desk)

    sent = [desk.sync().sent.sent for _ in range(3)]

    assert sent == [1, 0, 0]
    digits = case.rpartition("-")[2]
    assert slack.texts(ts) == [
        f"Thank you. This is case {digits} now: every change of the prompt is tested on it."
    ]
    assert not {"order", "991", "4711", "card"} & set(str(slack.posted).replace("'", " ").split())


def test_a_dismissed_report_hears_why(desk: Desk, slack: FakeSlack) -> None:
    ts = reported(desk, slack)
    desk.inbox.dismiss(desk.inbox.read().waiting[0], "works as <!channel> meant")

    desk.sync()

    assert slack.texts(ts)[0].endswith("works as &lt;!channel&gt; meant")


def test_the_words_are_those_of_the_config(desk: Desk, slack: FakeSlack) -> None:
    words = '[sync.words]\naccepted = "Merci {reporter}"\ndismissed = ""\n'
    desk.write(SLACK.format(url=slack.url, channel=CHANNEL) + words)
    first = reported(desk, slack)
    accept(desk)
    second = reported(desk, slack, "something else")
    desk.inbox.dismiss(desk.inbox.read().waiting[0], "no")
    desk.sync()

    assert (slack.texts(first), slack.texts(second)) == (["Merci Ana"], [])


def test_what_the_config_wanted_silent_is_no_news_later(desk: Desk, slack: FakeSlack) -> None:
    toml = SLACK.format(url=slack.url, channel=CHANNEL)
    desk.write(toml + "tell = false\n")
    ts = reported(desk, slack)
    accept(desk)
    desk.sync()
    board = Board(desk.corpus, lambda: desk.now).read()
    desk.write(toml)
    desk.sync()

    assert [standing.told for standing in board.values()] == ["silent"]
    assert (slack.texts(ts), dict(slack.reacted)) == ([], {})


@pytest.mark.parametrize("fault", ["reset", "drop", Said(b"", 500), Said({}, 429)])
def test_a_message_that_was_cut_off_is_sent_again_only_if_it_is_not_there(
    desk: Desk, slack: FakeSlack, fault: Said | str
) -> None:
    desk.write(
        SLACK.format(url=slack.url, channel=CHANNEL) + "back_h = 0\n[sync]\npatience_s = 0\n"
    )
    ts = reported(desk, slack)
    accept(desk)
    slack.faults_of["chat.postMessage"] = iter([fault])

    first = desk.sync().sent
    early = desk.sync().sent
    desk.now += LONGEST_S
    late = desk.sync().sent

    assert (first.later, early.sent, late.sent) == (1, 0, 1)
    assert len(slack.texts(ts)) == 1
    assert set(slack.marks.values()) == {1}


def test_what_refuses_is_parked_and_told_once(desk: Desk, slack: FakeSlack) -> None:
    reported(desk, slack)
    accept(desk)
    slack.faults_of["chat.postMessage"] = iter([Said({"ok": False, "error": "is_archived"})])

    first, second = desk.sync().sent, desk.sync().sent

    assert (first.parked, second) == (1, type(second)())
    assert first.trouble == (f"weird: 127.0.0.1:{slack.port} says is_archived",)


@pytest.mark.parametrize(
    "fault",
    [Said({"ok": False, "error": "invalid_auth"}), Said({}, 401), Said({}, 302, {"Location": "/"})],
    ids=["token", "401", "redirect"],
)
def test_a_shut_door_parks_nothing(desk: Desk, slack: FakeSlack, fault: Said) -> None:
    ts = reported(desk, slack)
    accept(desk)
    slack.faults_of["chat.postMessage"] = iter([fault])

    first = desk.sync().sent
    desk.now += LONGEST_S
    late = desk.sync().sent

    assert (first.later, late.sent, len(slack.texts(ts))) == (1, 1, 1)


def test_a_clock_that_is_set_back_sends_nothing_twice_and_forgets_nothing(
    desk: Desk, slack: FakeSlack
) -> None:
    ts = reported(desk, slack)
    accept(desk)
    slack.faults_of["chat.postMessage"] = iter([Said(b"", 500)])
    desk.sync()
    desk.now -= 10 * LONGEST_S

    sent = [desk.sync().sent.sent for _ in range(2)]

    assert sent == [1, 0]
    assert len(slack.texts(ts)) == 1


def test_a_channel_that_takes_nothing_is_left_alone_for_the_round(
    desk: Desk, slack: FakeSlack
) -> None:
    for number in range(10):
        slack.say(f"number {number}")
    slack.faults_of["reactions.add"] = repeat(Said(b"", 500))
    sent = desk.sync().sent

    assert (sent.later, sent.waiting) == (3, 7)


def test_a_decision_that_was_taken_back_before_anybody_heard_is_not_told(
    desk: Desk, slack: FakeSlack
) -> None:
    ts = reported(desk, slack)
    accept(desk)
    desk.inbox.undo()

    desk.sync()

    assert slack.texts(ts) == []


def test_github_hears_it_as_a_comment_that_knows_itself_again(
    desk: Desk, github: FakeGitHub
) -> None:
    desk.write(GITHUB.format(url=github.url, repo=REPO) + "[sync]\npatience_s = 0\n")
    number = github.open("weird", "it lied")
    desk.sync()
    desk.inbox.dismiss(desk.inbox.read().waiting[0], "fixes #1, says @acme/team ![x](http://b/x)")
    github.faults_of["/comments"] = iter(["reset"])
    desk.sync()
    desk.now += LONGEST_S
    desk.sync()

    said = github.texts(number)

    assert len(said) == 1
    assert said[0].count("<!-- tailllm ") == 1
    assert not [bad for bad in ("#1", "@acme", "![x]", "](", "http://") if bad in said[0]]
