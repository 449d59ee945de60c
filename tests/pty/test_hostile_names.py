"""Names of files, arguments and configs are foreign text too."""

import re
from pathlib import Path

import pytest

from tests.pty import hostile, wire
from tests.pty.terminal import TAILLLM, start, tailllm

pytestmark = pytest.mark.pty


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("names")
    hostile.write_log(folder, hostile.HOSTILE_NAME)
    (folder / "short.jsonl").write_bytes(hostile.calls()[:20_000].rpartition(b"\n")[0] + b"\n")
    (folder / "bad.toml").write_text('[display]\n"th\\u001b]0;owned\\u0007" = "[/x]"\n')
    return folder


def test_a_hostile_file_name_in_header_notices_and_raw_view(folder: Path) -> None:
    log = folder / hostile.HOSTILE_NAME
    with tailllm(folder, columns=120, env={"HOME": str(folder)}) as terminal:
        terminal.wait_until(lambda screen: re.search(r" [1-9]\d* held", screen))
        log.rename(folder / f"{hostile.HOSTILE_NAME}.1")
        hostile.write_log(folder, hostile.HOSTILE_NAME)
        terminal.send("N")
        terminal.wait_until(lambda screen: "FILES" in screen and "otated" in screen)
        terminal.send("q")
        terminal.wait_for(" held")
        terminal.send("G\r")
        terminal.wait_for("[ Seen ]")
        terminal.send("r")
        terminal.wait_until(lambda screen: "[ Raw ]" in screen and "LK" in screen)
        terminal.send("\x03")

        assert terminal.wait_for_exit() == 0
        assert "␛]0;owned␇[red][x]‹RLO›↵-rf.jsonl" in terminal.raw.decode()
        assert wire.foreign(terminal.raw) == []
        assert wire.modes_left(terminal.raw) == {}


@pytest.mark.parametrize(
    "argv",
    [
        ["calls", "."],
        ["calls", ".", "--rejects"],
        ["stats", ".", "--by", "model"],
        ["show", "LK044", hostile.HOSTILE_NAME],
        ["show", "LK044", hostile.HOSTILE_NAME, "--raw"],
        ["show", "\x1b]0;owned\x07\u202e", "."],
        ["mark", "LK044", hostile.HOSTILE_NAME, "--corpus", "corpus"],
        ["mark", "LK045", hostile.HOSTILE_NAME, "--corpus", "x\x1b]0;owned\x07"],
        ["calls", "missing\x1b]0;owned\x07.jsonl"],
        ["calls", "short.jsonl", "--config", "missing\x1b]0;owned\x07.toml"],
        ["calls", "short.jsonl", "--config", "bad.toml"],
        ["--\x1b]0;owned\x07"],
        ["stats", "short.jsonl", "--by", "\x1b]0;owned\x07"],
    ],
    ids=lambda argv: " ".join(argv).encode("ascii", "backslashreplace").decode()[:40],
)
def test_no_command_writes_a_control_to_a_terminal(folder: Path, argv: list[str]) -> None:
    terminal = start([*TAILLLM, *argv], {"HOME": str(folder)}, columns=200, rows=50, cwd=folder)
    terminal.wait_for_exit()
    raw = terminal.raw
    terminal.close()

    assert raw
    assert b"Traceback" not in raw
    assert not {b"\x1b", b"\x07"} & {raw[n : n + 1] for n in range(len(raw))}
    assert wire.foreign(raw) == []
