"""Terminals that can do little, and a mouse that goes everywhere."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.pty import hostile, wire
from tests.pty.terminal import TAILLLM, start, tailllm
from tests.pty.test_tail_faults import append, call

pytestmark = pytest.mark.pty

POOR = {
    "C locale, 40 columns": ({"LC_ALL": "C", "LANG": "C"}, 40, 10),
    "ISO-8859-1": ({"LC_ALL": "de_DE.ISO-8859-1", "LANG": "de_DE.ISO-8859-1"}, 80, 24),
    "dumb": ({"TERM": "dumb"}, 80, 24),
    "unknown terminal": ({"TERM": "no-such-terminal"}, 80, 24),
    "no colour": ({"NO_COLOR": "1"}, 80, 24),
    "one column": ({}, 1, 24),
    "one row": ({}, 80, 1),
}
SHORT = "C locale, 40 columns"
LONG = [pytest.param(name, marks=pytest.mark.long) for name in POOR if name != SHORT]


@pytest.mark.parametrize("name", [SHORT, *LONG])
def test_a_poor_terminal_is_survived_and_gets_no_byte_of_a_log_as_a_command(
    tmp_path: Path, name: str
) -> None:
    env, columns, rows = POOR[name]
    log = hostile.write_log(tmp_path)
    with tailllm(log, "--corpus", tmp_path / "corpus", env=env, columns=columns, rows=rows) as it:
        it.wait_until(lambda _: len(it.raw) > 500, what="anything")
        it.send("kkkjp")
        append(log, call("MK-9999"))
        it.resize(100, 30)
        it.send("G")
        it.wait_for("MK-9999")
        it.send("k\r")
        it.wait_for("[ Seen ]")
        it.send("\t\tq")
        it.wait_for(" 125 held")
        it.send("q")
        code = it.wait_for_exit()

    assert code == 0
    assert wire.foreign(it.raw) == []
    assert wire.leaked(it.raw, hostile.TEXTS.values()) == []
    assert b"Traceback" not in it.raw


@pytest.fixture
def latin(tmp_path: Path) -> dict[str, str]:
    """The environment of a host whose locale is ISO-8859-1 indeed, made for this test."""
    place = tmp_path / "locales" / "de_DE.ISO-8859-1"
    place.parent.mkdir()
    words = ["localedef", "-i", "de_DE", "-f", "ISO-8859-1", str(place)]
    if not shutil.which("localedef") or subprocess.run(words, check=False).returncode > 1:
        pytest.skip("needs localedef and its sources")
    return {"LOCPATH": str(place.parent), "LC_ALL": place.name, "LANG": place.name}


@pytest.mark.long
def test_where_letters_are_latin_1_no_byte_acts_and_the_frame_keeps_its_form(
    tmp_path: Path, latin: dict[str, str]
) -> None:
    log = hostile.write_log(tmp_path)
    append(log, call("grüße 訂單"))
    with tailllm(log, "--corpus", tmp_path / "corpus", env=latin) as it:
        it.wait_for(" 125 held")
        it.send("\r")
        it.wait_for("[ Seen ]")
        it.send("q")
        it.wait_for(" 125 held")
        it.send("q")
        code = it.wait_for_exit()
    first = it.raw.partition(b"\x1b[2J")[2].partition(b"\x1b[?")[0].split(b"\r\r\n")[:20]
    text = it.raw.decode("latin-1").encode()

    assert code == 0
    assert "grüße".encode("latin-1") in it.raw
    assert all(len(re.sub(rb"\x1b\[[\d;]*m", b"", row)) <= 80 for row in first)
    assert wire.foreign(text) == []
    assert wire.leaked(text, hostile.TEXTS.values()) == []
    assert b"Traceback" not in it.raw


@pytest.mark.long  # tests/house/test_inert.py has the law for every commit
@pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")
def test_a_mouse_all_over_hostile_calls_opens_starts_and_marks_nothing(tmp_path: Path) -> None:
    log, seen, corpus = hostile.write_log(tmp_path), tmp_path / "trace", tmp_path / "corpus"
    config = tmp_path / "tailllm.toml"
    config.write_text("[display]\nmouse = true\n")
    argv = ["strace", "-f", "-e", "trace=execve,connect", "-o", str(seen), *TAILLLM, str(log)]
    argv += ["--config", str(config), "--corpus", str(corpus)]
    it = start(argv, columns=100, rows=40)
    it.wait_for(" 124 held")
    before = len(seen.read_text().splitlines())
    for keys, rows in (("G", range(5, 36)), ("\r", range(3, 36)), ("\t\t\t\t", range(3, 36))):
        it.send(keys)
        for row in rows:
            for column in range(2, 98, 6):
                it.send(f"\x1b[<35;{column};{row}M\x1b[<0;{column};{row}M\x1b[<0;{column};{row}m")
    it.send("\x1b[<2;9;9M\x1b[<2;9;9m\x1b[<64;9;9M\x1b[<65;9;9M")
    it.send("q")
    it.wait_for(" held")
    it.send("\x03")
    it.wait_for_exit()
    it.close()
    after = seen.read_text(errors="replace").splitlines()[before:]

    assert [row for row in after if "execve(" in row] == []
    assert [row for row in after if re.search(r"AF_INET", row)] == []
    assert not corpus.exists()
    assert wire.foreign(it.raw) == []
    assert wire.leaked(it.raw, hostile.TEXTS.values()) == []
