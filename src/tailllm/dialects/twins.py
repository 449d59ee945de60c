"""Failed calls that two writers told of in separate traces."""

from collections import OrderedDict, deque
from typing import NamedTuple

from tailllm.dialects.unfinished import interval, within
from tailllm.records.part import Part

_MODELS = 1_000
_FAILURES = 64
"""Failed calls of one model that wait for their twin."""


class _Failure(NamedTuple):
    slot: int
    interval: tuple[float, float]
    library: bool
    trace: object
    is_root: bool
    """Nothing is around it in its trace, where the instrumentation's span would be."""


class Twins:
    """Pairs a client library's failed span with the instrumentation's span around it.

    A failed call has no response id. Its two spans are known by the same model, an error in
    both, and the library's time inside the other's. Each has one twin at most, the first that
    ended. A library's span that lies in another span has its twin in its own trace: in an
    outage many calls fail at once, and each must count.
    """

    def __init__(self) -> None:
        self._by_model: OrderedDict[str, deque[_Failure]] = OrderedDict()

    def twin(self, slot: int, part: Part) -> int | None:
        """The slot of the part's twin, if it has come; else the part waits for it."""
        span = interval(part)
        model = part.fields.get("request_model")
        if span is None or part.fields.get("status") != "error" or not model:
            return None
        library, trace = bool(part.fields.get("_library")), part.fields.get("trace_id")
        mine = _Failure(slot, span, library, trace, part.parent is None)
        waiting = self._by_model.setdefault(model, deque(maxlen=_FAILURES))
        self._by_model.move_to_end(model)
        if len(self._by_model) > _MODELS:
            self._by_model.popitem(last=False)
        fitting = [other for other in waiting if _fit(mine, other)]
        if not fitting:
            waiting.append(mine)
            return None
        best = min(fitting, key=lambda other: other.interval[::-1])
        waiting.remove(best)
        return best.slot

    def replace(self, gone: int, kept: int) -> None:
        """Two calls were one, so neither waits any longer."""
        self.forget(gone)
        self.forget(kept)

    def forget(self, slot: int) -> None:
        """The call waits no longer."""
        for waiting in self._by_model.values():
            for failure in [failure for failure in waiting if failure.slot == slot]:
                waiting.remove(failure)


def _fit(one: _Failure, other: _Failure) -> bool:
    if one.library == other.library or one.slot == other.slot:
        return False
    inner, outer = (one, other) if one.library else (other, one)
    if not inner.is_root and inner.trace != outer.trace:
        return False
    return within(inner.interval, outer.interval)
