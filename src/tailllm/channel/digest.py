"""How the channel goes: what came in, what was learned, who helped, who still waits.

Source:
    `inbox.jsonl` and `reports.jsonl`; a mark on a screen counts as much as a report.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from statistics import median
from typing import NamedTuple

from tailllm.channel.ledger import Story
from tailllm.corpus.items import Item
from tailllm.corpus.record import seconds

WEEK_S = 7 * 86_400.0
LEARNED = 10
"""Cases that are named; the others are counted."""


class Learned(NamedTuple):
    """A case that came of it."""

    case: str
    who: str
    state: str
    """accepted | fixed | broke."""


class Period(NamedTuple):
    """What happened between two times."""

    came: int
    """Items that came in."""
    by_source: Mapping[str, int]
    by_person: Mapping[str, int]
    accepted: int
    dismissed: int
    duplicates: int
    fixed: int
    """Reports whose case passed."""
    broke: int
    decided: int
    """Items that came in then and are decided by now, whenever."""
    median_s: float | None
    """From the first voice to the first decision; None: nothing of it is decided."""


class Digest(NamedTuple):
    """The pulse of the channel."""

    now: float
    this: Period
    last: Period
    learned: tuple[Learned, ...]
    """Of this period, the latest first."""
    waiting: int
    total: int
    oldest: Item | None
    """What has waited longest."""


def digest(
    items: Iterable[Item],
    stories: Iterable[Story],
    now: float,
    *,
    span_s: float = WEEK_S,
) -> Digest:
    """The last `span_s` seconds and those before them."""
    items, stories = tuple(items), tuple(stories)
    waiting = [item for item in items if item.waits]
    return Digest(
        now,
        _period(items, stories, now - span_s, now),
        _period(items, stories, now - 2 * span_s, now - span_s),
        tuple(_learned(items, stories, now - span_s, now)),
        len(waiting),
        len(items),
        min(waiting, key=lambda item: item.at, default=None),
    )


def _period(
    items: tuple[Item, ...], stories: tuple[Story, ...], start: float, end: float
) -> Period:
    came = [item for item in items if start <= item.at < end]
    voices = [v for item in items for v in item.voices if start <= v.at < end]
    kinds = Counter(
        item.decided[-1].kind
        for item in items
        if item.decided and start <= seconds(item.decided[-1].at) < end
    )
    outcomes = Counter(
        step.kind for story in stories for step in story.steps if start <= seconds(step.at) < end
    )
    waits = [_wait_s(item) for item in came if item.decided]
    return Period(
        len(came),
        Counter(voice.source for voice in voices),
        Counter(voice.who for voice in voices),
        kinds["accept"],
        kinds["dismiss"],
        kinds["duplicate"],
        outcomes["fixed"],
        outcomes["broke"],
        len(waits),
        median(waits) if waits else None,
    )


def _wait_s(item: Item) -> float:
    return max(0.0, min(seconds(line.at) for line in item.decided) - item.at)


def _learned(
    items: tuple[Item, ...], stories: tuple[Story, ...], start: float, end: float
) -> list[Learned]:
    """The cases of a period with how they stand, the latest first."""
    outcomes = {story.item: story.outcome for story in stories}
    found = []
    for item in items:
        last = item.decided[-1] if item.decided else None
        if last is None or last.kind != "accept" or not start <= seconds(last.at) < end:
            continue
        outcome = outcomes.get(item.mark_id)
        state = outcome.kind if outcome else "accepted"
        found.append((seconds(last.at), Learned(last.case or "", item.who, state)))
    return [learned for _, learned in sorted(found, key=lambda pair: -pair[0])]
