"""Two calls side by side: what the model saw and said, and where their prompts part."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, NamedTuple

from tailllm.ask.wording import Stretch, compare, is_same
from tailllm.records.call import Call
from tailllm.transcript import Turn, turns

CONTEXT = 40
"""Characters shown around the first difference."""


class Section(NamedTuple):
    """One part of both calls: the system text, a message, the answer."""

    title: str
    stretches: tuple[Stretch, ...]

    @property
    def same(self) -> bool:
        """Whether it is the same in both."""
        return is_same(self.stretches)

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        shown = [one.as_json() for one in self.stretches]
        return {"title": self.title, "same": self.same, "stretches": shown}


class Value(NamedTuple):
    """A parameter or fact that differs; None where a call does not have it."""

    name: str
    before: Any
    after: Any


class Prefix(NamedTuple):
    """How far two prompts are the same, tools first, as a provider's prompt cache sees them."""

    same_bytes: int
    """UTF-8 bytes before the first difference."""
    before_bytes: int
    after_bytes: int
    part: str | None
    """In which part it is: `tools`, `system`, `user #2`; None when nothing differs."""
    byte_in_part: int | None
    before: str
    """What stands there, and a little before it."""
    after: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Two calls compared."""

    keys: tuple[str, str]
    sections: tuple[Section, ...]
    params: tuple[Value, ...]
    """Only those that differ."""
    facts: tuple[Value, ...]
    prefix: Prefix

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "keys": list(self.keys),
            "prefix": self.prefix._asdict(),
            "params": [one._asdict() for one in self.params],
            "facts": [one._asdict() for one in self.facts],
            "sections": [one.as_json() for one in self.sections],
        }


def pair(one: Call, other: Call) -> Pair:
    """Compare two calls; the first is `before` and `gone`, the second `after` and `new`."""
    sections = [
        Section(title, compare(old, new))
        for title, old, new in _aligned(_parts(one), _parts(other))
    ]
    return Pair(
        (one.key, other.key),
        tuple(sections),
        _differing(one.request_params or {}, other.request_params or {}),
        _differing(_facts(one), _facts(other)),
        prefix(one, other),
    )


def prompt_pair(one: Call, other: Call) -> Pair:
    """Compare what belongs to the prompt version: system text, tools, parameters."""
    whole = pair(one, other)
    sections = tuple(s for s in whole.sections if s.title.split(" ")[0] in _OF_THE_PROMPT)
    return Pair(whole.keys, sections, whole.params, (), whole.prefix)


def system_text(call: Call) -> str:
    """What the service told the model to be; empty where the log does not say."""
    return "\n".join(_text(turn) for turn in turns(call) if turn.kind == "system")


def prefix(one: Call, other: Call) -> Prefix:
    """The bytes two prompts share from their start."""
    before, after = list(_sent(one)), list(_sent(other))
    size, size2 = (sum(len(text) for _, text in side) for side in (before, after))
    same = 0
    for (title, text), (title2, text2) in zip_longest(before, after, fillvalue=("", b"")):
        if text == text2 and title == title2:
            same += len(text)
            continue
        at = _first_difference(text, text2)
        shown, shown2 = _around(text, at), _around(text2, at)
        return Prefix(same + at, size, size2, title or title2, at, shown, shown2)
    return Prefix(same, size, size2, None, None, "", "")


_OF_THE_PROMPT = frozenset({"system", "developer", "tools"})


def _parts(call: Call) -> list[tuple[str, str]]:
    found = [("tools" if turn.kind == "tools" else turn.title, _text(turn)) for turn in turns(call)]
    return [(title, text) for title, text in found if text]


def _aligned(
    before: list[tuple[str, str]], after: list[tuple[str, str]]
) -> Iterator[tuple[str, str, str]]:
    """Parts of the same title together, in the order of the first call, then the second's."""
    new = dict(after)
    for title, text in before:
        yield title, text, new.pop(title, "")
    for title, text in new.items():
        yield title, "", text


def _text(turn: Turn) -> str:
    return "\n".join(
        f"{piece.head}\n{piece.text}" if piece.head else piece.text for piece in turn.pieces
    )


def _sent(call: Call) -> Iterator[tuple[str, bytes]]:
    """The prompt in the order in which providers cache it: tools, system text, messages."""
    if call.tool_definitions:
        yield "tools", json.dumps(call.tool_definitions, ensure_ascii=False).encode(*_ENCODING)
    for turn in turns(call):
        if turn.kind in ("system", "message"):
            yield turn.title, _text(turn).encode(*_ENCODING)


_ENCODING = ("utf-8", "surrogatepass")


def _first_difference(one: bytes, other: bytes) -> int:
    """Found by halves: comparing slices is a thousand times faster than a loop over bytes."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[:middle] == other[:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _around(text: bytes, at: int) -> str:
    return text[max(0, at - CONTEXT) : at + CONTEXT].decode("utf-8", "replace")


def _differing(one: dict[str, Any], other: dict[str, Any]) -> tuple[Value, ...]:
    names = [*one, *(name for name in other if name not in one)]
    values = (Value(name, one.get(name), other.get(name)) for name in names)
    return tuple(value for value in values if value.before != value.after)


def _facts(call: Call) -> dict[str, Any]:
    prompt = f"{call.prompt_name or '-'}@{call.prompt_version or '-'}"
    return {
        "prompt": prompt,
        "request_model": call.request_model,
        "response_model": call.response_model,
        "provider_name": call.provider_name,
        "status": call.status,
        "finish_reason": call.finish_reason,
        "latency_ms": call.latency_ms,
        "ttft_ms": call.ttft_ms,
        "input_tokens": call.usage.input_tokens,
        "cache_read_input_tokens": call.usage.cache_read_input_tokens,
        "output_tokens": call.usage.output_tokens,
        "verdicts": {one.name: one.outcome for one in call.evaluations} or None,
    }
