"""The same input answered several times: do the texts differ, do the verdicts?"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from tailllm.errors import GoneError
from tailllm.records.call import Call
from tailllm.records.row import Row
from tailllm.store import labels
from tailllm.store.stats import shown_time
from tailllm.transcript import reply, turns

Read = Callable[[Row], Call]
Told = Callable[[int, int], None]
"""Hears that so many of so many calls have been read; may raise, to give up."""
Outcome = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """One call among those with the same input."""

    key: str
    at: float
    day: str
    request_model: str | None
    response_model: str | None
    text: str
    """As it came, tool calls included."""
    verdicts: Outcome
    """(validator, outcome), by name."""


@dataclass(frozen=True, slots=True)
class Variants:
    """All answers to one input under one prompt version."""

    prompt: str | None
    asked: str
    """The start of the last user text."""
    answers: tuple[Answer, ...]
    """In the order of their time."""

    @property
    def texts(self) -> Counter[str]:
        """Different texts, blanks apart, and how often each came."""
        return Counter(" ".join(one.text.split()) for one in self.answers)

    @property
    def outcomes(self) -> Counter[Outcome]:
        """Different sets of verdicts, and how often each came."""
        return Counter(one.verdicts for one in self.answers)

    @property
    def text_stability(self) -> float:
        """Share of the most frequent text."""
        return max(self.texts.values()) / len(self.answers)

    @property
    def verdict_stability(self) -> float | None:
        """Share of the most frequent set of verdicts; None when nobody judged."""
        if not any(one.verdicts for one in self.answers):
            return None
        return max(self.outcomes.values()) / len(self.answers)

    def by(self, field: str) -> dict[str, dict[str, int]]:
        """Calls, different texts and different verdicts by `day`, `request_model` or so."""
        parts: defaultdict[str, list[Answer]] = defaultdict(list)
        for one in self.answers:
            parts[getattr(one, field) or "-"].append(one)
        return {
            name: {
                "calls": len(own),
                "texts": len({" ".join(one.text.split()) for one in own}),
                "verdicts": len({one.verdicts for one in own}),
            }
            for name, own in parts.items()
        }

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        stable = self.verdict_stability
        return {
            "prompt": self.prompt,
            "asked": self.asked,
            "calls": len(self.answers),
            "texts": len(self.texts),
            "text_stability": round(self.text_stability, 4),
            "verdicts": len(self.outcomes),
            "verdict_stability": None if stable is None else round(stable, 4),
            "by_day": self.by("day"),
            "by_request_model": self.by("request_model"),
            "by_response_model": self.by("response_model"),
            "answers": [
                {"key": one.key, "start_time": shown_time(one.at), "text": one.text}
                | {"verdicts": dict(one.verdicts)}
                for one in self.answers
            ],
        }


def variants(
    rows: Iterable[Row], read: Read, told: Told = lambda _done, _of: None
) -> tuple[Variants, ...]:
    """Inputs that were answered more than once, the least stable first.

    A call that got no answer is no variant: a 429 says nothing about the model. Only calls
    whose prompt version and start of the last user text are the same are read.
    """
    alike: defaultdict[tuple[str | None, str], list[Row]] = defaultdict(list)
    for row in rows:
        if row.state == "done" and row.status != "error" and row.preview.strip():
            alike[labels.prompt(row), normal(row.preview)].append(row)
    several = {key: group for key, group in alike.items() if len(group) > 1}
    done, of = 0, sum(map(len, several.values()))

    def counted(row: Row) -> Call:
        nonlocal done
        told(done, of)
        done += 1
        return read(row)

    found = []
    for (prompt, _), group in several.items():
        found += _same(prompt, group, counted)
    found.sort(
        key=lambda one: (one.verdict_stability or 1.0, one.text_stability, -len(one.answers))
    )
    return tuple(found)


def normal(text: str) -> str:
    """The text without what nobody means: case and blanks."""
    return " ".join(text.casefold().split())


def _same(prompt: str | None, rows: list[Row], read: Read) -> list[Variants]:
    inputs: defaultdict[bytes, list[Answer]] = defaultdict(list)
    asked: dict[bytes, str] = {}
    for row in sorted(rows, key=lambda row: row.at):
        try:
            call = read(row)
        except GoneError:
            continue
        seen = _input(call)
        asked.setdefault(seen, row.preview)
        inputs[seen].append(_answer(row, call))
    return [
        Variants(prompt, asked[seen], tuple(answers))
        for seen, answers in inputs.items()
        if len(answers) > 1
    ]


def _input(call: Call) -> bytes:
    """What the model saw, normalised: all turns but the answer, and the parameters."""
    said = [
        (turn.title, normal(turn.text))
        for turn in turns(call)
        if turn.kind in ("system", "tools", "message")
    ]
    text = json.dumps(said, ensure_ascii=False)
    return sha256(text.encode("utf-8", "surrogatepass")).digest()


def _answer(row: Row, call: Call) -> Answer:
    return Answer(
        row.key,
        row.at,
        (shown_time(row.at) or "-")[:10],
        call.request_model,
        call.response_model,
        reply(call).text,
        tuple(sorted(row.verdicts)),
    )
