"""The terminal of the other tests shows what a program paints and tells how it ended."""

import signal
import sys

import pyte
import pytest

from tests.pty.emulator import Screen
from tests.pty.terminal import start

pytestmark = pytest.mark.pty


def test_what_is_painted_is_on_the_screen_and_keys_arrive() -> None:
    code = "import os; print(*os.get_terminal_size(), flush=True); print('got', input())"
    terminal = start([sys.executable, "-c", code], columns=100, rows=30)

    terminal.wait_for("100 30")
    terminal.send("ä key\r")
    terminal.wait_for("got ä key")

    assert terminal.wait_for_exit() == 0
    assert "got ä key\r\n".encode() in terminal.raw
    terminal.close()


def test_a_program_that_does_not_end_is_ended() -> None:
    code = "import signal, time; signal.signal(signal.SIGHUP, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
    terminal = start([sys.executable, "-c", code])
    terminal.wait_for("up")

    terminal.close()

    assert terminal.wait_for_exit() == -signal.SIGTERM


def test_a_screen_that_never_comes_fails_with_what_was_there() -> None:
    terminal = start([sys.executable, "-c", "print('only this')"])

    with pytest.raises(AssertionError, match="only this"):
        terminal.wait_for("something else")
    terminal.close()


def test_a_program_that_leaves_its_page_takes_its_rows_off_the_screen() -> None:
    """Else a test would take the rows of before a pager for those of after it."""
    screen = Screen(20, 3)
    stream = pyte.ByteStream(screen)
    seen = []
    for data in (b"shell\r\n", b"\x1b[?1049hlive", b"\x1b[?1049lpager"):
        stream.feed(data)
        seen.append([row.rstrip() for row in screen.display])

    assert seen == [["shell", "", ""], ["", "live", ""], ["shell", "pager", ""]]
