"""What a live run will cost, by what the same cases cost the last time."""

from collections.abc import Sequence
from pathlib import Path

from tailllm.config.model import Config
from tailllm.evals import recordings
from tailllm.evals.answers import cost_of
from tailllm.evals.subjects import Subject


def cost(config: Config, corpus: Path, subjects: Sequence[Subject]) -> str:
    """`, about $0.0123 by the last answers of 60 of 62`; nothing where no price is known."""
    asked = [s for s in subjects if s.request and not s.problem]
    priced = {s.request.target for s in asked if s.request and _has_price(config, s.request.target)}
    if not priced:
        return ""
    known: dict[tuple[str, str], float] = {}
    for name in sorted(priced):
        target = config.targets[name]
        for one in recordings.read(corpus, [name]).values():
            spent = cost_of(target, target.kind, one.answer)
            if spent is not None:
                known[name, one.id] = spent
    found = [
        known[s.request.target, s.case.id] * s.samples
        for s in asked
        if s.request and (s.request.target, s.case.id) in known
    ]
    if not found:
        return ", cost not known: none of these was answered before"
    return f", about ${sum(found):.4f} by the last answers of {len(found):,} of {len(asked):,}"


def _has_price(config: Config, name: str) -> bool:
    return config.targets[name].cost(1, 1) is not None
