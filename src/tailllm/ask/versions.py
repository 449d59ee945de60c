"""Every prompt version seen: when, on which share of the calls, with what numbers."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tailllm.store import questions
from tailllm.store.span import ALL
from tailllm.store.stats import Stats
from tailllm.store.where.nodes import EVERYTHING, Condition

if TYPE_CHECKING:
    from tailllm.store.store import Store


@dataclass(frozen=True, slots=True)
class Version:
    """One version of one prompt."""

    label: str
    """As lists and filters name it: `billing@v15`, or a hash where the log names none."""
    prompt: str | None
    version: str | None
    share: float
    """Of the calls of its prompt."""
    stats: Stats
    """`first` and `last` say when it was seen."""
    predecessor: "Version | None"
    """The version of the same prompt that was seen first before this one."""

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        before = self.predecessor
        return {
            "label": self.label,
            "prompt": self.prompt,
            "version": self.version,
            "share": round(self.share, 6),
            **self.stats.numbers(),
            "bad": self.stats.bad,
            "predecessor": None
            if before is None
            else {"label": before.label, **before.stats.numbers(), "bad": before.stats.bad},
        }


def versions(store: "Store", where: Condition = EVERYTHING) -> tuple[Version, ...]:
    """Every version, in the order in which each prompt, and then each version, was first seen.

    Versions without a prompt's name have no predecessor: nobody knows which belong together.
    """
    known = questions.prompts(store.ledger, where)
    groups = questions.grouped(store.ledger, ALL, "prompt", where)
    seen = sorted((one for one in groups if one.name in known), key=_first)
    calls: dict[str | None, int] = {}
    for one in seen:
        prompt = known[one.name or ""][0]
        calls[prompt] = calls.get(prompt, 0) + one.calls
    found: list[Version] = []
    newest: dict[str, Version] = {}
    for one in seen:
        label = one.name or ""
        prompt, version = known[label]
        before = None if prompt is None else newest.get(prompt)
        made = Version(label, prompt, version, one.calls / calls[prompt], one, before)
        found.append(made)
        if prompt is not None:
            newest[prompt] = made
    order = {prompt: place for place, prompt in enumerate(calls)}
    return tuple(sorted(found, key=lambda one: (order[one.prompt], _first(one.stats))))


def _first(stats: Stats) -> tuple[float, str]:
    return stats.first or 0.0, stats.name or ""
