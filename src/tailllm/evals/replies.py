"""What came of asking once: an answer, or why there is none and what to do about it."""

import json
from enum import Enum
from typing import Any, NamedTuple, Protocol

from tailllm.evals.answers import Answer
from tailllm.evals.asking import Request

MAX_BYTES = 16 << 20
"""Bytes of one answer; a body without end must not fill the memory."""


class Kind(Enum):
    """How asking went."""

    OK = "ok"
    THROTTLED = "throttled"
    """Too many requests: later, and with fewer at once."""
    DOWN = "down"
    """Nobody answers, or with a server's error: again, for as long as there is patience."""
    BROKEN = "broken"
    """What came is no answer: again, a few times."""
    UNUSABLE = "unusable"
    """This request is refused: the case cannot be evaluated."""
    DENIED = "denied"
    """No request can work: a wrong key, a wrong address, a redirect. The run ends."""


class Reply(NamedTuple):
    """What came."""

    kind: Kind
    answer: Answer | None = None
    why: str = ""
    retry_after_s: float | None = None
    """Seconds after which the endpoint wants to be asked again."""


class Asker(Protocol):
    """Asks a target; each worker has its own."""

    async def ask(self, request: Request) -> Reply:
        """Ask once.

        Raises:
            Nothing but cancellation: what went wrong is in the reply.
        """

    async def close(self) -> None:
        """Let go of connections and processes."""


def decoded(content: bytes) -> Any:
    """The JSON of an answer; None when it is none."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None
