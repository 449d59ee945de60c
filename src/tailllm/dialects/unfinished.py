"""The calls that may still get parts, by every name they have."""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field

from tailllm.dialects.dialect import line_key
from tailllm.dialects.fold import LIBRARY, SPAN
from tailllm.dialects.values import number
from tailllm.records.part import Part

_SLACK_S = 0.001
"""Two writers of one span read the clock one after the other."""

_EXCHANGE = "exchange:"
"""Call ids that an application gives its own requests: some begin again with the process."""


@dataclass(eq=False, slots=True)
class Open:
    """A call that may still get parts."""

    slot: int
    parts: list[Part] = field(default_factory=list)
    keys: dict[str, int] = field(default_factory=dict)
    """Each name, with the rank of the part that brought it."""
    parents: set[str] = field(default_factory=set)
    trace: str | None = None
    size_bytes: int = 0

    def say(self, name: str) -> object:
        """The first value its parts give for a field."""
        return next((p.fields[name] for p in self.parts if p.fields.get(name) is not None), None)

    def interval(self) -> tuple[float, float] | None:
        """From start to end, where some part knows both."""
        for part in self.parts:
            found = interval(part)
            if found:
                return found
        return None


class Unfinished:
    """At most `capacity` calls and `capacity_bytes` of their log text; the last touched stay."""

    def __init__(self, capacity: int, capacity_bytes: int) -> None:
        self._capacity = capacity
        self._capacity_bytes = capacity_bytes
        self._size_bytes = 0
        self._calls: OrderedDict[int, Open] = OrderedDict()
        self._by_key: dict[str, int] = {}
        self._inside: dict[str, set[int]] = {}
        self._by_trace: dict[str, set[int]] = {}

    def __getitem__(self, slot: int) -> Open:
        return self._calls[slot]

    def get(self, slot: int) -> Open | None:
        """The call in this slot, unless it was forgotten or is part of another."""
        return self._calls.get(slot)

    def named(self, part: Part) -> Open | None:
        """The call that already has one of the part's names."""
        for key in part.keys:
            slot = self._by_key.get(key)
            if slot is not None and self._may_be(self._calls[slot], part, key):
                return self._calls[slot]
        return None

    def of_trace(self, trace: str | None) -> list[Open]:
        """The calls of one trace."""
        return [self._calls[slot] for slot in self._by_trace.get(trace or "", ())]

    def start(self, slot: int, part: Part) -> Open:
        """Remember a new call."""
        call = self._calls[slot] = Open(slot)
        for key in part.keys:
            self._hand_over(key)
        self.grow(call, part)
        if not call.keys:
            # All its names are other calls': it is named by its line.
            own = line_key(part.address)
            own = f"{own}+{slot}" if own in self._by_key else own
            call.keys[own], self._by_key[own] = 0, slot
        return call

    def _hand_over(self, key: str) -> None:
        """A call id used again is the new call's, as long as the old one has another name."""
        owner = self._calls.get(self._by_key.get(key, -1)) if key.startswith(_EXCHANGE) else None
        if owner is not None and len(owner.keys) > 1:
            del owner.keys[key], self._by_key[key]

    def grow(self, call: Open, part: Part, *, named: bool = True) -> None:
        """Add a part; `named`: its names are names of the call."""
        call.parts.append(part)
        size_bytes = part.address.length + sum(address.length for address in part.more)
        call.size_bytes += size_bytes
        self._size_bytes += size_bytes
        self._calls.move_to_end(call.slot)
        if not named:
            return
        for key in part.keys:
            if self._by_key.setdefault(key, call.slot) == call.slot:
                call.keys[key] = max(call.keys.get(key, 0), part.fields.get("_rank", SPAN))
        if part.parent:
            call.parents.add(part.parent)
            self._inside.setdefault(part.parent, set()).add(call.slot)
        trace = part.fields.get("trace_id")
        if trace and call.trace is None:
            call.trace = trace
            self._by_trace.setdefault(trace, set()).add(call.slot)

    def linked(self, call: Open, part: Part) -> Iterator[Open]:
        """Other calls that share a name with the part, or lie directly around or inside it."""
        slots = {self._by_key.get(key) for key in part.keys}
        slots.add(self._by_key.get(part.parent or ""))
        for key in part.keys:
            slots |= self._inside.get(key, set())
        for slot in sorted(slot for slot in slots if slot is not None):
            other = self._calls.get(slot)
            if other is None or other is call:
                continue
            shared = next((key for key in part.keys if key in other.keys), None)
            if self._may_be(other, part, shared) if shared else _nested(call, other):
                yield other

    def merge(self, kept: Open, gone: Open) -> None:
        """Two calls were one."""
        self._drop(gone)
        for part in gone.parts:
            self.grow(kept, part, named=part.kind == "piece")

    def shrink(self) -> list[int]:
        """Forget the calls touched longest ago, down to the bounds."""
        gone = []
        while len(self._calls) > self._capacity or (
            self._size_bytes > self._capacity_bytes and len(self._calls) > 1
        ):
            call = next(iter(self._calls.values()))
            self._drop(call)
            gone.append(call.slot)
        return gone

    def _drop(self, call: Open) -> None:
        del self._calls[call.slot]
        self._size_bytes -= call.size_bytes
        for key in call.keys:
            del self._by_key[key]
        for parent in call.parents:
            _discard(self._inside, parent, call.slot)
        if call.trace:
            _discard(self._by_trace, call.trace, call.slot)

    @staticmethod
    def _may_be(call: Open, part: Part, key: str) -> bool:
        """A response id is no proof alone: caches answer twice with the same one.

        Two spans that share one are the same call only if their times overlap. Two answers
        to one request, from a batch that ran again, are two calls, and so are two requests
        with call ids of their own.
        """
        if key.startswith("asked:") and _answered(part):
            return not any(map(_answered, call.parts))
        if key.startswith(_EXCHANGE):
            return not _used_again(call, part)
        if _other_exchange(call, part):
            return False
        spans = [name for name in part.keys if name.startswith("span:")]
        if not key.startswith("resp:") or not spans or spans[0] in call.keys:
            return True
        one, other = call.interval(), interval(part)
        return one is None or other is None or _overlap(one, other)


