"""Marks of a production host come home: nothing twice, nothing lost, nothing obeyed."""

import contextlib
import getpass
import os
import random
import shutil
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tailllm.channel.pull import place, pull
from tailllm.cli.main import run as command
from tailllm.cli.parser import Host
from tailllm.corpus.inbox import Inbox
from tailllm.corpus.marks import Marks
from tailllm.errors import SourceError, UsageError
from tests.corpus.inboxes import asked
from tests.wait import wait_until

LOCAL = ("sh", "-c", 'shift; shift; exec sh -c "$1"', "ssh")
"""In the place of ssh: the shell of this host, given what the shell there would be given."""
OPTIONS = [
    "-oProxyCommand=touch x:y",
    "-l:x",
    "--:x",
    "a b:x",
    ":x",
    "host:",
    "u@-host:x",
    "h;id:x",
]


class There:
    """A host with a corpus of its own."""

    def __init__(self, folder: Path, host: str = "web-1") -> None:
        self.corpus = folder
        self.now = 1_795_348_800.0
        who = {"by": "ops", "host": host, "version": "0"}
        clock = lambda: self.now  # noqa: E731
        self.marks = Marks(folder, fallback=folder / "state", clock=clock, **who)
        self.inbox = Inbox(folder, self.marks, clock=clock, **who)

    def mark(self, text: str) -> str:
        self.now += 1
        return self.marks.mark(asked(text), (), paths={}).mark_id

    @property
    def texts(self) -> list[str]:
        items = self.inbox.read().items
        return [self.inbox.whole(item).call.input_messages[-1].text for item in items]


@pytest.fixture
def there(tmp_path: Path) -> There:
    return There(tmp_path / "far away" / "it's")


@pytest.fixture
def home_(tmp_path: Path) -> There:
    return There(tmp_path / "near", "desk")


def fetch(there: There, here: There) -> list[tuple[str, int, int]]:
    found = pull(place(f"ops@web-1:{there.corpus}"), here.corpus, LOCAL)
    return [(one.name, one.new, one.known) for one in found]


def test_what_was_marked_there_is_in_the_inbox_here_once(there: There, home_: There) -> None:
    for number in range(3):
        there.mark(f"far {number}")
    first = fetch(there, home_)
    home_.mark("near")
    there.mark("far 3")
    second, third = fetch(there, home_), fetch(there, home_)

    assert first == [("marks.jsonl", 3, 0)]
    assert (second, third) == ([("marks.jsonl", 1, 3)], [("marks.jsonl", 0, 4)])
    assert sorted(home_.texts) == ["far 0", "far 1", "far 2", "far 3", "near"]
    assert {voice.who for item in home_.inbox.read().items for voice in item.voices} == {"ops"}


def test_decisions_and_reports_come_along(there: There, home_: There) -> None:
    there.inbox.report(asked("told"), source="paste", note="rude")
    there.inbox.dismiss(there.inbox.read().items[0], "works as meant")

    assert fetch(there, home_) == [("inbox.jsonl", 2, 0)]
    assert [item.state for item in home_.inbox.read().items] == ["ops dismissed: works as meant"]


def test_an_older_unmark_there_takes_no_newer_mark_here(there: There, home_: There) -> None:
    item = there.mark("both")
    there.marks.unmark(item)
    home_.now = there.now + 60
    home_.mark("both")
    fetch(there, home_)

    assert home_.texts == ["both"]


def test_a_mark_there_does_not_bring_back_what_was_unmarked_here_later(
    there: There, home_: There
) -> None:
    item = there.mark("both")
    fetch(there, home_)
    home_.now = there.now + 60
    home_.marks.unmark(item)
    fetch(there, home_)

    assert home_.texts == []


@pytest.mark.parametrize("cut", [0.1, 0.5, 0.9, 0.999])
def test_a_pull_that_is_cut_off_keeps_whole_lines_and_the_next_one_finishes(
    there: There, home_: There, cut: float
) -> None:
    for number in range(20):
        there.mark(f"far {number}")
    whole = (there.corpus / "marks.jsonl").stat().st_size
    broken = ("sh", "-c", f'shift; shift; sh -c "$1" | head -c {int(whole * cut)}', "ssh")
    with pytest.raises(SourceError, match="not read to its end"):
        pull(place(f"web-1:{there.corpus}"), home_.corpus, broken)
    kept = len(home_.texts)
    fetch(there, home_)

    assert kept == pytest.approx(20 * cut, abs=1.5)
    assert home_.texts == [f"far {number}" for number in range(20)]
    assert home_.inbox.read().unread == 0


@pytest.mark.parametrize("words", OPTIONS)
def test_what_could_be_an_option_of_ssh_is_refused(words: str) -> None:
    with pytest.raises(UsageError, match="is no user@host:path"):
        place(words)


@pytest.mark.parametrize(
    "path", ["$(touch {0})", "`touch {0}`", "x; touch {0}", "-rf'; touch {0};'"]
)
def test_no_path_is_obeyed_by_the_shell_there(tmp_path: Path, home_: There, path: str) -> None:
    victim = tmp_path / "victim"
    with pytest.raises(SourceError):
        pull(place(f"web-1:{path.format(victim)}"), home_.corpus, LOCAL)

    assert not victim.exists()


