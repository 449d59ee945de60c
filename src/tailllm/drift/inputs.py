"""Did the inputs change? Four questions of two periods of messages, answered as one family.

Population stability indices have no power at these sizes, and a classifier names nothing a
person can act on; ranks of novelty, bursts of words and exact tests of shares do
(`python -m bench.drift DATA` shows all of them side by side).
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from tailllm.drift.bursts import Burst, bursts
from tailllm.drift.styles import STYLES
from tailllm.novelty.scores import Index, Score
from tailllm.records.share import Share
from tailllm.store.significance import fisher, holm, rank_sum

FEWEST = 100
"""Messages in each period, before anything is said."""
ALPHA = 0.01
"""Chance of any alarm at all in a comparison in which nothing changed."""
LEAST_SHIFT = 0.05
"""Cliff's delta under which a shift is not worth a look."""
LEAST_POINTS = 0.01
EXAMPLES = 5
STEP = 100
SAME = 0.999
"""Likeness of a message to the case that was made of it."""
_GRAIN = 200

Step = Callable[[int, int], None]
"""Is told how many of how many have been looked at."""
Kind = Literal["novelty", "term", "style", "length"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that changed."""

    kind: Kind
    name: str
    """The word, the style, or which number."""
    before: Share | float
    """A share, or a median."""
    after: Share | float
    chance: float
    """Corrected for the whole family."""
    examples: tuple[int, ...] = ()
    """Places of messages to look at, in the current period."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a comparison of two periods found."""

    before: int
    after: int
    findings: tuple[Finding, ...]
    blind_before: Share
    blind_after: Share
    """Messages with no case near."""
    blind_examples: tuple[int, ...] = ()
    """Places of such messages, in the current period."""
    by: str = ""
    """What was compared to find that out."""

    @property
    def enough(self) -> bool:
        """Whether there were messages enough to say anything."""
        return min(self.before, self.after) >= FEWEST


def inputs(
    reference: Sequence[str],
    current: Sequence[str],
    corpus: Index,
    *,
    step: Step | None = None,
) -> Inputs:
    """Compare what people wrote in two periods, and how new it is to the corpus."""
    found = list(_scores([*reference, *current], corpus, step))
    scores = [found[: len(reference)], found[len(reference) :]]
    near = corpus.near
    blind = [Share(sum(one.likeness < near for one in side), len(side)) for side in scores]
    examples = tuple(n for n, one in enumerate(scores[1]) if one.likeness < near)[:EXAMPLES]
    sizes = len(reference), len(current)
    if min(sizes) < FEWEST:
        return Inputs(*sizes, (), blind[0], blind[1], examples, corpus.by)
    family = [
        _shift("novelty", "novelty", *map(_novelties, scores)),
        _burst(bursts(reference, current), *sizes),
        _style(reference, current),
        _shift(
            "length", "words", *([_length(text) for text in side] for side in (reference, current))
        ),
    ]
    if not len(corpus):
        family = family[1:]
    corrected = holm([chance for chance, _ in family])
    told = [
        Finding(one.kind, one.name, one.before, one.after, chance, one.examples)
        for chance, (_, found) in zip(corrected, family, strict=True)
        if chance <= ALPHA
        for one in found
    ]
    return Inputs(*sizes, tuple(told), blind[0], blind[1], examples, corpus.by)


def _scores(texts: Sequence[str], corpus: Index, step: Step | None) -> Iterator[Score]:
    for number, text in enumerate(texts):
        if step is not None and number % STEP == 0:
            step(number, len(texts))
        yield corpus.score(text)


_Answer = tuple[float, list[Finding]]
"""The chance of a question's strongest finding, and what would be told of it."""


def _novelties(scores: Sequence[Score]) -> list[float]:
    """Those of messages that are no case word for word.

    People make cases of messages of the period before; counted, they would make it seem
    more familiar than this one.
    """
    return [one.novelty for one in scores if one.likeness < SAME]


def _shift(kind: Kind, name: str, before: Sequence[float], after: Sequence[float]) -> _Answer:
    if not before or not after:
        return 1.0, []
    chance, shift = rank_sum(
        *(Counter(round(one * _GRAIN) for one in side) for side in (before, after))
    )
    if abs(shift) < LEAST_SHIFT:
        return 1.0, []
    return chance, [Finding(kind, name, _median(before), _median(after), chance)]


def _burst(found: Sequence[Burst], before: int, after: int) -> _Answer:
    strong = [one for one in found if one.chance <= ALPHA and one.after >= LEAST_POINTS * after]
    told = [
        Finding(
            "term",
            one.term,
            Share(one.before, before),
            Share(one.after, after),
            one.chance,
            one.examples,
        )
        for one in strong
    ]
    return min((one.chance for one in strong), default=1.0), told


def _style(reference: Sequence[str], current: Sequence[str]) -> _Answer:
    least, told = 1.0, []
    for name, has in STYLES.items():
        places = [place for place, text in enumerate(current) if has(text)]
        before = Share(sum(map(has, reference)), len(reference))
        after = Share(len(places), len(current))
        chance = min(1.0, len(STYLES) * fisher(after.part, after.of, before.part, before.of))
        if abs(after.part / after.of - before.part / before.of) < LEAST_POINTS or chance > ALPHA:
            continue
        least = min(least, chance)
        told.append(Finding("style", name, before, after, chance, tuple(places[:5])))
    return least, told


def _length(text: str) -> float:
    return len(text.split()) / _GRAIN


def _median(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 2]
