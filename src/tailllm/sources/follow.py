"""Whole lines from the files the user named, each with its address, and what befell the files."""

import os
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, NamedTuple

from tailllm.errors import GoneError, SourceError
from tailllm.records.line import Address, Notice, NoticeKind, RawLine
from tailllm.sources import siblings
from tailllm.sources.drain import Drain
from tailllm.sources.handles import Handles
from tailllm.sources.opening import Opening
from tailllm.sources.scout import Scout
from tailllm.sources.spool import Spool
from tailllm.sources.targets import STDIN, Targets
from tailllm.sources.trail import Trail
from tailllm.sources.wake import Waker

if TYPE_CHECKING:
    from tailllm.sources.ahead import Ahead
    from tailllm.sources.past import Past

POLL_S = 0.25
"""The longest we may be blind when nothing wakes us."""
LOOK_S_PER_PATH = 5e-5
"""Rest between two sweeps while there is a backlog, so that 5,000 paths do not eat the time."""
SHARE_BYTES = 64 << 10


Passes = Callable[[str, int], int | None]
"""Of a file that is so many bytes behind: how many bytes of it others shall read. 0 for none,
None when it must wait until they can."""


class Batch(NamedTuple):
    """What one look brought."""

    lines: list[RawLine]
    notices: list[Notice]
    behind_bytes: int
    """Known on disk, not yet read."""
    ahead: "Sequence[tuple[int, Ahead]]" = ()
    """Stretches that were passed over, and how many of the lines come before each."""


