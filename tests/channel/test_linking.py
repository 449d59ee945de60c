"""A report is linked to its logged call when there is no doubt; else calls are offered."""

from datetime import UTC, datetime

import pytest

from tailllm.cli.main import run as command
from tailllm.cli.parser import Host
from tests.channel.conftest import SLACK, Desk
from tests.channel.fake_slack import CHANNEL, FakeSlack
from tests.cli.conftest import NATIVE

KEY = "resp:chatcmpl-fd86b5e47f719651b57de42b"
RIDES = "Where can I see my past rides?"


@pytest.fixture
def logged(desk: Desk, slack: FakeSlack) -> Desk:
    lines = NATIVE.read_text().splitlines()
    lines = [row.replace("user-0", "u_991") if KEY[5:] in row else row for row in lines]
    (desk.folder / "calls.jsonl").write_text("\n".join(lines) + "\n")
    desk.write(SLACK.format(url=slack.url, channel=CHANNEL) + '[sync]\nlogs = "calls.jsonl"\n')
    return desk


def only(desk: Desk):  # type: ignore[no-untyped-def]
    return next(iter(desk.stories.values()))


def test_an_id_in_the_text_links_it(logged: Desk, slack: FakeSlack) -> None:
    slack.say("chatcmpl-fd86b5e47f719651b57de42b was rude")
    logged.sync()

    kept = logged.inbox.whole(logged.inbox.read().items[0])

    assert (only(logged).call.call, only(logged).call.how) == (KEY, "an id in the text")
    assert kept.call.key == KEY
    assert len(kept.raw) == 1


def test_the_time_of_a_permalink_and_a_user_link_it(logged: Desk, slack: FakeSlack) -> None:
    at = next(row for row in rows(logged) if row.key == KEY)
    near = f"{at.at + 30:.6f}".replace(".", "")
    slack.say(f"see <https://acme.slack.com/archives/C1/p{near}> of user {at.user_id}")
    logged.sync()

    assert (only(logged).call.call, only(logged).call.how) == (KEY, "time and user")


def test_a_time_that_fits_several_calls_of_a_user_links_none(
    logged: Desk, slack: FakeSlack
) -> None:
    found = rows(logged)
    first = next(
        row
        for row in found
        if sum(r.user_id == row.user_id and abs(r.at - row.at) < 600 for r in found) > 1
    )
    when = datetime.fromtimestamp(first.at, UTC).isoformat()
    slack.say(f"user {first.user_id} at {when} heard nonsense")
    logged.sync()

    assert only(logged).call is None


def test_wording_alone_only_offers_and_a_person_picks(
    logged: Desk, slack: FakeSlack, capsys: pytest.CaptureFixture[str]
) -> None:
    slack.say(f"Customer: {RIDES}\nBot: Nowhere.")
    logged.sync()
    story = only(logged)
    before = logged.inbox.read().items
    host = Host(logged.folder, {"HOME": str(logged.folder)}, lambda: logged.now)
    code = command(["inbox", "link", story.id, KEY, "--corpus", str(logged.corpus)], host)
    after = logged.inbox.read().items

    assert code == 0
    assert story.call is None
    assert story.offered[0][0] == KEY
    assert story.offered[0][1] > 0.9
    assert [len(before), len(after)] == [1, 1]
    assert logged.inbox.whole(after[0]).call.key == KEY
    assert only(logged).item == after[0].mark_id
    assert only(logged).offered == ()


def test_a_report_like_no_call_offers_none(logged: Desk, slack: FakeSlack) -> None:
    slack.say("zzz qqq")
    logged.sync()

    assert only(logged).offered == ()


def test_logs_that_cannot_be_read_stop_no_report(logged: Desk, slack: FakeSlack) -> None:
    (logged.folder / "calls.jsonl").unlink()
    slack.say("it lied")
    done = logged.sync()

    assert done.looked[0].new == 1
    assert done.notes[0].startswith("the logs cannot be read")


def test_a_dropped_log_line_is_the_call_itself(logged: Desk, slack: FakeSlack) -> None:
    slack.say(NATIVE.read_bytes().split(b"\n")[0].decode())
    logged.sync()

    assert only(logged).call is not None
    assert logged.inbox.whole(logged.inbox.read().items[0]).call.input_messages


def rows(desk: Desk):  # type: ignore[no-untyped-def]
    from tailllm.channel.linking import opened
    from tailllm.config.load import load

    feed = opened(
        [str(desk.folder / "calls.jsonl")],
        load(None, cwd=desk.folder, environ={}),
        lambda: desk.now,
    )
    try:
        return [row for _, row in feed.window.newest_first()]
    finally:
        feed.close()
