"""Triage without a screen: from what somebody pasted to a case on disk."""

import io
import json
import random
from pathlib import Path

import pytest

from tailllm.cli.main import run as command
from tailllm.cli.parser import Host
from tests.cli.conftest import NATIVE

SUPPORT = Path(__file__).parents[2] / "examples" / "support"
PASTED = b"""the bot was rude
Customer: Where can I see my past rides?
Bot: Nowhere.
"""


@pytest.fixture
def host(tmp_path: Path, home: Path) -> Host:
    return Host(tmp_path, {"HOME": str(home)}, lambda: 1_795_400_000.0)


def test_a_pasted_report_becomes_a_case(
    host: Host, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(PASTED)))
    corpus = ["--corpus", "corpus", "inbox"]
    command([*corpus, "add", "--from", "slack"], host)
    item = capsys.readouterr().out.split()[0]

    code = command([*corpus, "accept", item[:12], "--label", "tone"], host)

    assert code == 0
    name, path = capsys.readouterr().out.split()
    assert name.startswith("the-bot-was-rude-")
    assert 'tags = ["tone"]' in Path(path).read_text()
    assert Path(path).parent == tmp_path / "corpus" / "cases"


def test_a_report_is_matched_to_its_logged_call(
    host: Host, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "report.txt").write_bytes(PASTED)
    corpus = ["--corpus", "corpus"]

    code = command([*corpus, "inbox", "add", "report.txt", "--log", str(NATIVE)], host)
    told = capsys.readouterr().err
    command([*corpus, "inbox", "list", "--json"], host)
    listed = json.loads(capsys.readouterr().out)

    assert code == 0
    assert "this is call resp:chatcmpl-fd86b5e47f719651b57de42b" in told
    assert listed["reply"].startswith("Open the app")
    assert listed["near"] == "no cases yet"


def test_a_dropped_log_line_keeps_everything_the_model_saw(
    host: Host, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = NATIVE.read_bytes().split(b"\n")[0]
    (tmp_path / "line.json").write_bytes(line)
    corpus = ["--corpus", "corpus", "inbox"]
    command([*corpus, "add", "line.json", "--reporter", "lena"], host)
    added = capsys.readouterr()

    command([*corpus, "accept", added.out[:12]], host)
    case = Path(capsys.readouterr().out.split()[1]).read_text()

    assert "its log line was dropped" in added.err
    assert 'content = "Where can I see my past rides?"' in case
    assert "You are the support assistant of Spokeshare" in case
    assert 'reported_by = "lena"' in case


def test_an_empty_inbox_says_what_would_fill_it(
    host: Host, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(["inbox", "list"], host) == 0
    assert "`m` on a call" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (["inbox"], "WHAT"),
        (["inbox", "accept", "ffff"], "no items start with 'ffff'"),
        (["inbox", "dismiss", "ffff"], "--why --duplicate-of is required"),
        (["inbox", "add", "nowhere.txt"], "cannot be read"),
        (["inbox", "add", str(NATIVE), "--at", "noonish"], "--at 'noonish' is no time"),
        (["inbox", "accept", "ffff", "--lable", "x"], "Did you mean --label?"),
    ],
    ids=["nothing to do", "unknown item", "no reason", "no file", "no time", "mistyped option"],
)
def test_a_refusal_is_one_line_with_what_to_do(
    host: Host, capsys: pytest.CaptureFixture[str], argv: list[str], told: str
) -> None:
    code = command(argv, host)
    err = capsys.readouterr().err

    assert code in (2, 3)
    assert told in err
    assert err.count("\n") == 1


def test_a_dismissed_item_no_longer_waits_and_says_why(
    host: Host, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "report.txt").write_bytes(PASTED)
    corpus = ["--corpus", "corpus", "inbox"]
    command([*corpus, "add", "report.txt"], host)
    item = capsys.readouterr().out[:12]

    command([*corpus, "dismiss", item, "--why", "works as meant"], host)
    command([*corpus, "list"], host)
    waiting = capsys.readouterr().out
    command([*corpus, "list", "--all"], host)

    assert waiting == ""
    assert "dismissed: works as meant" in capsys.readouterr().out

    run_undo = command([*corpus, "undo"], host)
    assert run_undo == 0
    assert "dismiss taken back" in capsys.readouterr().err


@pytest.mark.long
def test_whatever_is_dropped_or_damaged_is_never_answered_with_a_traceback(
    host: Host, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = random.Random(3)
    cases = tmp_path / "corpus" / "cases"
    cases.mkdir(parents=True)
    whole = sorted((SUPPORT / "corpus" / "cases").glob("*.toml"))
    pieces = (b"\n[expect]\n", b'"""', b"= ", b"\x00", b"\n[[", b"1e999", b"{", b"\xff", b"\x1b")
    for number in range(200):
        text = bytearray(rng.choice(whole).read_bytes())
        for _ in range(rng.randint(1, 5)):
            place = rng.randrange(len(text))
            text[place : place + rng.choice((0, 1, 30))] = rng.choice(pieces)
        (cases / f"damaged-{number}.toml").write_bytes(text)
    words = ("messages", "input", "text", "ts", "reporter", "user", "answer")
    values = (None, 1, [], {}, [1], [{"role": 1}], [{"content": {}}], "x", 1e400, "\ud83d")
    for number in range(200):
        odd: object = {rng.choice(words): rng.choice(values) for _ in range(3)}
        text = json.dumps(odd).encode() if number % 2 else rng.randbytes(80)
        (tmp_path / "odd.txt").write_bytes(text)

        assert command(["inbox", "add", "odd.txt"], host) in (0, 2)

    ends = [command(["corpus", verb], host) for verb in ("list", "check", "coverage", "export")]
    ends.append(command(["inbox", "list"], host))
    told = capsys.readouterr()

    assert ends == [3, 1, 3, 3, 0]
    assert not set("\x1b\x00\x9b\r") & set(told.out + told.err)
