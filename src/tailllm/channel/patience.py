"""How long a server that is down or throttles is waited for, within one sync."""

import time
from collections.abc import Callable
from typing import TypeVar

from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    stop_before_delay,
    wait_random_exponential,
)

from tailllm.channel.trouble import DownError, ThrottledError

_Found = TypeVar("_Found")
FIRST_S = 0.5
MOST_S = 30.0
_JITTER = wait_random_exponential(multiplier=FIRST_S, max=MOST_S)


class Patience:
    """Asks again after trouble that passes: as long as the server says, else at random times.

    The last trouble is raised when the next wait would go beyond `patience_s`, counted for
    each thing that is asked. Trouble that does not pass is raised at once.
    """

    def __init__(self, patience_s: float, sleep: Callable[[float], None] = time.sleep) -> None:
        stop = stop_before_delay(patience_s)
        asking = Retrying(wait=_wait_s, stop=stop, sleep=sleep, reraise=True)
        self._asking = asking.copy(retry=retry_if_exception_type((DownError, ThrottledError)))
        self._sending = asking.copy(retry=retry_if_exception_type(ThrottledError))

    def get(self, ask: Callable[[], _Found]) -> _Found:
        """What `ask` answers in the end."""
        return self._asking.copy()(ask)

    def throttled(self, send: Callable[[], _Found]) -> _Found:
        """The same for what must not be done twice: only what was refused is tried again."""
        return self._sending.copy()(send)


def _wait_s(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, ThrottledError) and error.after_s is not None:
        return error.after_s
    return _JITTER(state)
