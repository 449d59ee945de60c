"""Writers as they are in the wild, and a reader that collects what the follower gave."""

import os
from collections import Counter
from pathlib import Path

from tailllm.records.line import Notice, RawLine  # noqa: TC001 - read by people, not by a checker
from tailllm.sources.follow import Follower, Passes


class Hands:
    """A clock that a test turns by hand."""

    def __init__(self) -> None:
        self.now = 1_795_348_800.0

    def __call__(self) -> float:
        return self.now

    def turn(self, seconds: float) -> None:
        self.now += seconds


class Watch:
    """A follower on real files, its clock, and all it said so far."""

    def __init__(self, *targets: str | Path, max_bytes: int = 4 << 20) -> None:
        self.clock = Hands()
        self.follower = Follower([str(t) for t in targets], clock=self.clock, max_bytes=max_bytes)
        self.lines: list[RawLine] = []
        self.notices: list[Notice] = []
        self.passes: Passes | None = None
        """What is passed over is read at once."""

    def look(self, seconds: float = 0.25) -> list[str]:
        """Let time pass, read all there is; the new lines as text."""
        start = len(self.lines)
        self.clock.turn(seconds)
        while True:
            batch = self.follower.poll(self.passes)
            begun = 0
            for place, ahead in batch.ahead:
                self.lines += batch.lines[begun:place]
                self.lines += [line for some in ahead.lines() for line in some]
                ahead.close()
                begun = place
            self.lines += batch.lines[begun:]
            self.notices += batch.notices
            if not batch.lines and not batch.ahead and not batch.behind_bytes:
                return [line.text.decode(errors="replace") for line in self.lines[start:]]
            self.clock.turn(0.01)

    def past(self) -> list[str]:
        """The past of all files, in order."""
        chunks = [chunk for past in self.follower.past for chunk in past.forward()]
        return [line.text.decode() for chunk in chunks for line in chunk]

    @property
    def kinds(self) -> Counter[str]:
        return Counter(notice.kind for notice in self.notices)

    @property
    def texts(self) -> list[str]:
        return [line.text.decode(errors="replace") for line in self.lines]

    def close(self) -> None:
        self.follower.close()


def append(path: Path, text: str | bytes) -> None:
    with path.open("ab") as file:
        file.write(text.encode() if isinstance(text, str) else text)


def rewrite_at(path: Path, offset: int, text: bytes) -> None:
    """What a writer without O_APPEND does after somebody truncated its file."""
    fd = os.open(path, os.O_WRONLY)
    os.pwrite(fd, text, offset)
    os.close(fd)
