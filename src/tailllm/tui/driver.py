"""The terminal's answers are no keys.

A terminal that was asked who it is, where its cursor stands or what its colours are answers
on the keyboard's line. An answer to the program before us, or one that comes late, would
reach Textual as letters: a `?` in it opens the help and an `m` marks a call.
"""

import errno
import os
import re
import selectors
import termios
import threading
import time
from codecs import getincrementaldecoder
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from typing import Any

from textual._xterm_parser import XTermParser
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

CHUNK_BYTES = 4096
TICK_S = 0.1
"""How often a key that may still go on, such as escape, is asked whether it is over."""
QUIET_TICK_S = 5.0
"""The same while nothing was typed: waking up is most of what an idle screen costs."""
HUNG_UP = 129
"""What shells say of a program whose terminal was closed."""
GRACE_S = 10.0
"""After the terminal has gone we leave in order within this time, or at once at its end."""
PATIENCE_S = 1.0
"""After this long the rest of an answer is not coming, and what comes is typed again."""

_STRING = r"\x1b(?:\][\dlL]|[PX^_][^\x1b\x07])[^\x1b\x07]*"
_ANSWER = re.compile(
    _STRING + r"(?:\x07|\x1b\\)"
    r"|\x1b\[[?>=][\d;]*[cnSu]|\x1b\[\d+(?:;\d+)*[cn]"  # who, how, which keys
    r"|\x1b\[\?[\d;]+R|\x1b\[(?!1;)\d+;\d+R"  # where; with row 1 it is a key, F3 with shift
    r"|\x1b\[(?!48;)[\d;]+t"  # how large; 48 is news that Textual asked for
)
_BEGUN = re.compile(_STRING + r"\x1b?$")


class AnswerlessParser(XTermParser):
    """Leaves out the answers that nobody here waits for."""

    def __init__(self, debug: bool = False) -> None:
        super().__init__(debug)
        self._begun = ""
        self._since = 0.0

    @property
    def waits(self) -> bool:
        """Whether a key has begun that time alone can end."""
        return self._timeout_time is not None

    def feed(self, data: str) -> Iterable[Message]:
        """Parse what is left of `data` without the answers."""
        if not data:
            return super().feed(data)
        now = time.monotonic()
        whole = (self._begun if now - self._since < PATIENCE_S else "") + data
        rest = _ANSWER.sub("", whole)
        begun = _BEGUN.search(rest)
        self._begun, self._since = (begun[0] if begun else ""), now
        rest = rest[: begun.start()] if begun else rest
        return super().feed(rest) if rest else ()


class Unhindered:
    """A terminal that may be gone: writing to it then does nothing.

    Textual's writing thread would end with an error instead, its queue would fill, and the
    app would wait for room in it for ever: a dropped SSH connection would leave us running.
    """

    def __init__(self, file: Any) -> None:
        self._file = file

    def write(self, text: str) -> int:
        """Write, if there is still somebody to write to."""
        with suppress(OSError):
            return int(self._file.write(text))
        return len(text)

    def flush(self) -> None:
        """Send what was written, under the same rule."""
        with suppress(OSError):
            self._file.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def unwritten(app: App[Any]) -> int | None:
    """Writes that wait for the terminal; None where there is no queue to it."""
    writer = getattr(app._driver, "_writer_thread", None)
    return None if writer is None else int(writer._queue.qsize())


def was_terminal(fd: int) -> bool:
    """Whether this is a terminal, or was one until it hung up."""
    try:
        termios.tcgetattr(fd)
    except termios.error as error:
        return bool(error.args[0] == errno.EIO)  # of any other file: ENOTTY
    return True


class QuietDriver(LinuxDriver):
    """Textual's driver with the parser above, that ends when the terminal is gone."""

    def __init__(self, *arguments: Any, **words: Any) -> None:
        super().__init__(*arguments, **words)
        self._file: Any = Unhindered(self._file)
        self._nudged, self._nudge = os.pipe()
        self._of_terminal = was_terminal(self.fileno)

    def disable_input(self) -> None:
        """Wake the thread that waits for keys, so that leaving never waits for it."""
        os.write(self._nudge, b".")
        super().disable_input()

    def close(self) -> None:
        """Let go of the pipe, too, and have another: after a pager everything starts again."""
        super().close()
        os.close(self._nudged)
        os.close(self._nudge)
        self._nudged, self._nudge = os.pipe()

    def run_input_thread(self) -> None:
        """Read keys until the app ends or the terminal is gone."""
        parser = AnswerlessParser(self._debug)
        decode = getincrementaldecoder("utf-8")("replace").decode
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            selector.register(self._nudged, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                ready = selector.select(TICK_S if parser.waits else QUIET_TICK_S)
                if any(key.fd == self._nudged for key, _ in ready):
                    self.exit_event.wait(PATIENCE_S)  # the nudge comes first
                    os.read(self._nudged, 1)
                elif ready:
                    data = self._read()
                    if not data:
                        return
                    self._pass_on(parser.feed(decode(data)))
                self._pass_on(parser.tick())

    def _read(self) -> bytes:
        """What was typed; nothing when nobody can type any more."""
        with suppress(OSError):
            data = os.read(self.fileno, CHUNK_BYTES)
            if data or not self._of_terminal:
                return data
        # Nobody is there to be waited for: what was said to be kept is on disk.
        last = threading.Timer(GRACE_S, os._exit, (HUNG_UP,))
        last.daemon = True
        last.start()
        with suppress(RuntimeError):  # the loop has ended meanwhile
            self._loop.call_soon_threadsafe(partial(self._app.exit, return_code=HUNG_UP))
        return b""

    def _pass_on(self, messages: Iterable[Message]) -> None:
        for message in messages:
            self.process_message(message)
