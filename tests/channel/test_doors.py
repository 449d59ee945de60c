"""What leaves the host goes where the config says, and the token goes nowhere else."""

import contextlib
import logging
import re
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import repeat
from pathlib import Path

import pytest

import tailllm
from tailllm.cli.main import run as command
from tailllm.cli.parser import Host
from tests.channel.conftest import ENVIRON, GITHUB, SLACK, Desk
from tests.channel.fake_github import REPO, FakeGitHub
from tests.channel.fake_slack import CHANNEL, FakeSlack
from tests.channel.server import TOKEN, Asked, Said


def test_a_redirect_is_not_followed(desk: Desk, slack: FakeSlack) -> None:
    thief = FakeSlack()
    place = {"Location": f"{thief.url}/api/conversations.history"}
    slack.faults = repeat(Said({}, 307, place))

    looked = desk.sync().looked[0]
    thief.close()

    assert looked.trouble.endswith("answered 307: redirects are not followed")
    assert thief.asked == []


@pytest.fixture(scope="module")
def self_signed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    words = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost"
    subprocess.run(
        ["openssl", *words.split(), "-keyout", path, "-out", f"{path}.crt"],
        capture_output=True,
        check=True,
    )
    path.write_bytes(path.read_bytes() + Path(f"{path}.crt").read_bytes())
    return path


def test_a_self_signed_server_gets_nothing(desk: Desk, slack: FakeSlack, self_signed: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(self_signed)
    slack._http.socket = context.wrap_socket(slack._http.socket, server_side=True)
    url = slack.url.replace("http:", "https:")
    desk.write(SLACK.format(url=url, channel=CHANNEL) + "[sync]\npatience_s = 0\n")

    looked = desk.sync().looked[0]

    assert "certificate" in looked.trouble
    assert slack.asked == []


def test_a_server_that_never_answers_costs_its_time_and_no_more(
    desk: Desk, slack: FakeSlack
) -> None:
    desk.write(
        SLACK.format(url=slack.url, channel=CHANNEL) + "timeout_s = 0.2\n[sync]\npatience_s = 0\n"
    )
    slack.lock.acquire()
    began = time.monotonic()

    looked = desk.sync().looked[0]
    took = time.monotonic() - began
    slack.lock.release()

    assert looked.trouble.endswith("took over 0.2 s")
    assert took < 20, "the answer would never come"


def test_the_environment_sends_nobody_through_a_proxy(
    desk: Desk, slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    thief = FakeSlack()
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "all_proxy"):
        monkeypatch.setenv(name, thief.url)
    slack.say("it lied")

    looked = desk.sync().looked[0]
    thief.close()

    assert looked.new == 1
    assert thief.asked == []


@pytest.mark.parametrize("token", ["", "  ", "a\nb"], ids=["empty", "blank", "two lines"])
def test_without_a_token_nothing_is_sent(desk: Desk, slack: FakeSlack, token: str) -> None:
    looked = desk.sync({"SLACK_TOKEN": token}).looked[0]

    assert "channels.weird: the environment variable SLACK_TOKEN" in looked.trouble
    assert slack.asked == []


@pytest.mark.parametrize("fault", ["reset", Said({}, 401), Said({TOKEN: TOKEN}, 500), None])
def test_the_token_is_in_no_log_file_or_error(
    desk: Desk,
    slack: FakeSlack,
    fault: Said | str | None,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    desk.write(SLACK.format(url=slack.url, channel=CHANNEL) + "[sync]\npatience_s = 0\n")
    slack.say(f"my token is {TOKEN}")
    slack.faults = iter([fault])
    host = Host(desk.folder, {**ENVIRON, "HOME": str(desk.folder)}, lambda: desk.now)
    with caplog.at_level(logging.DEBUG):
        command(["sync", "--corpus", str(desk.corpus)], host)
    told = capsys.readouterr()
    files = [path.read_bytes() for path in desk.folder.rglob("*") if path.is_file()]

    assert slack.asked[0].headers["Authorization"] == f"Bearer {TOKEN}"
    assert TOKEN not in told.out + told.err + caplog.text
    assert [text for text in files if TOKEN.encode() in text] == []


def test_the_token_is_in_no_process_list(desk: Desk, slack: FakeSlack) -> None:
    listed: list[bytes] = []
    obey = slack.obey

    def look(asked: Asked) -> Said:
        listed.extend(cmdlines())
        return obey(asked)

    slack.obey = look
    subprocess.run(
        [sys.executable, "-m", "tailllm", "sync", "--corpus", str(desk.corpus)],
        cwd=desk.folder,
        env={**ENVIRON, "PATH": "/usr/bin", "PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        timeout=60,
        check=True,
    )

    assert [row for row in listed if b"sync" in row and str(desk.corpus).encode() in row]
    assert [row for row in listed if TOKEN.encode() in row] == []


def cmdlines() -> Iterator[bytes]:
    """Of every process there is; some end while we look."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            yield path.read_bytes()


@pytest.mark.parametrize(
    "url",
    [
        "http://slack.com/api",
        "https://u:p@slack.com",
        "https://slack.com/?token=x",
        "ftp://x",
        "//",
    ],
)
def test_an_address_that_could_leak_is_refused(
    desk: Desk, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.write(SLACK.format(url="", channel=CHANNEL).replace('"/api"', f'"{url}"'))

    code = command(["sync"], Host(desk.folder, {}, lambda: desk.now))

    assert code == 2
    assert "channels.weird.url" in capsys.readouterr().err.replace("[", ".").replace("]", "")


def test_what_comes_in_names_no_place_to_send_to(desk: Desk, slack: FakeSlack) -> None:
    thief = FakeGitHub()
    desk.write(
        SLACK.format(url=slack.url, channel=CHANNEL) + GITHUB.format(url=thief.url, repo=REPO)
    )
    thief.faults = repeat(Said([], 200))
    slack.say(
        f'{{"text": "it lied", "channel": "C0OTHER", "link": "{thief.url}", "thread_ts": "1"}}'
    )
    desk.sync()
    desk.inbox.dismiss(desk.inbox.read().waiting[0], "no")
    desk.sync()

    assert {said["channel"] for said in slack.posted} == {CHANNEL}
    assert {asked.method for asked in thief.asked} == {"GET"}


def test_a_config_that_anybody_could_have_planted_gets_no_token(
    desk: Desk, slack: FakeSlack, capsys: pytest.CaptureFixture[str]
) -> None:
    (desk.folder / "here").mkdir()
    desk.folder.chmod(0o777)

    code = command(["sync"], Host(desk.folder / "here", ENVIRON, lambda: desk.now))

    assert code == 2
    assert "sends a token (a channel)" in capsys.readouterr().err
    assert slack.asked == []


def test_the_screens_know_only_the_files_of_the_channel() -> None:
    """A screen that cannot reach the network cannot wait for it."""
    tui = Path(tailllm.__file__).parent / "tui"
    found = {
        name
        for path in tui.rglob("*.py")
        for name in re.findall(r"tailllm\.channel\.(\w+)", path.read_text())
    }

    assert found == {"arrivals", "board"}