class Follower:
    """Reads what is appended to files, through every rotation, without touching them.

    Args:
        targets: Files (`.gz` and `.zst` too), folders (everything in them), globs, `-` for stdin.
        clock: Seconds since the epoch; a test turns it by hand.
        follow: Whether to go on after what is there now. When not, an unfinished last line counts.
        max_bytes: The most that one `poll` reads.

    Raises:
        SourceError: Only without `follow`: a path is missing or cannot be read.

    Source:
        The rules and the faults they answer are in docs/architecture.md.
    """

    def __init__(
        self,
        targets: Sequence[str],
        *,
        clock: Callable[[], float] = time.time,
        follow: bool = True,
        max_bytes: int = 1 << 20,
    ) -> None:
        self._clock = clock
        self._follow = follow
        self._max_bytes = max_bytes
        self._news = threading.Event()
        self._notices: list[Notice] = []
        self._handles = Handles()
        self._opening = Opening(self._handles, self._tell, follow=follow)
        self._drain = Drain(self._handles, self._opening, self._tell)
        self._ids = self._opening.ids
        self._targets = Targets(tuple(targets))
        self._scout = Scout(self._targets, self._handles, self._tell, self._opening.begin)
        self._woken = False
        self._swept_at = clock()
        self._scout.sweep(self._swept_at)
        self._waker = Waker(self._news.set)
        self._told_polling = False
        self._spool: Spool | None = None
        self._spooled: Trail | None = None
        self._only_stdin = set(targets) == {STDIN}
        if STDIN in targets:
            self._take_stdin()
        self._opening.close()
        self.past: list[Past] = self._opening.past
        """Files as they were when we came, the longest untouched first."""
        refusal = None if follow else _refusal(targets, self._notices, self._opening)
        if refusal:
            self.close()
            raise refusal

    def poll(self, passes: Passes | None = None, *, reads: bool = True) -> Batch:
        """What came since the last call; never waits.

        Args:
            passes: Says what is to be passed over.
            reads: Whether to read anything, or only to look what there is.
        """
        now = self._clock()
        if self._follow:
            self._sweep(now)
        lines: list[RawLine] = []
        ahead: list[tuple[int, Ahead]] = []
        room = self._max_bytes if reads else 0
        dirty = sorted((t for t in self._scout.trails.values() if t.dirty), key=_by_age)
        share = max(SHARE_BYTES, self._max_bytes // max(1, len(dirty)))
        for trail in dirty:
            if room <= 0:
                break
            if trail.before is None or not trail.before.dirty or trail.before.retry_s:
                limit_bytes = passes(trail.file, trail.behind_bytes) if passes and trail.file else 0
                if limit_bytes is None:
                    continue
                trail.before, start = None, trail.offset
                passed = self._drain.pass_over(trail, limit_bytes, now) if limit_bytes else None
                if passed is not None:
                    ahead.append((len(lines), passed))
                    continue
                lines += self._drain.read(trail, min(room, share), now)
                room -= max(0, trail.offset - start)
        lines += self._last_words(now) if reads else ()
        notices, self._notices = self._notices, []
        return Batch(lines, notices, sum(t.behind_bytes for t in dirty if t.dirty), ahead)

    def wait(self, timeout_s: float) -> None:
        """Sleep until something may have come, at most `timeout_s` or a quarter of a second."""
        if self._news.wait(min(timeout_s, POLL_S)):
            self._woken = True
            self._news.clear()
            since_s = self._clock() - self._swept_at
            time.sleep(min(max(0.0, self._pause_s - since_s), POLL_S))

    def close(self) -> None:
        """Let go of every file."""
        self._waker.close()
        if self._spool:
            self._spool.close()
        self._handles.close_all()

    @property
    def ended(self) -> bool:
        """Whether nothing can come any more: all there was is a standard input that has ended."""
        return self._only_stdin and bool(self._spooled and self._spooled.ended)

    def path(self, file: str) -> str:
        """Best known name of a file now, as the user wrote it where possible; `file` if unknown."""
        trail = self._ids.get(file)
        if trail is None:
            return file
        if not trail.named_by and trail.path != STDIN and not _leads_to(trail):
            trail.path = siblings.find(trail.path, trail.identity) or trail.path
        return trail.path

    def read(self, address: Address) -> bytes:
        """The exact bytes of a line again.

        Raises:
            GoneError: The file was cut, rewritten or removed since.
        """
        trail = self._ids.get(address.file)
        if trail is None:
            raise _gone(address.file)
        packed = self._opening.packed.get(address.file)
        if packed:
            return packed.read(address.offset, address.length)
        text = self.stretch(address.file, address.offset, address.length + 1) or b""
        if len(text) < address.length or text[address.length :] not in _ENDS:
            raise _gone(self.path(address.file))
        return text[: address.length]

    def stretch(self, file: str, offset: int, length: int) -> bytes | None:
        """Bytes of a plain file, fewer at its end; None when it was cut, rewritten or removed."""
        try:
            with self.lend(file) as fd:
                return None if fd is None else os.pread(fd, length, offset)
        except OSError:
            return None

    def lend(self, file: str) -> AbstractContextManager[int | None]:
        """A descriptor of a plain file; None when it was cut, rewritten or removed."""
        is_packed = file in self._opening.packed
        return self._handles.lend_same(None if is_packed else self._ids.get(file), file)

    @property
    def _pause_s(self) -> float:
        return min(POLL_S, len(self._scout.places) * LOOK_S_PER_PATH)

    def _sweep(self, now: float) -> None:
        if not 0 <= now - self._swept_at < self._pause_s:
            self._scout.sweep(now, woken=self._woken)
            self._swept_at, self._woken = now, False
        if self._spool and self._spooled:
            self._spooled.look(os.fstat(self._spool.fd))
        self._waker.watch(self._targets.folders)
        if self._waker.trouble and not self._told_polling:
            self._told_polling = True
            self._tell(
                "polling", "", f"Nobody wakes us ({self._waker.trouble}); looking 4x/s", None
            )

    def _last_words(self, now: float) -> list[RawLine]:
        """Lines nobody will finish: the file is past its grace, or stdin ended."""
        lines: list[RawLine] = []
        ending = self._scout.ending(now)
        if self._spool and self._spooled and self._spool.ended and not self._spooled.ended:
            self._spooled.look(os.fstat(self._spool.fd))
            if not self._spooled.dirty:
                self._spooled.ended = True
                ending.append(self._spooled)
                self._say_stdin_ended(self._spool)
        for trail in ending:
            lines += self._drain.flush(trail)
            if trail is not self._spooled:
                self._handles.close(trail)
        return lines

    def _say_stdin_ended(self, spool: Spool) -> None:
        if spool.trouble:
            self._tell("missing", STDIN, f"could not be copied: {spool.trouble}", 0)
        else:
            self._tell("gone", STDIN, "has ended", None)

    def _take_stdin(self) -> None:
        self._spool = Spool(0, wake=self._news.set)
        if self._follow:
            self._spool.start()
        else:
            self._spool.copy()
        status = os.fstat(self._spool.fd)
        self._spooled = self._scout.enlist((status.st_dev, status.st_ino), STDIN)
        self._handles.adopt(self._spooled, os.dup(self._spool.fd))
        self._spooled.loose_until = float("inf")
        if not self._follow:
            self._opening.begin_at(self._spooled, self._spool.fd, status)

    def _tell(self, kind: NoticeKind, path: str, text: str, missing_bytes: int | None) -> None:
        self._notices.append(Notice(kind, path, text, self._clock(), missing_bytes))


def _refusal(
    targets: Sequence[str], notices: Sequence[Notice], opening: Opening
) -> SourceError | None:
    """Why these cannot be read, where something is not there."""
    trouble = next((n for n in notices if n.kind in ("waiting", "unreadable")), None)
    if trouble:
        return SourceError(
            f"{trouble.path} {trouble.text.split(';')[0].removesuffix(' yet')}",
            fix="Check the path and whether you may read it.",
        )
    if not opening.is_anything_there:
        return SourceError(
            f"there is no log in {' '.join(targets)}",
            fix="Name a file, a folder with files, or a glob in quotes",
        )
    return None


_ENDS = (b"", b"\n", b"\r")


def _by_age(trail: Trail) -> int:
    return trail.number


def _leads_to(trail: Trail) -> bool:
    try:
        status = os.stat(trail.path)
    except OSError:
        return False
    return (status.st_dev, status.st_ino) == trail.identity


def _gone(path: str) -> GoneError:
    return GoneError(
        f"the bytes of this line are no longer in {path}",
        fix="Look in an older copy of the log; a mark keeps the bytes, a log may not.",
    )
