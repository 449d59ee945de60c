"""What people write into Slack comes in once, whatever Slack does meanwhile."""

from itertools import repeat

import pytest

from tests.channel.conftest import SLACK, Desk
from tests.channel.fake_slack import CHANNEL, FakeSlack
from tests.channel.server import Said


def more(desk: Desk, slack: FakeSlack, *lines: str) -> None:
    desk.write(SLACK.format(url=slack.url, channel=CHANNEL) + "\n".join(lines))


def test_each_message_comes_in_once_and_in_order(desk: Desk, slack: FakeSlack) -> None:
    for number in range(40):
        slack.say(f"the bot was rude {number}")

    first = desk.sync().looked[0]
    slack.say("and once more")
    second = desk.sync().looked[0]

    assert (first.channel, first.new, first.trouble) == ("weird", 40, "")
    assert (second.new, second.known) == (1, 40)
    assert slack.paths["/api/conversations.history"] == 3 + 3
    assert desk.notes == [*(f"the bot was rude {number}" for number in range(40)), "and once more"]


@pytest.mark.parametrize("most", [15, 999], ids=["15 a page", "pages as asked"])
def test_a_long_absence_is_caught_up_with_in_both_rate_regimes(
    desk: Desk, slack: FakeSlack, most: int
) -> None:
    more(desk, slack, "page = 200", "[sync]", "patience_s = 0")
    slack.most = most
    for number in range(70):
        slack.say(f"number {number}")

    rounds = 0
    while len(desk.notes) < 70 and rounds < 20:
        slack.faults = iter([None, Said({"ok": False}, 429, {"Retry-After": "60"})])
        desk.sync()
        rounds += 1

    assert desk.notes == [f"number {number}" for number in range(70)]
    assert rounds <= 10


def test_an_app_that_may_ask_once_a_minute_follows_a_quiet_channel_in_one_request(
    desk: Desk, slack: FakeSlack
) -> None:
    more(desk, slack, "[sync]", "patience_s = 0")
    edited = slack.say("the bto")
    desk.sync()
    slack.messages[edited] |= {"text": "the bot", "edited": {"ts": "1795300500.000001"}}
    slack.say("another")
    minutes = iter([None, Said({"ok": False}, 429, {"Retry-After": "60"})] * 2)
    slack.faults_of["conversations.history"] = minutes
    looked = desk.sync().looked[0]

    assert (looked.new, looked.changed, looked.trouble) == (1, 1, "")
    assert desk.notes == ["the bot", "another"]
    assert len(list(minutes)) == 3


def test_a_throttled_look_back_is_no_trouble_and_is_made_up_for(
    desk: Desk, slack: FakeSlack
) -> None:
    more(desk, slack, "[sync]", "patience_s = 0")
    first = slack.say("the bto")
    for number in range(20):
        slack.say(f"number {number}")
    desk.sync()
    slack.messages[first] |= {"text": "the bot", "edited": {"ts": "1795300500.000001"}}
    slow = Said({"ok": False}, 429, {"Retry-After": "60"})
    slack.faults_of["conversations.history"] = iter([None, slow])

    throttled, late = desk.sync().looked[0], desk.sync().looked[0]

    assert (throttled.trouble, throttled.changed, late.changed) == ("", 0, 1)


def test_a_report_says_who_where_and_when(desk: Desk, slack: FakeSlack) -> None:
    ts = slack.say("see <https://shop.example/a|the page> &amp; laugh")
    desk.sync()

    story = desk.stories[f"slack:{CHANNEL}:{ts}"]
    item = desk.inbox.read().items[0]

    assert story.first.author == "Ana"
    assert story.first.link == f"https://acme.slack.com/archives/{CHANNEL}/p{ts.replace('.', '')}"
    assert item.note == "see the page (https://shop.example/a) & laugh"
    assert item.at == pytest.approx(float(ts), abs=0.001)
    assert [voice.link for voice in item.voices] == [story.first.link]


