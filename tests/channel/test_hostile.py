"""Text from outside does nothing: not on the terminal, not where it goes out again."""

import json
import random
import time
from pathlib import Path

import pytest

from tailllm.channel import escape
from tailllm.cli.main import run as command
from tailllm.cli.parser import Host
from tests.channel.conftest import ENVIRON, Desk
from tests.channel.fake_github import FakeGitHub
from tests.channel.fake_slack import FakeSlack
from tests.channel.server import Asked, Said
from tests.pty.patterns import PATTERNS

CALLS = [
    "<!channel> <!here> <!everyone> <!subteam^S012|@ops>",
    "<@U0ANA> @here @channel @acme/team",
    "fixes #1, closes acme/bot#7, GH-9 resolves https://github.com/a/b/issues/3",
    "![x](https://evil.example/beacon.png) <img src=http://evil.example/x>",
    "[click](javascript:alert(1)) www.evil.example `code` **bold** <script>",
    "| a | b |\n|---|---|\n# title\n> quote\n- [x] done",
]


@pytest.mark.parametrize("text", CALLS)
def test_slack_sees_no_mention_and_no_link(text: str) -> None:
    sent = escape.slack(text)

    assert not [
        bad for bad in ("<", ">", "@here", "@ch", "@ac", "://", "www.", "\n") if bad in sent
    ]


@pytest.mark.parametrize("text", CALLS)
def test_github_sees_no_mention_number_image_or_link(text: str) -> None:
    sent = escape.github(text)
    bad = ("@h", "@c", "@a", "#1", "#7", "GH-9", "://", "www.", "![", "](", "\n", "\\\\[")

    assert not [each for each in bad if each in sent]
    assert all(sent[n - 1] == "\\" for n, char in enumerate(sent) if char in "`*_[]()<>!|")


def test_escaped_words_can_still_be_read() -> None:
    sent = escape.slack("works as meant, see docs & ask Ben")

    assert sent == "works as meant, see docs &amp; ask Ben"


def test_no_byte_of_a_report_acts_on_the_terminal(
    desk: Desk, slack: FakeSlack, capsys: pytest.CaptureFixture[str]
) -> None:
    for number, pattern in enumerate(PATTERNS):
        text = pattern if isinstance(pattern, str) else str(pattern)
        slack.say(f"{number} {text}", f"U{number}{text[:20]}")
    host = Host(desk.folder, {**ENVIRON, "HOME": str(desk.folder)}, lambda: desk.now)
    verbs = ["sync", "inbox list", "inbox list --json", "inbox ledger", "inbox digest"]

    codes = [command([*verb.split(), "--corpus", str(desk.corpus)], host) for verb in verbs]
    told = "".join(capsys.readouterr())
    files = [path.read_text("utf-8") for path in desk.corpus.glob("*.jsonl")]

    assert codes == [0] * len(verbs)
    assert len(desk.stories) == len(PATTERNS)
    assert len(files) == 4
    assert [char for char in told if not is_inert(char)] == []
    assert [char for text in files for char in text if not is_inert(char)] == []


def is_inert(char: str) -> bool:
    """Shown by a terminal, or one of ours: a line's end, and what breaks a mention in two."""
    return char.isprintable() or char in ("\n", escape.JOINER)


def test_hostile_shapes_of_json_stop_nothing(desk: Desk, slack: FakeSlack) -> None:
    odd = [None, 7, [], {"ts": 1}, {"ts": "../../x"}, {"ts": "1.1", "reactions": 3, "edited": []}]
    real = slack._conversations_history

    def answer(asked: dict) -> dict:
        found = real(asked)
        return found | {"messages": [*odd, *found["messages"]]}

    slack._conversations_history = answer  # type: ignore[method-assign]
    slack.say(json.dumps({"messages": [[[]]], "at": {}, "reporter": 7, "link": ["x"]}))
    slack.say("[" * 5000)

    began = time.monotonic()
    looked = desk.sync().looked[0]

    assert looked.trouble == ""
    assert looked.new >= 2
    assert time.monotonic() - began < 20


SLOW = ["a.", "user ", "<", "<a|", "http://", "<script", "<a ", ":", "bot", " ", "*", "@", "1"]
SLOW += ["user " + " " * 9, "account id ", "user-", "#", "`", "[[", '{"a":', "\\u00", "eyJ", "sk-"]


