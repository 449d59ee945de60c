"""A service's log being written: first what is already past, then each line when it is due."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from threading import Event, Thread

from tailllm.demo.wire import Told


class Writer:
    """Appends told lines to one file, in a thread of its own.

    Args:
        path: The log; made with mode 0600, refused if something is there already.
        story: Lines in the order they are written.
        clock: Seconds since the epoch, the clock the story was made for.

    Raises:
        OSError: The file cannot be made.
    """

    def __init__(self, path: Path, story: Iterable[Told], clock: Callable[[], float]) -> None:
        # Unbuffered: a follower must see each line as one write, as services do it.
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        self._story = iter(story)
        self._clock = clock
        self._over = Event()
        self._thread = Thread(target=self._live, name="demo-writer", daemon=True)
        self._next: Told | None = None
        self.trouble: OSError | None = None
        """Why the story broke off, if it did."""

    def catch_up(self) -> int:
        """Write everything that is due by now; return how many lines."""
        now = self._clock()
        due: list[str] = []
        for told in self._story:
            if told.at > now:
                self._next = told
                break
            due.append(told.text + "\n")
        self._append("".join(due))
        return len(due)

    def start(self) -> None:
        """Go on in the background, line by line, until closed."""
        self._thread.start()

    def close(self) -> None:
        """Stop between two lines."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()
        os.close(self._file)

    def _live(self) -> None:
        try:
            while self._next and not self._over.wait(max(0.0, self._next.at - self._clock())):
                self._append(self._next.text + "\n")
                self._next = next(self._story, None)
        except OSError as error:
            self.trouble = error

    def _append(self, text: str) -> None:
        rest = memoryview(text.encode())
        while rest:
            rest = rest[os.write(self._file, rest) :]
