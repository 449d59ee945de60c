"""Reads what is new in a file, and says what may be missing from it."""

import os
from typing import TYPE_CHECKING

from tailllm.records.line import RawLine
from tailllm.sources.ahead import Ahead
from tailllm.sources.cutter import CAP_BYTES
from tailllm.sources.handles import Handles, MovedError
from tailllm.sources.opening import after_last_newline
from tailllm.sources.trail import Trail, addressed

if TYPE_CHECKING:
    from tailllm.sources.opening import Opening
    from tailllm.sources.past import Tell

BACKOFF_S = (1.0, 30.0)


class Drain:
    """Takes lines out of trails."""

    def __init__(self, handles: Handles, opening: "Opening", tell: "Tell") -> None:
        self._handles = handles
        self._opening = opening
        self._tell = tell

    def flush(self, trail: Trail) -> list[RawLine]:
        """The unfinished last line, which nobody will finish."""
        if not trail.cutter.held_bytes:
            return []
        self._tell("incomplete", trail.path, "ended without a newline", None)
        return self._address(trail, trail.cutter.flush())

    def read(self, trail: Trail, limit_bytes: int, now: float) -> list[RawLine]:
        """At most `limit_bytes` of new lines; trouble becomes a notice."""
        if now < trail.retry_at:
            return []
        try:
            with self._handles.lend(trail) as fd:
                pieces = trail.read(fd, limit_bytes)
                if pieces is None:
                    self._start_again(trail, os.fstat(fd))
                    pieces = trail.read(fd, limit_bytes) or []
        except MovedError:
            self._lose(trail)
            return []
        except OSError as error:
            self._back_off(trail, error, now)
            return []
        trail.retry_s = 0.0
        if trail.cut_off_bytes:
            self._say_truncated(trail, trail.cut_off_bytes)
        return self._address(trail, pieces)

    def pass_over(self, trail: Trail, limit_bytes: int, now: float) -> "Ahead | None":
        """Whole lines for somebody else to read; None where we must read on ourselves."""
        start = trail.cutter.line_start
        if trail.file is None or start is None or now < trail.retry_at or trail.cut_off_bytes:
            return None
        try:
            with self._handles.lend(trail) as fd:
                size = min(os.fstat(fd).st_size, trail.offset + limit_bytes)
                end = after_last_newline(fd, size, floor=trail.offset)
                proof = trail.pass_over(fd, end) if end > trail.offset else None
                return proof and Ahead(trail, os.dup(fd), start, proof, self._tell)
        except OSError:
            return None

    def _address(self, trail: Trail, pieces: list[tuple[int, bytes]]) -> list[RawLine]:
        while trail.cutter.too_long:
            at = trail.cutter.too_long.pop()
            text = f"a line of more than {CAP_BYTES >> 20} MB at byte {at:,} was left out"
            self._tell("too-long", trail.path, text, None)
        if not pieces:
            return []
        file = trail.file or self._opening.name(trail)
        return addressed(file, pieces)

    def _start_again(self, trail: Trail, status: os.stat_result) -> None:
        missing_bytes = trail.cut_off_bytes + trail.cutter.held_bytes
        if status.st_size < trail.offset:
            self._say_truncated(trail, missing_bytes)
        else:
            text = "was rewritten in place; read again from its start"
            self._tell("replaced", trail.path, text, missing_bytes)
        trail.cut_off_bytes = 0
        trail.restart()
        trail.look(status)

    def _say_truncated(self, trail: Trail, missing_bytes: int) -> None:
        trail.cut_off_bytes = 0
        known = f", at least {missing_bytes:,} bytes" if missing_bytes else ""
        text = f"was truncated; what came just before may be missing{known}"
        self._tell("truncated", trail.path, text, missing_bytes)

    def _lose(self, trail: Trail) -> None:
        missing_bytes = trail.behind_bytes + trail.cutter.held_bytes
        text = "is gone before it was read to its end"
        self._tell("missing", trail.path, text, missing_bytes)
        trail.dirty, trail.size = False, trail.offset

    def _back_off(self, trail: Trail, error: OSError, now: float) -> None:
        if not trail.retry_s:
            text = f"cannot be read ({error.strerror}); trying again"
            self._tell("unreadable", trail.path, text, None)
        trail.retry_s = min(BACKOFF_S[1], max(BACKOFF_S[0], 2 * trail.retry_s))
        trail.retry_at = now + trail.retry_s
        self._handles.close(trail)