def test_no_text_keeps_a_sync_busy(desk: Desk, slack: FakeSlack) -> None:
    for piece in SLOW:
        slack.say(f"user {piece * 100_000}"[:100_000])
        slack.say(piece * 9_000, "U" * 9_000)
    page = b"Content-Type: text/html\n\n"
    for name in ("cur", "new", "tmp"):
        (desk.folder / "box" / name).mkdir(parents=True)
    for number, piece in enumerate(SLOW):
        (desk.folder / "box" / "new" / str(number)).write_bytes(page + piece.encode() * 50_000)
    toml = (desk.folder / "tailllm.toml").read_text()
    desk.write(toml + '[channels.letters]\nkind = "mail"\npath = "box"\n')

    began = time.monotonic()
    looked = desk.sync().looked

    assert [one.trouble for one in looked] == ["", ""]
    assert looked[1].new == len(SLOW)
    assert time.monotonic() - began < 30


@pytest.mark.parametrize("seed", range(3))
def test_no_answer_of_a_server_stops_a_sync(desk: Desk, slack: FakeSlack, seed: int) -> None:
    rng = random.Random(seed)
    desk.write((desk.folder / "tailllm.toml").read_text() + "[sync]\npatience_s = 0\n")
    obey = slack.obey
    slack.obey = lambda asked: Said(bent(obey(asked).value, rng))
    for number in range(6):
        ts = slack.say(f"number {number}", reactions=[{"name": "weird", "users": ["U0BEN"]}])
        slack.reply(ts, "more", edited={"ts": ts})
        desk.sync()
    slack.obey = obey
    slack.say("the last one")
    looked = desk.sync().looked[0]

    assert looked.trouble == ""
    assert "the last one" in desk.notes


@pytest.mark.parametrize("seed", range(3))
def test_no_answer_of_github_stops_a_sync(desk: Desk, github: FakeGitHub, seed: int) -> None:
    rng = random.Random(seed)
    desk.write((desk.folder / "tailllm.toml").read_text() + "page = 2\n[sync]\npatience_s = 0\n")
    obey = github.obey

    def answer(asked: Asked) -> Said:
        said = obey(asked)
        return said._replace(value=bent(said.value, rng))

    github.obey = answer
    for number in range(6):
        github.comment(github.open(f"number {number}"), "more")
        desk.sync()
    github.obey = obey
    github.open("the last one")
    looked = desk.sync().looked[0]

    assert looked.trouble == ""
    assert "the last one" in desk.notes


ODD = [
    None,
    True,
    0,
    -1,
    1e308,
    "",
    "x",
    "9" * 40,
    "1.1",
    [],
    {},
    [[]],
    {"ts": {}},
    "\ud800",
    "\x1b",
]


def bent(value: object, rng: random.Random) -> object:
    """The same JSON with a few values of another kind."""
    if rng.random() < 0.04:
        return rng.choice(ODD)
    if isinstance(value, dict):
        return {name: bent(inner, rng) for name, inner in value.items()}
    return [bent(inner, rng) for inner in value] if isinstance(value, list) else value


def test_a_cursor_that_nobody_can_read_costs_reading_again(desk: Desk, slack: FakeSlack) -> None:
    slack.say("it lied")
    desk.sync()
    for place in ({}, {"done": 7}, {"done": "x", "threads": []}, {"done": "1.1", "top": "2.2"}):
        line = {"schema": 1, "source": "slack:C0WEIRD", "at": "", "place": place}
        with (desk.corpus / "cursors.jsonl").open("a") as file:
            file.write(json.dumps(line) + "\n")

        looked = desk.sync().looked[0]

        assert (looked.new, looked.known, looked.trouble) == (0, 1, "")


def test_no_path_is_made_from_what_comes_in(desk: Desk, slack: FakeSlack, tmp_path: Path) -> None:
    slack.say("../../../etc/passwd", "../../x", ts="1795300001.000001")
    desk.sync()

    assert {path.name for path in desk.corpus.rglob("*")} <= {
        "inbox.jsonl", "reports.jsonl", "outbox.jsonl", "cursors.jsonl",
    }  # fmt: skip