def test_a_reaction_is_the_cheapest_report(desk: Desk, slack: FakeSlack) -> None:
    more(desk, slack, "every_message = false")
    slack.say("good morning")
    slack.say(
        "Bot: we refund you twice", "U0BEN", reactions=[{"name": "weird", "users": ["U0ANA"]}]
    )
    quiet = slack.say("look at that")
    desk.sync()
    under = slack.reply(quiet, "it says no", reactions=[{"name": "weird", "users": ["U0BEN"]}])
    slack.messages[quiet]["reactions"] = [{"name": "weird", "users": ["U0ANA"]}]

    desk.sync()

    reports = list(desk.stories.values())
    assert [report.first.author for report in reports] == ["Ana", "Ana", "Ben"]
    assert reports[-1].id == f"slack:{CHANNEL}:{quiet}/{under}"


def test_an_edit_a_reply_and_a_deletion_are_followed(desk: Desk, slack: FakeSlack) -> None:
    edited, answered, gone = slack.say("the bto"), slack.say("it lied"), slack.say("never mind")
    slack.say("the last one")
    desk.sync()
    slack.messages[edited] |= {"text": "the bot", "edited": {"ts": "1795300500.000001"}}
    slack.reply(answered, "about the refund")
    del slack.messages[gone]

    looked = desk.sync().looked[0]
    again = desk.sync().looked[0]

    assert (looked.new, looked.changed, again.changed) == (0, 3, 0)
    assert desk.notes == ["the bot", "it lied\nBen: about the refund", "never mind", "the last one"]
    assert desk.stories[f"slack:{CHANNEL}:{gone}"].is_withdrawn


def test_nobody_is_answered_where_the_report_is_gone(desk: Desk, slack: FakeSlack) -> None:
    gone = slack.say("never mind")
    slack.say("the last one")
    desk.sync()
    del slack.messages[gone]
    desk.inbox.dismiss(desk.inbox.read().items[0], "works as meant")

    desk.sync()

    assert slack.posted == []


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (Said({"ok": False}, 429, {"Retry-After": "7"}), "too many requests"),
        (Said({"ok": False, "error": "ratelimited"}), "ratelimited"),
        (Said({"ok": False, "error": "internal_error"}), "internal_error"),
        (Said(b"oops", 500), "answered 500"),
        (Said(b"<html>", 200), "no JSON"),
        ("reset", "broke off"),
    ],
    ids=["429", "ratelimited", "ok false", "500", "no json", "reset"],
)
def test_trouble_that_passes_is_waited_out_and_else_named(
    desk: Desk, slack: FakeSlack, fault: Said | str, why: str
) -> None:
    slack.say("it lied")
    slack.faults = iter([fault])

    assert desk.sync().looked[0].new == 1
    assert len(desk.slept) == 1
    assert desk.slept[0] <= 7

    slack.faults = repeat(fault)
    more(desk, slack, "[sync]", "patience_s = 0")

    assert why in desk.sync().looked[0].trouble


def test_the_pause_a_server_asks_for_is_kept(desk: Desk, slack: FakeSlack) -> None:
    slack.faults = iter([Said({"ok": False}, 429, {"Retry-After": "7"})])

    desk.sync()

    assert desk.slept == [7.0]


def test_trouble_that_stays_is_not_asked_again(desk: Desk, slack: FakeSlack) -> None:
    slack.faults = repeat(Said({"ok": False, "error": "channel_not_found"}))

    looked = desk.sync().looked[0]

    assert looked.trouble.endswith("says channel_not_found")
    assert (len(slack.asked), desk.slept) == (1, [])


def test_a_slow_drip_ends_at_the_time_of_the_config(desk: Desk, slack: FakeSlack) -> None:
    more(desk, slack, "timeout_s = 0.3", "[sync]", "patience_s = 0")
    slack.say("it lied")
    slack.faults = repeat("drip")

    assert desk.sync().looked[0].trouble.endswith("took over 0.3 s")


def test_what_slack_itself_writes_is_no_report(desk: Desk, slack: FakeSlack) -> None:
    slack.say("<@U0ANA> has joined the channel", subtype="channel_join")

    assert desk.sync().looked[0].new == 0


def test_a_reply_that_is_sent_to_the_channel_too_is_a_reply(desk: Desk, slack: FakeSlack) -> None:
    ts = slack.say("it lied")
    own = slack.reply(ts, "twice", subtype="thread_broadcast")
    slack.messages[own] = slack.replies[ts][0]

    assert desk.sync().looked[0].new == 1
    assert desk.notes == ["it lied\nBen: twice"]