def _other_exchange(call: Open, part: Part) -> bool:
    """Whether both were logged under call ids, and under different ones."""
    mine = {name for name in part.keys if name.startswith(_EXCHANGE)}
    yours = {name for name in call.keys if name.startswith(_EXCHANGE)}
    return bool(mine and yours) and mine.isdisjoint(yours)


def _used_again(call: Open, part: Part) -> bool:
    """Whether a call id began again: another answer, or a request after the answer."""
    mine, yours = part.fields.get("response_id"), call.say("response_id")
    if mine is not None and yours is not None:
        return bool(mine != yours)
    start, over = number(part.fields.get("start_time")), number(call.say("_over_at"))
    return yours is not None and start is not None and over is not None and start > over + _SLACK_S


def _answered(part: Part) -> bool:
    return part.fields.get("state") == "done"


def interval(part: Part) -> tuple[float, float] | None:
    """From start to end of what the part describes, in seconds since the epoch."""
    start, latency_ms = number(part.fields.get("start_time")), part.fields.get("latency_ms")
    if start is None or latency_ms is None or part.fields.get("_rank", SPAN) < LIBRARY:
        return None
    return start, start + latency_ms / 1000


def within(inner: tuple[float, float], outer: tuple[float, float]) -> bool:
    """Whether one interval lies in the other."""
    return outer[0] - _SLACK_S <= inner[0] and inner[1] <= outer[1] + _SLACK_S


def _overlap(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return one[0] <= other[1] + _SLACK_S and other[0] <= one[1] + _SLACK_S


def _nested(one: Open, other: Open) -> bool:
    """A call's span directly inside a call's span is the same call, told twice."""
    for name in ("response_id", "request_model"):
        mine, yours = one.say(name), other.say(name)
        if mine is not None and yours is not None and mine != yours:
            return False
    return True


def _discard(index: dict[str, set[int]], key: str, slot: int) -> None:
    slots = index.get(key)
    if slots is not None:
        slots.discard(slot)
        if not slots:
            del index[key]
