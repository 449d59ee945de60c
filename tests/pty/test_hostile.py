"""No byte of a log acts on the terminal, wherever it is shown, and all of it can be read."""

import base64
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.pty import hostile, wire
from tests.pty.terminal import Terminal, tailllm

pytestmark = [pytest.mark.pty, pytest.mark.timeout(180)]

COLUMNS, ROWS = 132, 40
STRIDE = 6
"""In the short mode one of so many calls is looked at in the slower places, of twice as many on
every tab."""
COPY = r"\x1b\]52;c;[A-Za-z0-9+/=]*\x07"


class Walker:
    """Goes through the screens as somebody at the keyboard does, and keeps what they showed."""

    def __init__(self, terminal: Terminal, stride: int) -> None:
        self.terminal = terminal
        self.stride = stride
        self.tab_stride = 1 if stride == 1 else 2 * stride
        self.names = list(hostile.TEXTS)[::-1]
        self.seen: dict[str, dict[str, str]] = {}
        """Place to name of the pattern to the screen that shows it."""

    def everywhere(self) -> None:
        for walk in (
            self.list_and_preview,
            self.inspector,
            self.find,
            self.marks,
            self.rejects,
            self.other_screens,
            self.elsewhere,
            self.filter,
        ):
            walk()

    def see(self, place: str, name: str, shows: Callable[[str], object]) -> None:
        screen = self.terminal.wait_until(shows, what=f"{name!r} in {place}")
        self.seen.setdefault(place, {})[name] = screen

    def see_text(self, place: str, name: str, text: str) -> None:
        whole = hostile.readable(text)
        self.see(
            place,
            name,
            # Below the header, which shows the call before its page is read.
            lambda screen: whole in hostile.squeezed(screen.partition("[ Seen ]")[2]),
        )

    def escape(self, gone: str) -> None:
        """The key, and nothing behind it until it was taken for itself: `gone` has gone."""
        self.terminal.send("\x1b")
        self.terminal.wait_until(lambda screen: gone not in screen, what=f"no {gone!r}")

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
            if n % self.tab_stride == 0:
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
        self.see("search hit", name, lambda screen: re.search(r" /end  \d+ hits  1/", screen))
        self.terminal.send("nnN")
        self.terminal.wait_for(" hits  2/")
        self.escape(" /end  ")

    def marks(self) -> None:
        self.terminal.send("q")
        self.terminal.wait_for(" 124 held")
        self.terminal.send("G")
        for name in self.names[:: 3 * self.stride]:
            self.terminal.send("M")
            self.see("mark dialog", name, lambda screen: "what is odd about it" in screen)
            self.escape("what is odd")
            self.terminal.send("k" * 3 * self.stride)
        self.terminal.send("m")
        self.see("notification", "mark", lambda screen: "Marked, in" in screen)

    def rejects(self) -> None:
        self.terminal.send("!")
        texts = hostile.BROKEN | hostile.RAW
        names = list(texts)[::-1]
        step = max(1, self.stride // 2)
        for name in names[::step]:
            marker = hostile.marker(texts[name])
            self.see("rejects", name, lambda screen, m=marker: "{" + m in screen)
            self.terminal.send("j" * step)
        self.terminal.send("q")

    def other_screens(self) -> None:
        for key, title in (("N", "FILES"), ("3", "1 of 1 to triage"), ("?", "KEYS  live screen")):
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
        for name, key, end in (("pager", "v", PAGED), ("plain", "\x0c", "back to tailllm")):
            self.terminal.send(key)
            self.see(name, name, lambda screen, end=end: end in screen)
            self.terminal.send("\r")
            self.terminal.wait_for(" 124 held")

    def filter(self) -> None:
        """Typed or pasted text is foreign too: it comes from wherever it was copied."""
        self.terminal.send("/")
        self.terminal.wait_for("model:gpt*")
        self.terminal.send("\x1b[200~zzz:\x9b31m\u202e[/x]\x1b[201~")
        self.see("filter", "paste", lambda screen: "31m‹RLO›[/x]" in screen)
        self.escape("31m‹RLO›[/x]")


PAGED = "the end of what is paged"
PAGER = f"sh -c 'cat \"$0\"; echo {PAGED}; read x'"


@pytest.mark.parametrize("stride", [STRIDE, pytest.param(1, marks=pytest.mark.long)])
def test_hostile_text_can_be_read_everywhere_and_does_nothing(tmp_path: Path, stride: int) -> None:
    """One session for all of it: starting is what costs."""
    env = {"HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path / "state"), "PAGER": PAGER}
    log = hostile.write_log(tmp_path)
    with tailllm(
        log, "--corpus", tmp_path / "corpus", columns=COLUMNS, rows=ROWS, env=env, cwd=tmp_path
    ) as terminal:
        before = terminal.attributes()
        terminal.wait_for(" 124 held")
        walker = Walker(terminal, stride)
        walker.everywhere()
        terminal.send("\x03")
        code = terminal.wait_for_exit()
        raw, after = terminal.raw, terminal.attributes()

    assert set(walker.seen["seen"]) == set(hostile.TEXTS)
    if stride == 1:
        assert set(walker.seen["preview"]) == set(hostile.TEXTS)
        assert set(walker.seen["rejects"]) == {*hostile.BROKEN, *hostile.RAW}
    assert wire.leaked(raw, [*hostile.TEXTS.values(), *hostile.BROKEN.values()]) == []
    assert wire.foreign(raw, COPY) == []
    assert (code, wire.modes_left(raw), after) == (0, {}, before)
    assert_copied_on_demand_only(raw)


def assert_copied_on_demand_only(raw: bytes) -> None:
    """The command, then the call; both plain ASCII, so that pasting them does nothing."""
    copied = re.findall(rb"\x1b\]52;c;([^\x07]*)\x07", raw)
    command, call = (base64.b64decode(data).decode("ascii") for data in copied)

    assert command.startswith("tailllm show ")
    assert all(char.isprintable() or char == "\n" for char in command + call)


@pytest.mark.parametrize("name", ["title", "C1 CSI", "tags", "zero width", "bell"])
def test_the_check_itself_would_notice(name: str) -> None:
    text = hostile.TEXTS[name].encode()

    assert wire.foreign(b"plain" + text)
