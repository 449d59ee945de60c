"""What the feed tells about itself: frozen, so that any thread may draw it."""

from typing import NamedTuple

from tailllm.ink import counted


class FileState(NamedTuple):
    """One file, and what came out of it so far."""

    path: str
    format: str | None
    """None until enough lines have been seen to tell."""
    calls: int
    """Parts of calls, where a call is spread over lines; calls otherwise."""
    others: int
    broken: int
    why: str = ""
    """How the format was known."""
    reasons: tuple[tuple[str, int], ...] = ()
    """Why lines gave no call, the most frequent first."""

    @property
    def sentence(self) -> str:
        """What the screen says of the file: "otel_genai, 84 calls, 12 other lines"."""
        words = [self.format or "format not known yet", counted(self.calls, "call")]
        if self.others:
            words.append(counted(self.others, "other line"))
        if self.broken:
            words.append(counted(self.broken, "unreadable line"))
        return ", ".join(words)


class Progress(NamedTuple):
    """How much of what was in the files at the start has been read."""

    read_bytes: int = 0
    total_bytes: int = 0
    done: bool = False

    @property
    def share(self) -> float:
        """0 to 1."""
        return self.read_bytes / self.total_bytes if self.total_bytes else 1.0
