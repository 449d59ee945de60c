"""What is noted while a call is under way: as little as possible, on the caller's time."""

import random
import time
from collections.abc import Callable, Mapping
from functools import cached_property
from time import perf_counter
from typing import Any
from zlib import crc32

from tailllm.record.facts import Facts, current

TAIL_BYTES = 16 << 10
"""Kept of the end of a body that is cut: the usage of a stream comes last."""
MOMENTS_KEPT = 64
"""Chunks whose arrival is noted; the first token comes in one of the first."""
OVERHEAD_BYTES = 2_000
"""What a call weighs in memory beside its bodies."""


class Exchange:
    """One request and its answer as they pass by.

    `add` runs between two chunks of somebody's stream, so it keeps bytes and a time and
    thinks about neither.
    """

    def __init__(self, *, url: Any, headers: Mapping[str, str], cap_bytes: int) -> None:
        self.started_at = time.time()
        self.begun = perf_counter()
        self.url = url
        self.request_headers = headers
        self.response_headers: Any = None
        self.facts: Facts = current()
        self.cap_bytes = cap_bytes
        self.request: bytes | None = None
        self.request_bytes = 0
        self.status: int | None = None
        self.head = bytearray()
        self.tail = bytearray()
        self.received = 0
        self.moments: list[tuple[int, float]] = []
        self.ms: float | None = None
        self.ended = "whole"
        self.error: BaseException | None = None
        self.provider: str | None = None
        self.sample = 1.0

    @property
    def size(self) -> int:
        """Bytes this keeps in memory."""
        return OVERHEAD_BYTES + len(self.request or b"") + len(self.head) + len(self.tail)

    @cached_property
    def answered(self) -> dict[str, str]:
        """The headers of the answer, by lower-case name."""
        raw = self.response_headers.raw if self.response_headers is not None else ()
        return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in raw}

    @property
    def is_cut(self) -> bool:
        """Whether the answer was longer than what is kept of it."""
        return self.received > len(self.head) + len(self.tail)

    def sent(self, body: bytes) -> None:
        """The request's body."""
        self.request_bytes = len(body)
        self.request = body if len(body) <= self.cap_bytes else body[: self.cap_bytes]

    def add(self, chunk: bytes) -> None:
        """A chunk of the answer has come."""
        size = len(chunk)
        self.received += size
        if len(self.moments) < MOMENTS_KEPT:
            self.moments.append((self.received, perf_counter()))
        room = self.cap_bytes - len(self.head)
        if room >= size:
            self.head += chunk
            return
        if room > 0:
            self.head += chunk[:room]
            chunk = chunk[room:]
        self.tail += chunk[-TAIL_BYTES:]
        if len(self.tail) > 4 * TAIL_BYTES:
            del self.tail[:-TAIL_BYTES]

    def end(self, error: BaseException | None = None, *, ended: str = "whole") -> bool:
        """The call is over; False when that was known before."""
        if self.ms is not None:
            return False
        self.ms = self.since_ms(perf_counter())
        self.ended, self.error = (ended, None) if error is None else (_how(error), error)
        return True

    def since_ms(self, moment: float) -> float:
        """Milliseconds from the beginning of the call to a moment of `perf_counter`."""
        return (moment - self.begun) * 1000


def _how(error: BaseException) -> str:
    """In which way an exception ended the call."""
    if isinstance(error, GeneratorExit):
        return "closed"
    # asyncio.CancelledError, trio.Cancelled: neither is imported for its name.
    return "cancelled" if type(error).__name__ in {"CancelledError", "Cancelled"} else "failed"


def sampled(rate: float, facts: Facts, chance: Callable[[], float] = random.random) -> bool:
    """Whether a call is among the `rate` that are recorded; a session is, or is not, as a whole."""
    if rate >= 1.0:
        return True
    session = facts.get("session") or facts.get("conversation")
    if session:
        return crc32(str(session).encode()) / 2**32 < rate
    return chance() < rate
