"""Plain native lines for the index alone: what few calls differ in is worked out once for all.

What it has no quick word for goes the way of `native_batch`, whose columns say the same;
tests/dialects/test_native_index.py holds the two together.
"""

from operator import attrgetter
from typing import Any

import msgspec

from tailllm.dialects import native_batch, native_texts
from tailllm.dialects.native_shapes import Counted, Line, Prompt
from tailllm.dialects.quick import instants, keys, names
from tailllm.dialects.values import text
from tailllm.records.gathered import KIND, Gathered
from tailllm.records.line import Lines

_decode = msgspec.json.Decoder(Counted).decode
_SAID = (
    *("model", "request_model", "provider", "operation", "finish", "checks", "tool_calls"),
    *("host", "route"),
    # Bodies cannot be hashed: a call that has one is not for this way.
    *("request", "response"),
)
_ALIKE = attrgetter(*_SAID)
_SOME = msgspec.Raw(b'"x"')
_UNTOLD = -1
"""Of a prompt whose version is not in the log: its texts say it."""


class Gatherer:
    """Gathers the calls of one file.

    Args:
        arrived: Seconds since the epoch.
    """

    def __init__(self, file: str, arrived: float) -> None:
        self.gathered = Gathered(file, arrived)
        self._known = _Kinds(self.gathered, with_id=True), _Kinds(self.gathered, with_id=False)
        self._prompts = _Prompts(self.gathered)

    def take(self, lines: Lines) -> list[int] | None:
        """Gather the calls of many lines.

        Returns:
            Places of lines that the general way must judge, and which it should add by
            `put_between`; None when all must go another way, and nothing was gathered.
        """
        calls: list[Any] = native_batch.decoded(lines.texts, _decode)
        left = [place for place, call in enumerate(calls) if call is None] if None in calls else []
        if left:
            calls = [call for call in calls if call is not None]
            gone = set(left)
            lines = lines.at([place for place in range(len(lines)) if place not in gone])
        return left if not calls or self._gather(calls, lines) else None

    def _gather(self, calls: list[Any], lines: Lines) -> bool:
        if {call.output.__class__ for call in calls} != {str}:
            return False
        times = instants([call.ts for call in calls])
        prompts = self._numbered(calls)
        ids = names([call.id for call in calls])
        has_id = None not in ids
        if not has_id and ids.count(None) != len(ids):
            return False
        if None in times or prompts is None:
            return False
        try:
            kinds = list(map(self._known[not has_id].__getitem__, map(_ALIKE, calls)))
        except TypeError:
            return False
        self._add(calls, lines, {"at": times, "key": keys(ids, lines)})
        self.gathered.kind += kinds
        self.gathered.prompt += prompts
        return True

    def _numbered(self, calls: list[Any]) -> list[int] | None:
        """The numbers of their prompts; None if one of them cannot be known here."""
        known = list(map(self._prompts.__getitem__, [call.prompt for call in calls]))
        if _UNTOLD not in known:
            return known
        for place, number in enumerate(known):
            if number == _UNTOLD:
                call = calls[place]
                (said,) = native_texts.texts([call], previews=False)
                if said is None:
                    return None
                known[place] = self.gathered.prompts[_name(call.prompt), said[0]]
        return known

    def _add(self, calls: list[Any], lines: Lines, own: dict[str, list[Any]]) -> None:
        used = [call.usage for call in calls]
        if None in used:
            own |= {
                column: [None if one is None else getattr(one, name) for one in used]
                for column, name in _USED.items()
            }
        else:
            own["input_tokens"] = [one.input for one in used]
            own["output_tokens"] = [one.output for one in used]
            own["cache_read_input_tokens"] = [one.cached for one in used]
            own["reasoning_output_tokens"] = [one.reasoning for one in used]
        own["latency_ms"] = [call.ms for call in calls]
        own["ttft_ms"] = [call.ttft_ms for call in calls]
        own["cost"] = [call.cost for call in calls]
        own["user_id"] = names([call.user for call in calls])
        own["conversation_id"] = _either(
            names([call.conversation for call in calls]), names([call.session for call in calls])
        )
        into = self.gathered
        for name, values in own.items():
            into.own[name] += values
        into.offsets += lines.offsets
        into.lengths += map(len, lines.texts)


_USED = {
    "input_tokens": "input",
    "output_tokens": "output",
    "cache_read_input_tokens": "cached",
    "reasoning_output_tokens": "reasoning",
}


def _either(first: list[str | None], second: list[str | None]) -> list[str | None]:
    if first.count(None) == len(first):
        return second
    return [a or b for a, b in zip(first, second, strict=True)]


def _name(prompt: Any) -> str | None:
    return text(getattr(prompt, "name", prompt))


class _Kinds(dict[tuple[Any, ...], int]):
    """Numbers of kinds under what the log says: worked out by the slower way, once."""

    def __init__(self, gathered: Gathered, *, with_id: bool) -> None:
        self._numbers = gathered.kinds
        self._id = "x" if with_id else None

    def __missing__(self, said: tuple[Any, ...]) -> int:
        values = dict(zip(_SAID, said, strict=True))
        like = Line(tailllm=1, ts=0.0, id=self._id, output=_SOME, **values)
        columns = native_batch.columns([like], all_say=True)
        number = self[said] = self._numbers[tuple(columns[name][0] for name in KIND)]
        return number


class _Prompts(dict[Any, int]):
    """Numbers of prompts under what the log says."""

    def __init__(self, gathered: Gathered) -> None:
        self._numbers = gathered.prompts

    def __missing__(self, prompt: Any) -> int:
        version = text(prompt.version) if prompt.__class__ is Prompt else None
        self[prompt] = number = (
            _UNTOLD if version is None else self._numbers[_name(prompt), version]
        )
        return number
