"""However a session ends, the terminal is as it was, and nothing private is left on it."""

import signal
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.pty import wire
from tests.pty.terminal import Terminal, start, tailllm
from tests.pty.test_tail_faults import call

pytestmark = pytest.mark.pty

LONG = pytest.mark.long
KEY = "sk-proj-T3stK3yT3stK3yT3stK3yT3stK3y"
PROMPT = "the customer's private question"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "calls.jsonl"
    path.write_bytes(call("MK-0000") + call("MK-0001"))
    return path


@pytest.fixture
def session(log: Path) -> Iterator[tuple[Terminal, list[Any]]]:
    """A running session, and the terminal as it was before."""
    with tailllm(log, columns=100) as terminal:
        before = terminal.attributes()
        terminal.wait_for(" 2 held")
        yield terminal, before


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGTERM, 143), (signal.SIGINT, 0), pytest.param(signal.SIGHUP, 129, marks=LONG)],
)
def test_a_signal_restores_the_terminal(
    session: tuple[Terminal, list[Any]], number: signal.Signals, code: int
) -> None:
    terminal, before = session
    terminal.kill(number)

    assert terminal.wait_for_exit() == code
    assert wire.modes_left(terminal.raw) == {}
    assert b"leaked" not in terminal.raw
    assert terminal.attributes() == before


SLOW_TO_LOAD = """
import time
class Slow:
    def find_spec(self, name, path=None, target=None):
        if name == "tailllm.tui.app":
            time.sleep(600)
sys.meta_path.insert(0, Slow())
"""


@pytest.mark.parametrize(
    "number",
    [signal.SIGINT, *(pytest.param(n, marks=LONG) for n in (signal.SIGTERM, signal.SIGHUP))],
)
def test_a_signal_while_the_screens_are_still_being_loaded(
    log: Path, tmp_path: Path, number: signal.Signals
) -> None:
    terminal = start([*crashing(tmp_path, SLOW_TO_LOAD), str(log)], columns=100)
    before = terminal.attributes()
    terminal.wait_until(lambda _: b"\x1b[?1049h" in terminal.raw, what="the first frame")
    terminal.kill(number)
    code = terminal.wait_for_exit()
    raw, after = terminal.raw, terminal.attributes()
    terminal.close()

    assert code != 0
    assert wire.modes_left(raw) == {}
    assert after == before
    assert b"Traceback" not in raw


PAGER = """
import signal, sys
signal.signal(signal.SIGINT, lambda *_: print("still paging", flush=True))
print("paging now", flush=True)
sys.stdin.readline()
"""


@LONG
def test_an_interrupt_of_the_pager_is_not_ours(log: Path, tmp_path: Path) -> None:
    script = tmp_path / "pager.py"
    script.write_text(PAGER)
    with tailllm(log, columns=100, env={"PAGER": f"{sys.executable} {script}"}) as terminal:
        terminal.wait_for(" 2 held")
        terminal.send("v")
        terminal.wait_for("paging now")
        terminal.send("\x03")
        terminal.wait_for("still paging")
        terminal.send("\r")
        terminal.wait_for(" 2 held")
        terminal.send("k")
        terminal.wait_for("PAUSED")
        terminal.send("q")

        assert terminal.wait_for_exit() == 0


def test_a_closed_terminal_ends_the_program(session: tuple[Terminal, list[Any]]) -> None:
    terminal, _ = session
    terminal.hang_up()

    assert terminal.wait_for_exit() != 0


@LONG
def test_a_closed_terminal_ends_even_a_program_that_hangs(log: Path, tmp_path: Path) -> None:
    how = """
        import tailllm.tui.driver
        from tailllm.tui.app import TailllmApp
        tailllm.tui.driver.GRACE_S = 0.5
        TailllmApp.exit = lambda self, *a, **k: None
        """
    terminal = start([*crashing(tmp_path, how), str(log)], columns=100)
    terminal.wait_for(" 2 held")
    terminal.hang_up()

    assert terminal.wait_for_exit() == 129


DEAF_AND_LATE = """
import os, signal, termios, time
import tailllm.tui.first
from tailllm.tui.leaving import LeavingApp
LeavingApp.hear_signals = lambda self: None
tailllm.tui.first.ENDING = ()
signal.signal(signal.SIGHUP, signal.SIG_IGN)
class Late:
    def find_spec(self, name, path=None, target=None):
        while name == "tailllm.tui.app" and os.isatty(0):
            time.sleep(0.01)
sys.meta_path.insert(0, Late())
"""


@LONG
def test_a_terminal_closed_before_the_screens_were_up_ends_a_program_that_missed_the_signal(
    log: Path, tmp_path: Path
) -> None:
    terminal = start([*crashing(tmp_path, DEAF_AND_LATE), str(log)], columns=100)
    terminal.wait_until(lambda _: b"\x1b[?1049h" in terminal.raw, what="the first frame")
    terminal.hang_up()

    assert terminal.wait_for_exit() == 129


