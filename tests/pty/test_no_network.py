"""A host without any network: all but asking models and channels works."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.pty.terminal import TAILLLM, start
from tests.pty.test_tail_faults import append, call

pytestmark = [pytest.mark.pty, pytest.mark.long]

ALONE = ["unshare", "-U", "-r", "-n"]


@pytest.fixture
def alone() -> list[str]:
    if not shutil.which("unshare") or subprocess.run([*ALONE, "true"], check=False).returncode:
        pytest.skip("this host gives no namespaces")
    return ALONE


def test_a_session_without_a_network_follows_finds_marks_and_triages(
    tmp_path: Path, alone: list[str]
) -> None:
    log, home, corpus = tmp_path / "calls.jsonl", tmp_path / "home", tmp_path / "corpus"
    home.mkdir()
    log.write_bytes(call("MK-0000"))
    words = [*alone, *TAILLLM, str(log), "--corpus", str(corpus)]
    terminal = start(words, {"HOME": str(home)}, columns=120, rows=30, cwd=tmp_path)
    terminal.wait_for(" 1 held")
    append(log, call("MK-0001"))
    terminal.wait_for(" 2 held")
    terminal.send("m")
    terminal.wait_for("Marked, in")
    terminal.send("\r")
    terminal.wait_for("[ Seen ]")
    terminal.send("/MK-0001\r")
    terminal.wait_for("1 hit")
    terminal.send("q")
    terminal.wait_for(" 2 held")
    terminal.send("3")
    terminal.wait_for("1 of 1 to triage")
    terminal.send("a")
    terminal.wait_for("Accepted as")
    terminal.send("\x03")
    code = terminal.wait_for_exit()
    terminal.close()

    assert code == 0
    assert {path.suffix for path in (corpus / "cases").iterdir()} == {".toml"}


@pytest.mark.parametrize(
    ("verb", "code"),
    [
        (["calls", "."], 0),
        (["stats", ".", "--by", "model"], 0),
        (["sql", "SELECT count(*) FROM calls", "."], 0),
        (["mark", "MK-0000", "."], 3),
        (["inbox", "list"], 0),
        (["corpus", "check"], 3),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_no_verb_over_a_log_or_a_corpus_needs_a_network(
    tmp_path: Path, alone: list[str], verb: list[str], code: int
) -> None:
    (tmp_path / "calls.jsonl").write_bytes(call("MK-0000"))
    terminal = start([*alone, *TAILLLM, *verb], {"HOME": str(tmp_path)}, cwd=tmp_path)
    left = terminal.wait_for_exit()
    raw = terminal.raw
    terminal.close()

    assert left == code, raw
    assert b"Traceback" not in raw
