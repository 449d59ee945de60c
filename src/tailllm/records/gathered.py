"""Many calls for the index alone: columns of what differs, numbers for what many share.

Nobody can make rows of them, and nobody wants to: that is what makes them cheap.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from tailllm.records.batch import Batch
from tailllm.records.row import Row

OWN = (
    *("key", "at", "latency_ms", "ttft_ms", "input_tokens", "output_tokens"),
    *("cache_read_input_tokens", "reasoning_output_tokens", "cost"),
    *("conversation_id", "user_id"),
)
"""What each call has a value of its own of."""
PROMPT = ("prompt_name", "prompt_version")
"""Numbered apart: where each call has a prompt of its own, the kinds stay few."""
_UNKEPT = ("arrived", "trace_id", "preview", "reply", "source")
KIND = tuple(name for name in Row._fields if name not in {*OWN, *PROMPT, *_UNKEPT})
"""What very many calls have in common."""


class Numbered(dict[tuple[Any, ...], int]):
    """A number for each value, in the order in which they came."""

    def __missing__(self, value: tuple[Any, ...]) -> int:
        number = self[value] = len(self)
        return number


class Gathered:
    """Calls of one file, in one order, read at one time.

    Args:
        arrived: Seconds since the epoch.
    """

    def __init__(self, file: str, arrived: float) -> None:
        self.file = file
        self.arrived = arrived
        self.own: dict[str, list[Any]] = {name: [] for name in OWN}
        self.kinds = Numbered()
        """The values of `KIND`."""
        self.prompts = Numbered()
        """The values of `PROMPT`."""
        self.kind: list[int] = []
        self.prompt: list[int] = []
        self.offsets: list[int | None] = []
        self.lengths: list[int | None] = []
        self._late: list[tuple[int, Batch]] = []

    def __len__(self) -> int:
        return len(self.kind)

    def add(self, batch: Batch) -> None:
        """Calls that are columns already."""
        for name, values in self._of(batch):
            self._column(name).extend(values)

    def put_between(self, place: int, batch: Batch) -> None:
        """Calls that belong before the one that is at this place now; places never go back."""
        self._late.append((place, batch))

    def settled(self) -> "Gathered":
        """All of them in their order, those too that came late."""
        late, self._late = self._late, []
        found = [(place, dict(self._of(batch))) for place, batch in late]
        for name in (*OWN, *_PLACES) if late else ():
            values = self._column(name)
            merged: list[Any] = []
            at = 0
            for place, more in found:
                merged += values[at:place]
                merged += more[name]
                at = place
            values[:] = [*merged, *values[at:]]
        return self

    def _column(self, name: str) -> list[Any]:
        found: list[Any] = getattr(self, name) if name in _PLACES else self.own[name]
        return found

    def _of(self, batch: Batch) -> Iterable[tuple[str, Sequence[Any]]]:
        known = batch.columns
        yield from ((name, known[name]) for name in OWN)
        yield "kind", _numbers(self.kinds, [known[name] for name in KIND])
        yield "prompt", _numbers(self.prompts, [known[name] for name in PROMPT])
        yield "offsets", batch.offsets
        yield "lengths", batch.lengths


_PLACES = ("kind", "prompt", "offsets", "lengths")


def _numbers(known: Numbered, columns: Sequence[Sequence[Any]]) -> list[int]:
    return list(map(known.__getitem__, zip(*columns, strict=True)))
