"""Issues with a label come in once, and answers are comments."""

import pytest

from tests.channel.conftest import GITHUB, Desk
from tests.channel.fake_github import REPO, FakeGitHub
from tests.channel.server import Said


def paged(desk: Desk, github: FakeGitHub, size: int) -> None:
    desk.write(GITHUB.format(url=github.url, repo=REPO) + f"page = {size}\n")


def test_each_labelled_issue_comes_in_once(desk: Desk, github: FakeGitHub) -> None:
    paged(desk, github, 3)
    for number in range(8):
        github.open(f"weird {number}", "it lied")
    github.open("a pull request", pull_request={})
    github.open("done with", state="closed")
    github.open("another label", labels=[{"name": "bug"}])

    first, second = desk.sync().looked[0], desk.sync().looked[0]

    assert (first.new, first.trouble, second.new) == (8, "", 0)
    assert desk.notes == [f"weird {number}\n\nit lied" for number in range(8)]
    assert dict(github.reacted) == dict.fromkeys(range(1, 9), 1)


def test_the_next_page_is_asked_of_the_configured_host_only(desk: Desk, github: FakeGitHub) -> None:
    thief = FakeGitHub()
    paged(desk, github, 2)
    github.next_link = thief.url
    for number in range(5):
        github.open(f"weird {number}")

    looked = desk.sync().looked[0]
    thief.close()

    assert looked.new == 5
    assert thief.asked == []


def test_an_edit_and_a_comment_are_followed_and_our_own_are_not(
    desk: Desk, github: FakeGitHub
) -> None:
    number = github.open("the bto")
    desk.sync()
    github.issues[number]["title"] = "the bot"
    github.comment(number, "it was about a refund")
    github.comment(number, "hello\n\n<!-- tailllm 0123456789abcdef -->", "tailllm-bot")

    changed = [desk.sync().looked[0].changed for _ in range(2)]

    assert changed == [2, 0]
    assert desk.notes == ["the bot\nben: it was about a refund"]


@pytest.mark.parametrize(
    ("fault", "slept"),
    [
        (Said({}, 403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "{reset}"}), 9.0),
        (Said({"message": "secondary rate limit"}, 403, {"Retry-After": "5"}), 5.0),
        (Said({}, 429, {"Retry-After": "3"}), 3.0),
    ],
    ids=["primary", "secondary", "429"],
)
def test_both_rate_limits_are_waited_out(
    desk: Desk, github: FakeGitHub, fault: Said, slept: float
) -> None:
    headers = {name: text.format(reset=int(desk.now) + 9) for name, text in fault.headers.items()}
    github.open("weird")
    github.faults = iter([fault._replace(headers=headers)])

    assert desk.sync().looked[0].new == 1
    assert desk.slept == [slept]


def test_a_plain_refusal_is_no_rate_limit(desk: Desk, github: FakeGitHub) -> None:
    github.faults = iter([Said({"message": "no"}, 403)])

    assert desk.sync().looked[0].trouble.endswith("answered 403: the token may not do this")
    assert desk.slept == []