def test_lines_that_are_none_of_ours_stay_there(there: There, home_: There) -> None:
    there.mark("far")
    foreign = [
        b"{",
        b"[]",
        b'{"schema": 1}',
        b'{"schema":1,"mark_id":"\xe2\x80\xae"}',
        b"#end",
        b"\x1b[2J",
    ]
    with (there.corpus / "marks.jsonl").open("ab") as file:
        file.write(b"\n".join(foreign[:4]) + b"\n" + foreign[5])
    found = pull(place(f"web-1:{there.corpus}"), home_.corpus, LOCAL)

    assert [(one.new, one.refused) for one in found] == [(1, 5)]
    assert home_.texts == ["far"]
    assert home_.inbox.read().unread == 0


def test_a_corpus_that_is_not_there_is_named(
    tmp_path: Path,
    home_: There,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fake = tmp_path / "bin" / "ssh"
    fake.parent.mkdir()
    fake.write_text('#!/bin/sh\nfor last; do :; done\nexec sh -c "$last"\n')
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake.parent}:{os.environ['PATH']}")
    host = Host(tmp_path, {"HOME": str(tmp_path)}, lambda: 1.0)

    code = command(["corpus", "pull", "web-1:nowhere", "--corpus", str(home_.corpus)], host)

    assert code == 3
    assert "web-1:nowhere was not read to its end" in capsys.readouterr().err


@pytest.mark.long
def test_a_pull_that_is_killed_loses_and_doubles_nothing(
    there: There, home_: There, tmp_path: Path
) -> None:
    for number in range(400):
        there.mark(f"far {number} {'x' * 20_000}")
    fake = tmp_path / "bin" / "ssh"
    fake.parent.mkdir()
    fake.write_text('#!/bin/sh\nfor last; do :; done\nsh -c "$last" | dd bs=64k 2>/dev/null\n')
    fake.chmod(0o755)
    words = ["corpus", "pull", f"web-1:{there.corpus}", "--corpus", home_.corpus]
    path = f"{fake.parent}:{os.environ['PATH']}"
    rng = random.Random(7)
    killed = 0
    for _ in range(12):
        child = subprocess.Popen(
            [sys.executable, "-m", "tailllm", *words],
            env={**os.environ, "PATH": path, "PYTHONPATH": ":".join(sys.path)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(rng.uniform(0.2, 0.9))
        child.kill()
        killed += child.wait() == -signal.SIGKILL
    fetch(there, home_)
    lines = (home_.corpus / "marks.web-1.jsonl").read_bytes().splitlines()
    whole = [line for line in lines if line.endswith(b"}")]

    assert killed > 0
    assert len(whole) == len(set(whole)) == 400
    assert len(home_.inbox.read().items) == 400


@pytest.fixture
def sshd(tmp_path: Path) -> Iterator[Path]:
    """A real sshd on loopback; the ssh that reaches it stands in the folder that is given."""
    daemon = shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    if daemon is None or shutil.which("ssh-keygen") is None:
        pytest.skip("no sshd here: apt-get install openssh-server")
    if os.getuid() == 0:
        with contextlib.suppress(OSError):
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    for name in ("host", "user"):
        words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / name)]
        subprocess.run(words, check=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = tmp_path / "sshd_config"
    config.write_text(
        f"ListenAddress 127.0.0.1\nPort {port}\nHostKey {tmp_path}/host\nStrictModes no\n"
        f"AuthorizedKeysFile {tmp_path}/user.pub\nPasswordAuthentication no\nUsePAM no\n"
        f"PermitRootLogin prohibit-password\nPidFile none\n"
    )
    server = subprocess.Popen([daemon, "-D", "-e", "-f", config], stderr=subprocess.DEVNULL)
    wrapper = tmp_path / "bin" / "ssh"
    wrapper.parent.mkdir()
    wrapper.write_text(
        f"#!/bin/sh\nexec {shutil.which('ssh')} -F none -p {port} -i {tmp_path}/user "
        f'-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR "$@"\n'
    )
    wrapper.chmod(stat.S_IRWXU)
    try:
        if not listens(port, server):
            pytest.skip(f"sshd ends at once with {server.returncode}")
        yield wrapper.parent
    finally:
        server.kill()
        server.wait()


def listens(port: int, server: "subprocess.Popen[bytes]") -> bool:
    def is_up() -> bool:
        with socket.socket() as probe:
            return server.poll() is not None or probe.connect_ex(("127.0.0.1", port)) == 0

    wait_until(is_up)
    return server.poll() is None


@pytest.mark.long
def test_marks_come_from_a_real_sshd(
    sshd: Path,
    there: There,
    home_: There,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for number in range(200):
        there.mark(f"far {number}")
    monkeypatch.setenv("PATH", f"{sshd}:{os.environ['PATH']}")
    host = Host(tmp_path, {"HOME": str(tmp_path)}, lambda: 1.0)
    where = f"{getpass.getuser()}@127.0.0.1:{there.corpus}"
    codes = [command(["corpus", "pull", where, "--corpus", str(home_.corpus)], host) for _ in "12"]

    assert codes == [0, 0]
    assert capsys.readouterr().out.splitlines() == [
        "marks.jsonl: 200 new, 0 known",
        "marks.jsonl: 0 new, 200 known",
    ]
    assert home_.texts == [f"far {number}" for number in range(200)]
