"""A real terminal for a program under test: a pty, a screen, and everything it wrote."""

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.pty.emulator import Page
from tests.wait import PATIENCE_S

SOURCE = Path(__file__).parents[2] / "src"
TAILLLM = (sys.executable, "-m", "tailllm")
KILL_AFTER_S = 10.0
LOOK_EVERY_S = 0.02


class Terminal:
    """One program in one terminal.

    A thread reads all the time, as a terminal does, so the program never waits for the test.
    """

    def __init__(self, pid: int, fd: int, *, columns: int, rows: int) -> None:
        self.pid = pid
        self._fd = fd
        self._page = Page(columns, rows)
        self._raw = bytearray()
        self._drawn = 0
        self._shown: tuple[int, list[str]] = (-1, [])
        self._lock = threading.Lock()
        self._status: int | None = None
        self._closing = threading.Event()
        self._looking = threading.Event()
        self._looking.set()
        self._found_nothing = 0
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def raw(self) -> bytes:
        """Every byte the program wrote to the terminal."""
        with self._lock:
            return bytes(self._raw)

    @property
    def lines(self) -> list[str]:
        """The screen, row by row; drawn only when somebody looks, and anew after a change."""
        with self._lock:
            if self._shown[0] != len(self._raw):
                self._draw()
                self._shown = (len(self._raw), self._page.rows())
            return self._shown[1]

    def screen(self) -> str:
        """The screen as text."""
        return "\n".join(self.lines)

    def send(self, keys: str | bytes) -> None:
        """Type."""
        os.write(self._fd, keys.encode() if isinstance(keys, str) else keys)

    def resize(self, columns: int, rows: int) -> None:
        """Drag the corner of the window."""
        with self._lock:
            self._draw()
            self._page.screen.resize(rows, columns)
            self._shown = (-1, [])
        _set_size(self._fd, columns, rows)
        self.kill(signal.SIGWINCH)

    def wait_for(self, text: str, seconds: float = PATIENCE_S) -> str:
        """Wait until `text` is on the screen; the screen."""
        return self.wait_until(lambda screen: text in screen, seconds, repr(text))

    def wait_until(
        self, true: Callable[[str], object], seconds: float = PATIENCE_S, what: str = "that"
    ) -> str:
        """Wait until the screen is as it should be; the screen."""
        deadline = time.monotonic() + seconds
        while True:
            # Before the screen is looked at: what is read in between must count.
            over = time.monotonic() > deadline or self._is_over()
            if true(screen := self.screen()):
                return screen
            if over:
                end = "" if self._status is None else f"; it ended with {self._status}"
                raise AssertionError(f"{what} not shown within {seconds} s{end}:\n{screen}")
            time.sleep(LOOK_EVERY_S)

    def look_away(self) -> None:
        """Read nothing more, as a terminal whose line hangs."""
        self._looking.clear()

    def look_again(self) -> None:
        """Read on."""
        self._looking.set()

    def attributes(self) -> list[Any]:
        """The state of the terminal itself: what is echoed, and which keys send signals."""
        return termios.tcgetattr(self._fd)

    def is_alive(self) -> bool:
        """Whether the program still runs."""
        return self._reap(os.WNOHANG) is None

    def wait_for_exit(self, seconds: float = PATIENCE_S) -> int:
        """Wait until the program has ended and all it wrote is read.

        Its exit code, negative for a signal.
        """
        deadline = time.monotonic() + seconds
        while (status := self._reap(os.WNOHANG)) is None:
            if time.monotonic() > deadline:
                raise AssertionError(f"still running after {seconds} s:\n{self.screen()}")
            time.sleep(LOOK_EVERY_S)
        self._read_to_the_end()
        return status

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        """Send a signal to the program."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def hang_up(self) -> None:
        """Close the terminal, as a dropped SSH connection does."""
        self._close_fd()

    def close(self) -> None:
        """End the program, nicely first, and wait for it."""
        if self.is_alive():
            self.kill(signal.SIGTERM)
            try:
                self.wait_for_exit(KILL_AFTER_S)
            except AssertionError:
                self.kill()
                self._reap(0)
        self._close_fd()

    def _is_over(self) -> bool:
        return not self.is_alive() and not self._reader.is_alive()

    def _read_to_the_end(self) -> None:
        """Children of the program may hold the terminal open: then nothing more must come twice."""
        enough = self._found_nothing + 2
        while self._looking.is_set() and self._found_nothing < enough:
            self._reader.join(LOOK_EVERY_S)
            if not self._reader.is_alive():
                return

    def _read(self) -> None:
        while not self._closing.is_set():
            if not self._looking.wait(0.05):
                continue
            try:
                if not select.select([self._fd], [], [], 0.05)[0]:
                    self._found_nothing += 1
                    continue
                data = os.read(self._fd, 1 << 16)
            except OSError:
                return
            if not data:
                return
            with self._lock:
                self._raw += data

    def _draw(self) -> None:
        data, self._drawn = bytes(self._raw[self._drawn :]), len(self._raw)
        self._page.feed(data)

    def _reap(self, flags: int) -> int | None:
        if self._status is None:
            pid, status = os.waitpid(self.pid, flags)
            if pid:
                self._status = os.waitstatus_to_exitcode(status)
        return self._status

    def _close_fd(self) -> None:
        """Only when nobody reads from it any more: its number may soon be another file's."""
        if not self._closing.is_set():
            self._closing.set()
            self._reader.join()
            os.close(self._fd)


def start(
    argv: Sequence[str],
    env: Mapping[str, str] | None = None,
    *,
    columns: int = 80,
    rows: int = 24,
    cwd: str | os.PathLike[str] | None = None,
) -> Terminal:
    """Start a program in a terminal of this size.

    `env` is laid over the environment of the test; the source tree comes first on PYTHONPATH.
    """
    fd, inside = pty.openpty()
    _set_size(fd, columns, rows)
    pid = os.fork()
    if pid == 0:
        os.close(fd)
        _become(argv, {**_environment(), **(env or {})}, cwd, inside)
    os.close(inside)
    return Terminal(pid, fd, columns=columns, rows=rows)


@contextlib.contextmanager
def tailllm(
    *arguments: str | os.PathLike[str],
    env: Mapping[str, str] | None = None,
    columns: int = 80,
    rows: int = 24,
    cwd: str | os.PathLike[str] | None = None,
) -> Iterator[Terminal]:
    """Run tailllm in a terminal for as long as the block lasts."""
    argv = [*TAILLLM, *map(os.fspath, arguments)]
    terminal = start(argv, env, columns=columns, rows=rows, cwd=cwd)
    try:
        yield terminal
    finally:
        terminal.close()


def _become(
    argv: Sequence[str], env: Mapping[str, str], cwd: str | os.PathLike[str] | None, terminal: int
) -> None:
    """The child: nothing of the test may run on in it, whatever happens."""
    try:
        os.login_tty(terminal)
        if cwd:
            os.chdir(cwd)
        os.execvpe(argv[0], list(argv), dict(env))
    except BaseException as error:
        os.write(2, f"cannot start {argv[0]}: {error}\n".encode())
    finally:
        os._exit(127)


def _environment() -> dict[str, str]:
    env = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "LINES", "NO_COLOR", "TMUX")}
    path = os.pathsep.join(filter(None, [str(SOURCE), env.get("PYTHONPATH")]))
    return env | {"TERM": "xterm-256color", "LANG": "C.UTF-8", "PYTHONPATH": path}


def _set_size(fd: int, columns: int, rows: int) -> None:
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
