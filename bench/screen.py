"""A program on a terminal of 160x45 that always reads: when something shows, and what it costs."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import threading
from contextlib import suppress
from pathlib import Path
from time import perf_counter, sleep

COLUMNS, ROWS = 160, 45
TICKS = os.sysconf("SC_CLK_TCK")
_CONTROL = re.compile(rb"\x1b(?:\[[0-9;?<>=]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|.)")


class Shown:
    """One program on one terminal; a thread reads what it writes."""

    def __init__(self, command: list[str]) -> None:
        self.begun = perf_counter()
        self.pid, self._fd = pty.fork()
        if not self.pid:
            os.environ.update(TERM="xterm-256color", COLORTERM="truecolor", LC_ALL="C.UTF-8")
            with suppress(OSError):
                os.execvp(command[0], command)
            os._exit(127)
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        self.bytes = 0
        self._text = b""
        self._news = threading.Condition()
        self._over = False
        threading.Thread(target=self._read, daemon=True).start()

    def shows(self, marker: str, timeout_s: float = 120.0) -> float | None:
        """Seconds from now until `marker` has been written; None when it never is."""
        begun = perf_counter()
        wanted = marker.encode()
        with self._news:
            found = self._news.wait_for(lambda: wanted in self._text or self._over, timeout_s)
            return perf_counter() - begun if found and wanted in self._text else None

    @property
    def text(self) -> str:
        """The last of what was written, without control sequences."""
        with self._news:
            return self._text.decode(errors="replace")

    def forget(self) -> None:
        """Look only at what is written from now on."""
        with self._news:
            self._text = b""

    def type(self, keys: bytes) -> None:
        """Press keys."""
        os.write(self._fd, keys)

    @property
    def cpu_s(self) -> float:
        """Seconds of CPU so far, with those of children that have ended."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:15])) / TICKS

    @property
    def rss_mb(self) -> float:
        """Memory held now."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) / 1024

    def close(self) -> None:
        """End it."""
        self._over = True
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGTERM)
            sleep(0.3)
            os.kill(self.pid, signal.SIGKILL)
        with suppress(ChildProcessError):
            os.waitpid(self.pid, 0)
        with suppress(OSError):
            os.close(self._fd)

    def _read(self) -> None:
        held = b""
        while not self._over:
            with suppress(OSError, ValueError):
                if not select.select([self._fd], [], [], 0.2)[0]:
                    continue
                chunk = os.read(self._fd, 1 << 16)
                if b"\x1b[6n" in chunk:
                    os.write(self._fd, b"\x1b[1;1R")
                held += chunk
                with self._news:
                    self.bytes += len(chunk)
                    self._text = (self._text + _CONTROL.sub(b"", chunk))[-400_000:]
                    self._news.notify_all()
                held = b""
                continue
            self._over = True
        with self._news:
            self._news.notify_all()