REPLIES = {
    "who are you": "\x1b[?62;22;52c\x1b[>1;4000;32c",
    "where is the cursor": "\x1b[12;40R",
    "mode": "\x1b[?2026;2$y\x1b[?2048;0$y",
    "version": "\x1bP>|XTerm(390)\x1b\\",
    "colour": "\x1b]11;rgb:1e1e/1e1e/2e2e\x07",
    "colour with ST": "\x1b]10;rgb:ffff/ffff/ffff\x1b\\",
    "clipboard": "\x1b]52;c;cW1tbQ==\x07",
    "setting": "\x1bP1$r0 q\x1b\\",
    "kitty keys": "\x1b[?1u",
    "window": "\x1b[8;24;80t\x1b]lqmq?!m\x1b\\",
    "kitty graphics": "\x1b_Gi=31;OK\x1b\\",
}


def test_what_the_terminal_answers_is_no_key(log: Path, tmp_path: Path) -> None:
    """An answer that comes late, or to the program before us, must not mark or quit."""
    corpus = tmp_path / "corpus"
    with tailllm(log, "--corpus", corpus, columns=100) as terminal:
        screen = terminal.wait_for(" 2 held")
        for reply in REPLIES.values():
            terminal.send(reply)
            time.sleep(0.15)
        terminal.send("k")
        screen = terminal.wait_for("PAUSED")

        assert " 2 held" in screen
        assert "KEYS" not in screen
        assert not corpus.exists()


CRASHES = {
    "a screen": """
        from tailllm.tui.screens.rejects import RejectsScreen
        RejectsScreen.on_mount = lambda self: burst()
        """,
    "painting": """
        from tailllm.tui.widgets.reading_list import LineList
        LineList.render_line = lambda self, y: burst()
        """,
    "a thread": """
        from textual import work
        from tailllm.tui.screens.rejects import RejectsScreen
        def worker(self):
            burst()
        RejectsScreen.on_mount = work(thread=True)(worker)
        """,
}
BURST = f"""
import sys
def burst():
    api_key, prompt = {KEY!r}, {PROMPT!r}
    raise ValueError("cannot read " + prompt + "\\x1b]0;owned\\x07\\x9b31m " + api_key)
"""
GO = """
from tailllm.__main__ import main
sys.exit(main())
"""


def crashing(folder: Path, how: str) -> list[str]:
    """A program that is tailllm with one bug in it."""
    script = folder / "buggy.py"
    script.write_text(BURST + textwrap.dedent(how) + GO)
    return [sys.executable, str(script)]


@pytest.mark.parametrize(
    "how", [pytest.param(how, marks=LONG) if how == "a thread" else how for how in CRASHES]
)
def test_a_bug_in_the_screens_ends_in_order_and_quotes_nothing(
    log: Path, tmp_path: Path, how: str
) -> None:
    terminal = start([*crashing(tmp_path, CRASHES[how]), str(log)], columns=100)
    before = terminal.attributes()
    terminal.wait_for(" 2 held")
    terminal.send("!")
    code = terminal.wait_for_exit()
    raw = terminal.raw
    end = raw.rpartition(b"\x1b[?1049l")[2].decode()

    assert code == 70
    assert wire.modes_left(raw) == {}
    assert terminal.attributes() == before
    assert wire.foreign(raw) == []
    assert KEY.encode() not in raw
    assert PROMPT.encode() not in raw
    assert "ValueError" in end
    assert "burst" in end
    terminal.close()


def test_a_bug_in_a_command_quotes_nothing(log: Path, tmp_path: Path) -> None:
    how = "import tailllm.cli.stats\ntailllm.cli.stats.run = lambda options: burst()\n"
    terminal = start([*crashing(tmp_path, how), "stats", str(log)], columns=100)
    code = terminal.wait_for_exit()
    raw = terminal.raw
    terminal.close()

    assert code == 70
    assert wire.foreign(raw) == []
    assert KEY.encode() not in raw
    assert PROMPT.encode() not in raw
    assert b"ValueError" in raw


def test_a_bug_in_the_reading_is_said_on_the_screen(log: Path, tmp_path: Path) -> None:
    how = "import tailllm.feed.intake\ntailllm.feed.intake.Intake.take = lambda *a, **k: burst()\n"
    terminal = start([*crashing(tmp_path, how), str(log)], columns=100)
    terminal.wait_until(lambda screen: "ValueError" in screen, what="that reading stopped")
    terminal.send("\x03")
    terminal.wait_for_exit()
    raw = terminal.raw
    terminal.close()

    assert wire.foreign(raw) == []
    assert KEY.encode() not in raw
    assert PROMPT.encode() not in raw


@pytest.mark.long
def test_a_title_is_only_ours_while_we_run_and_only_if_it_is_wanted(
    log: Path, tmp_path: Path
) -> None:
    log.write_bytes(b"".join(call(f"MK-{n:04}") for n in range(30)))
    limits = "[thresholds]\nmax_p95_ms = 1\n"
    for wanted in (True, False):
        (tmp_path / "tailllm.toml").write_text(
            f"{limits}[display]\ntitle = {str(wanted).lower()}\n"
        )
        with tailllm(log, columns=100, cwd=tmp_path) as terminal:
            terminal.wait_for("ALERT p95")
            terminal.send("q")
            assert terminal.wait_for_exit() == 0

            said = [b"\x1b[22;2t", b"\x1b]2;! p95 over - tailllm\x07", b"\x1b[23;2t"]
            places = [terminal.raw.find(one) for one in said]
            assert places == sorted(places)
            assert all((place >= 0) is wanted for place in places)
