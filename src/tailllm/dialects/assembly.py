"""Parts of calls to calls: what belongs together, whatever order it comes in."""

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from typing import NamedTuple

from tailllm.dialects.fold import complete, fold
from tailllm.dialects.outers import Outers
from tailllm.dialects.twins import Twins
from tailllm.dialects.unfinished import Open, Unfinished
from tailllm.records.line import Address
from tailllm.records.part import Fields, Part

_STRENGTH = {"span": 0, "resp": 1, "line": 3}


class Folded(NamedTuple):
    """A call as far as it is known now."""

    slot: int
    """The same number whenever the same call comes back."""
    fields: Fields
    """Always with status, state, output_text, tool_calls, usage, evaluations and content."""
    keys: tuple[str, ...]
    """Every name of the call, strongest first."""
    format: str
    source: tuple[Address, ...]
    new: bool
    absorbed: tuple[int, ...]
    """Slots that turned out to be this call."""


class Assembler:
    """Puts the parts of calls together.

    Parts are one call when they share a name (span, response id, the format's own id), when
    one call's span lies directly inside another's for the same model, or when both failed
    and a client library's own span lies in the other's time. A call is given as soon as one
    part is there, and again whenever a part changes it. A whole line is a call by itself
    and costs no memory.

    Bounded memory: calls made of parts are remembered, finished or not, so that late parts
    and verdicts find them: the `capacity` last touched, and no more than `capacity_bytes` of
    log text. A part that comes after its call was forgotten starts a new call. Verdicts and
    outer spans wait for their calls in the same way, `capacity` of each at most; the oldest
    are dropped unseen.
    """

    def __init__(self, capacity: int = 20_000, *, capacity_bytes: int = 32 << 20) -> None:
        self._slots = count()
        self._calls = Unfinished(capacity, capacity_bytes)
        self._outers = Outers(capacity)
        self._twins = Twins()
        self._waiting: OrderedDict[str, list[Part]] = OrderedDict()
        self._capacity = capacity
        self._touched: dict[int, list[int]] = {}
        self._new: set[int] = set()

    def add(self, parts: Iterable[Part]) -> list[Folded]:
        """Take these parts in.

        Returns:
            One entry for each call that they touched, as it is after all of them.
        """
        whole = []
        for part in parts:
            if part.kind == "whole":
                whole.append(self._whole(part))
            elif part.kind == "piece":
                self._piece(part)
            elif part.kind == "evaluation":
                self._evaluation(part)
            else:
                self._outer(part)
        if not self._touched:
            return whole
        found = whole + [self._folded(slot) for slot in sorted(self._touched)]
        self._touched.clear()
        self._new.clear()
        for slot in self._calls.shrink():
            self._twins.forget(slot)
        return found

    def _whole(self, part: Part) -> Folded:
        fields = complete(part.fields)
        source = (part.address, *part.more)
        name = fields.pop("format", "")
        return Folded(next(self._slots), fields, part.keys, name, source, True, ())

    def _piece(self, part: Part) -> None:
        call = self._calls.named(part)
        if call is None:
            call = self._calls.start(next(self._slots), part)
            self._new.add(call.slot)
        else:
            self._calls.grow(call, part)
        self._touched.setdefault(call.slot, [])
        for other in list(self._same(call, part)):
            call = self._merge(call, other)
        for key in part.keys:
            self._attach(call, self._waiting.pop(key, ()))

    def _same(self, call: Open, part: Part) -> Iterator[Open]:
        """Other calls that this part shows to be the same one."""
        linked = list(self._calls.linked(call, part))
        yield from linked
        slot = None if linked else self._twins.twin(call.slot, part)
        other = None if slot is None else self._calls.get(slot)
        if other is not None and other is not call:
            yield other

    def _merge(self, one: Open, other: Open) -> Open:
        """The call that was known first keeps its slot."""
        if one is other or self._calls.get(other.slot) is None:
            return one
        kept, gone = (one, other) if one.slot < other.slot else (other, one)
        self._calls.merge(kept, gone)
        self._twins.replace(gone.slot, kept.slot)
        absorbed = self._touched.pop(gone.slot, [])
        if gone.slot in self._new:
            self._new.discard(gone.slot)
        else:
            absorbed.append(gone.slot)
        self._touched.setdefault(kept.slot, []).extend(absorbed)
        return kept

    def _evaluation(self, part: Part) -> None:
        call = self._calls.named(part)
        if call is not None:
            self._attach(call, [part])
            return
        for key in part.keys:
            self._waiting.setdefault(key, []).append(part)
            self._waiting.move_to_end(key)
        while len(self._waiting) > self._capacity:
            self._waiting.popitem(last=False)

    def _attach(self, call: Open, parts: Iterable[Part]) -> None:
        for part in parts:
            if not any(part is known for known in call.parts):
                self._calls.grow(call, part, named=False)
                self._touched.setdefault(call.slot, [])

    def _outer(self, part: Part) -> None:
        trace = self._outers.add(part)
        for call in self._calls.of_trace(trace):
            self._touched.setdefault(call.slot, [])

    def _folded(self, slot: int) -> Folded:
        call = self._calls[slot]
        outers = list(self._outers.around(call))
        fields = fold(call.parts, [part.fields for part in outers])
        name = fields.pop("format", "")
        keys = tuple(sorted(call.keys, key=lambda key: (_strength(key), -call.keys[key], key)))
        source = _source(call.parts + outers if outers else call.parts)
        absorbed = tuple(self._touched[slot])
        return Folded(slot, fields, keys, name, source, slot in self._new, absorbed)


def _source(parts: Sequence[Part]) -> tuple[Address, ...]:
    """All lines that the parts were read from, each once, in the order of their files."""
    if len(parts) == 1 and not parts[0].more:
        return (parts[0].address,)
    return tuple(sorted({line for part in parts for line in (part.address, *part.more)}))


def _strength(key: str) -> int:
    return _STRENGTH.get(key.partition(":")[0], 2)
