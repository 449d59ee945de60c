"""Standard input, kept in a private file so that a line can be read again."""

import os
import select
import threading
from collections.abc import Callable

CHUNK_BYTES = 1 << 20


class Spool:
    """Copies a pipe into a temporary file that has no name, as fast as the pipe gives.

    The file takes as much room as the pipe has said so far and goes with the process.
    """

    def __init__(self, source_fd: int, *, wake: Callable[[], None]) -> None:
        import tempfile  # loads random numbers and hashing: only for those who pipe

        self._source = os.dup(source_fd)
        self._file = tempfile.TemporaryFile(prefix="tailllm-")  # noqa: SIM115 - lives as we do
        self._wake = wake
        self._closing = threading.Event()
        self.ended = False
        """Whether the other side has closed."""
        self.trouble: str | None = None
        """Why copying stopped before the end."""
        self._thread: threading.Thread | None = None

    @property
    def fd(self) -> int:
        """The copy; grows while the pipe gives."""
        return self._file.fileno()

    def start(self) -> None:
        """Copy in a thread."""
        self._thread = threading.Thread(target=self.copy, name="tailllm-stdin", daemon=True)
        self._thread.start()

    def copy(self) -> None:
        """Copy until the end of the input."""
        try:
            while not self._closing.is_set():
                if not select.select([self._source], [], [], 0.2)[0]:
                    continue
                try:
                    chunk = os.read(self._source, CHUNK_BYTES)
                except BlockingIOError:
                    continue
                if not chunk:
                    break
                _write_all(self.fd, chunk)
                self._wake()
        except OSError as error:
            self.trouble = error.strerror or str(error)
        self.ended = True
        self._wake()

    def close(self) -> None:
        """Stop copying and give the room back."""
        self._closing.set()
        if self._thread:
            self._thread.join(1.0)
        os.close(self._source)
        self._file.close()


def _write_all(fd: int, chunk: bytes) -> None:
    view = memoryview(chunk)
    while view:
        view = view[os.write(fd, view) :]
