"""Who reported what, how long it took, who was told; and this week against the last."""

import json

import pytest

from tailllm.cli.main import run as command
from tailllm.cli.parser import Host
from tests.channel.conftest import ENVIRON, Desk
from tests.channel.fake_slack import FakeSlack

DAY = 86_400.0


class Told:
    def __init__(self, desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
        self._desk = desk
        self._capsys = capsys

    def __call__(self, *words: str, code: int = 0) -> str:
        home = {**ENVIRON, "HOME": str(self._desk.folder)}
        host = Host(self._desk.folder, home, lambda: self._desk.now)
        done = command([*words, "--corpus", str(self._desk.corpus)], host)
        out, err = self._capsys.readouterr()
        assert done == code, err
        return out


@pytest.fixture
def told(desk: Desk, capsys: pytest.CaptureFixture[str]) -> Told:
    return Told(desk, capsys)


@pytest.fixture
def weeks(desk: Desk, slack: FakeSlack) -> Desk:
    """Two reports of the week before, four of this one; five of the six are decided."""
    start = desk.now
    for day, user in enumerate(("U0ANA", "U0BEN", "U0ANA", "U0ANA", "U0BEN", "U0ANA")):
        at = start - (10 - day * 1.7) * DAY
        slack.say(f"Customer: {day}?\nBot: no", user, ts=f"{at:.6f}")
    desk.write((desk.folder / "tailllm.toml").read_text() + "first_h = 1000\n")
    desk.sync()
    for place, item in enumerate(desk.inbox.read().items[:5]):
        desk.now = item.at + 3600 * (place + 1)
        if place % 2:
            desk.inbox.dismiss(item, "works as meant")
        else:
            desk.inbox.accept(item)
    desk.now = start
    return desk


def test_the_digest_is_this_week_against_the_last(weeks: Desk, told: Told) -> None:
    rows = told("inbox", "digest").splitlines()

    assert rows[0] == "Came in: 4 (slack 4), the week before 2."
    assert rows[1] == "Decided: 2 accepted, 1 dismissed, 0 duplicates."
    assert rows[2].startswith("Learned: 2 cases (")
    assert rows[3] == "Thanks to Ana 3, Ben 1."
    assert rows[4].startswith("Median time to triage: 4h (3 of 4 decided); the week before 1h (2")
    assert rows[5].startswith("Waiting: 1 of 6 items, the oldest (")
    assert rows[5].endswith(", Ana) for 1d.")


def test_the_digest_is_markdown_and_json_too(weeks: Desk, told: Told) -> None:
    page, facts = told("inbox", "digest", "--format", "markdown"), told("inbox", "digest", "--json")

    assert "| came in | 4 | 2 |" in page
    assert json.loads(facts)["this"]["by_person"] == {"Ana": 3, "Ben": 1}
    assert json.loads(facts)["waiting"] == 1


def test_an_empty_channel_says_so_and_claims_no_time(desk: Desk, told: Told) -> None:
    rows = told("inbox", "digest").splitlines()

    assert rows[0] == "Came in: 0 (nothing), the week before 0."
    assert rows[4] == (
        "Median time to triage: - (0 of 0 decided); the week before - (0 of 0 decided)."
    )
    assert told("inbox", "ledger") == ""


def test_names_in_a_digest_call_nobody(desk: Desk, slack: FakeSlack, told: Told) -> None:
    slack.say("x", "<!channel> @here")
    desk.sync()

    rows = told("inbox", "digest")

    assert "<!" not in rows
    assert "@here" not in rows


def test_the_ledger_says_how_long_it_took_and_whether_they_were_told(
    weeks: Desk, slack: FakeSlack, told: Told
) -> None:
    before = told("inbox", "ledger").splitlines()
    weeks.sync()
    after = [json.loads(row) for row in told("inbox", "ledger", "--json").splitlines()]

    assert [row.split()[0] for row in before] == ["10d…", "8d…", "6d…", "4d…", "3d…", "1d…"]
    assert "  Ana  slack  waits  seen  slack:" in before[0]
    assert [row["told"] for row in after] == ["told"] * 5 + ["seen"]
    assert [row["state"].split()[0] for row in after] == [
        "accepted", "dismissed", "accepted", "dismissed", "accepted", "waits",
    ]  # fmt: skip
    assert [row["took_s"] for row in after[:3]] == [3600, 7200, 10800]


def test_what_is_pasted_is_in_the_ledger_too(desk: Desk, told: Told) -> None:
    (desk.folder / "said.txt").write_text("the bot was rude")
    told("inbox", "add", "said.txt", "--reporter", "cleo")

    row = json.loads(told("inbox", "ledger", "--json"))

    assert (row["author"], row["state"], row["told"]) == ("cleo", "waits", "-")
