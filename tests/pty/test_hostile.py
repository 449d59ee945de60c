"""No byte of a log acts on the terminal, wherever it is shown, and all of it can be read."""

import base64
import re
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from tests.pty import hostile, wire
from tests.pty.terminal import Terminal, tailllm

pytestmark = [pytest.mark.pty, pytest.mark.timeout(180)]

COLUMNS, ROWS = 132, 40
TABS = 5
STRIDE = 6
"""In the short mode one of so many calls is looked at in the slower places."""
COPY = r"\x1b\]52;c;[A-Za-z0-9+/=]*\x07"


class Walk(NamedTuple):
    """A session that went everywhere."""

    raw: bytes
    seen: dict[str, dict[str, str]]
    """Place to name of the pattern to the screen that should show it."""
    exit_code: int
    before: list[Any]
    after: list[Any]


class Walker:
    """Goes through the screens as somebody at the keyboard does, and keeps what they showed."""

    def __init__(self, terminal: Terminal, stride: int) -> None:
        self.terminal = terminal
        self.stride = stride
        self.names = list(hostile.TEXTS)[::-1]
        self.seen: dict[str, dict[str, str]] = {}

    def see(self, place: str, name: str, shows: Callable[[str], object]) -> None:
        screen = self.terminal.wait_until(shows, what=f"{name!r} in {place}")
        self.seen.setdefault(place, {})[name] = screen

    def see_text(self, place: str, name: str, text: str) -> None:
        whole = hostile.readable(text)
        self.see(place, name, lambda screen: whole in hostile.squeezed(screen))

    def escape(self) -> None:
        """The key, and the moment after which it is not the start of something longer."""
        self.terminal.send("\x1b")
        time.sleep(0.15)

    def list_and_preview(self) -> None:
        for name in self.names[:: self.stride]:
            marker = hostile.TEXTS[name][:5]
            self.see("preview", name, lambda screen, m=marker: re.search(rf"─ \S*{m}", screen))
            self.terminal.send("k" * self.stride)

    def inspector(self) -> None:
        self.terminal.send("G\r")
        self.terminal.wait_for("[ Seen ]")
        for n, name in enumerate(self.names):
            self.see_text("seen", name, hostile.TEXTS[name])
            if n % self.stride == 0:
                self.tabs(name)
            self.terminal.send("[")

    def tabs(self, name: str) -> None:
        for tab in ("Reply", "Checks", "Meta", "Raw", "Seen"):
            self.terminal.send("\t")
            marker = hostile.TEXTS[name][:5]
            self.see(
                tab.lower(),
                name,
                lambda screen, t=tab, m=marker: (
                    re.search(rf"\[ {t}", screen) and m in screen.partition(f"[ {t}")[2]
                ),
            )

    def find(self) -> None:
        name = self.names[-1]
        self.terminal.send("/end\r")
        self.see("search hit", name, lambda screen: re.search(r"\d hit|1 of \d\d|hit 1", screen))
        self.terminal.send("nnN")
        self.escape()

    def marks(self) -> None:
        self.terminal.send("q")
        self.terminal.wait_for(" 124 held")
        self.terminal.send("G")
        for name in self.names[:: 3 * self.stride]:
            self.terminal.send("M")
            self.see("mark dialog", name, lambda screen: "what is odd about it" in screen)
            self.escape()
            self.terminal.wait_until(lambda screen: "what is odd" not in screen)
            self.terminal.send("k" * 3 * self.stride)
        self.terminal.send("m")
        self.see("notification", "mark", lambda screen: "Marked, in" in screen)

    def rejects(self) -> None:
        self.terminal.send("!")
        texts: dict[str, str | bytes] = {**hostile.BROKEN, **hostile.RAW}
        for name, text in list(texts.items())[::-1]:
            marker = text[:5] if isinstance(text, str) else text[:5].decode()
            self.see("rejects", name, lambda screen, m=marker: "{" + m in screen)
            self.terminal.send("j")
        self.terminal.send("q")

    def other_screens(self) -> None:
        for key, title in (("N", "FILES"), ("?", "KEYS  live screen")):
            self.terminal.send(key)
            self.see("side", title, lambda screen, t=title: t in screen)
            self.terminal.send("q")
            self.terminal.wait_for(" 124 held")

    def elsewhere(self) -> None:
        """Clipboard, pager and plain text of a call with escapes and one with hidden text."""
        self.terminal.send("G" + "k" * 20)
        for key, what in (("y", "copied the command"), ("Y", "copied the call")):
            self.terminal.send(key)
            self.terminal.wait_for(what)
        for name, key in (("pager", "v"), ("plain", "\x0c")):
            self.terminal.send(key)
            self.see(name, name, lambda screen: "Enter goes back" in screen)
            self.terminal.send("\r")
            self.terminal.wait_for(" 124 held")

    def filter(self) -> None:
        """Typed or pasted text is foreign too: it comes from wherever it was copied."""
        self.terminal.send("/\x1b[200~model:\x9b31m \u202e [/oops] zzz:[red]\x1b[201~\r")
        self.see("filter", "paste", lambda screen: "there is no field" in screen)
        self.escape()


PAGER = "sh -c 'cat \"$0\"; echo Enter goes back; read x'"


@pytest.fixture(
    scope="module", params=[STRIDE, pytest.param(1, marks=pytest.mark.long)], ids=["short", "long"]
)
def walk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Walk:
    """One session for all tests of this file: starting is what costs."""
    folder = tmp_path_factory.mktemp("hostile")
    log = hostile.write_log(folder)
    env = {"HOME": str(folder), "XDG_STATE_HOME": str(folder / "state"), "PAGER": PAGER}
    with tailllm(
        log, "--corpus", folder / "corpus", columns=COLUMNS, rows=ROWS, env=env, cwd=folder
    ) as terminal:
        before = terminal.attributes()
        terminal.wait_for(" 124 held")
        walker = Walker(terminal, request.param)
        for step in (
            walker.list_and_preview,
            walker.inspector,
            walker.find,
            walker.marks,
            walker.rejects,
            walker.other_screens,
            walker.elsewhere,
            walker.filter,
        ):
            step()
        terminal.send("\x03")
        code = terminal.wait_for_exit()
        return Walk(terminal.raw, walker.seen, code, before, terminal.attributes())


def test_only_what_textual_itself_writes_reaches_the_terminal(walk: Walk) -> None:
    assert wire.foreign(walk.raw, COPY) == []


def test_no_pattern_is_written_as_it_is(walk: Walk) -> None:
    assert wire.leaked(walk.raw, [*hostile.TEXTS.values(), *hostile.BROKEN.values()]) == []


def test_every_call_is_reached_and_its_text_can_be_read(walk: Walk) -> None:
    assert set(walk.seen["seen"]) == set(hostile.TEXTS)


def test_every_line_that_is_no_call_is_reached(walk: Walk) -> None:
    assert set(walk.seen["rejects"]) == {*hostile.BROKEN, *hostile.RAW}


def test_the_terminal_is_as_it_was(walk: Walk) -> None:
    assert walk.exit_code == 0
    assert wire.modes_left(walk.raw) == {}
    assert walk.after == walk.before


def test_the_clipboard_gets_what_was_asked_for_and_nothing_else(walk: Walk) -> None:
    copied = re.findall(rb"\x1b\]52;c;([^\x07]*)\x07", walk.raw)
    texts = [base64.b64decode(data).decode("ascii") for data in copied]

    assert len(texts) == 2
    assert all(char.isprintable() or char == "\n" for text in texts for char in text)
