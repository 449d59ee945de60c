"""A temporary log that is written while somebody follows it."""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from tailllm.ask.replay import Due
from tailllm.errors import SourceError


@contextmanager
def staged(due: Sequence[Due]) -> Iterator[Path]:
    """The log, its lines coming when they are due; removed at the end.

    Raises:
        SourceError: There is no room for it.
    """
    try:
        folder = Path(tempfile.mkdtemp(prefix="tailllm-replay-"))
        log = folder / "replay.jsonl"
        fd = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
    except OSError as error:
        raise SourceError(
            f"the replay cannot write its temporary log: {error.strerror}",
            fix="Make room, or set TMPDIR to a folder you can write to.",
        ) from error
    over = Event()
    writer = Thread(target=_write, args=(fd, due, over), name="replay", daemon=True)
    try:
        writer.start()
        yield log
    finally:
        over.set()
        writer.join()
        os.close(fd)
        shutil.rmtree(folder, ignore_errors=True)


def _write(fd: int, due: Sequence[Due], over: Event) -> None:
    begun = time.monotonic()
    for one in due:
        if over.wait(max(0.0, begun + one.at_s - time.monotonic())):
            return
        rest = memoryview(one.text + b"\n")
        while rest:
            rest = rest[os.write(fd, rest) :]
