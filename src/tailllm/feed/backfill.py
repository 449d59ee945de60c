"""The past in portions, here and by helper processes: each file from its end back."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from typing import TYPE_CHECKING, NamedTuple

from tailllm.feed.past import Left
from tailllm.feed.portion import Answer, Portion, Portions
from tailllm.sources.past import Past

if TYPE_CHECKING:
    from tailllm.feed.helpers import Helpers

HELP_WORTH_S = 0.5
"""Work that is done here before a helper has started and read its share."""
_LINE_S, _BYTE_S = 5e-6, 0.5e-9
"""What reading costs, roughly: only the choice whether to start helpers rests on it."""
PORTION_LINES = 5_000
"""Taking a portion in has a fixed cost of a few milliseconds, and so has waiting for it."""
PORTION_BYTES = (1 << 20, 64 << 20)
"""The least and the most."""
PATIENCE_S = 0.05
"""How long what is live may wait for the past."""


class Given(NamedTuple):
    """A portion that was read, or that the caller must read himself."""

    past: Past
    start: int
    end: int
    answer: Answer | None
    """None: read it yourself."""


class _Asked(NamedTuple):
    past: Past
    future: "Future[Answer | None]"


def is_long(pasts: Iterable[Past]) -> bool:
    """Whether helpers would have read these files sooner than we."""
    work_s = sum(past.size * (_BYTE_S + _LINE_S / _line_bytes(past.sample())) for past in pasts)
    return work_s > HELP_WORTH_S


class Us:
    """Reads portions at once, in this process."""

    count = 0
    """Portions that may wait."""

    def __init__(self) -> None:
        self._portions = Portions()

    def ask(self, portion: Portion) -> "Future[Answer | None]":
        """Read a portion."""
        future: Future[Answer | None] = Future()
        future.set_result(self._portions.read(portion))
        return future


def backfill(
    left: Sequence[Left],
    helpers: "Helpers | None",
    *,
    clock: Callable[[], float],
    wants_rows: Callable[[], bool],
) -> Iterator[Given | None]:
    """Have everything read that is left.

    Args:
        helpers: Read portions as soon as one of them is ready; until then we do.

    Yields:
        One portion after the other; None when there is nothing yet and something live may
        want attention. A file in trouble comes back at the end, as one portion without answer.
    """
    edges = {one.past.file: one for one in left}
    spoiled: set[str] = set()
    for past, answer in _answers(_plan(left, clock, wants_rows), helpers, spoiled):
        if answer is None:
            yield None
            continue
        known = edges[past.file]
        start = min(known.end, answer.start)
        yield Given(past, start, known.end, answer)
        edges[past.file] = Left(past, start)
    for file in spoiled:
        yield Given(edges[file].past, 0, edges[file].end, None)


def _answers(
    plan: Iterator[tuple[Past, Portion]], helpers: "Helpers | None", spoiled: set[str]
) -> Iterator[tuple[Past, Answer | None]]:
    """Answers in the order of the plan; files that got none become `spoiled`."""
    asked: deque[_Asked] = deque()
    us = Us()
    while True:
        who = helpers if helpers is not None and helpers.started else us
        while len(asked) <= who.count and (planned := next(plan, None)) is not None:
            if planned[0].file not in spoiled:
                asked.append(_Asked(planned[0], who.ask(planned[1])))
        if not asked:
            return
        try:
            answer = asked[0].future.result(PATIENCE_S)
        except NotYet:
            yield asked[0].past, None
            continue
        past = asked.popleft().past
        if answer is None:
            spoiled.add(past.file)
        elif past.file not in spoiled:
            yield past, answer


def _plan(
    left: Sequence[Left], clock: Callable[[], float], wants_rows: Callable[[], bool]
) -> Iterator[tuple[Past, Portion]]:
    for past, limit in left:
        origin = past.origin()
        size = _size(origin.sample)
        for end in range(limit, 0, -size):
            start = max(0, end - size)
            yield past, Portion(origin, start, end, limit, clock(), wants_rows())


def _size(sample: Sequence[bytes]) -> int:
    """Bytes of a portion of lines like these."""
    least, most = PORTION_BYTES
    return max(least, min(most, int(PORTION_LINES * _line_bytes(sample))))


def _line_bytes(sample: Sequence[bytes]) -> float:
    return sum(map(len, sample)) / max(1, len(sample)) + 1
