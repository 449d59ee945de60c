"""The loop week by week: what surprised, what the corpus is blind for, and how it grows."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from statistics import median
from typing import Any, NamedTuple

from tailllm.corpus.case import Case
from tailllm.corpus.items import Item
from tailllm.corpus.record import seconds
from tailllm.corpus.session import Session
from tailllm.corpus.surprise import monday, weeks
from tailllm.corpus.wordings import wordings
from tailllm.drift.inputs import Step
from tailllm.novelty.index import NoveltyIndex
from tailllm.records.row import Row
from tailllm.records.share import Share

WEEK_S = 7 * 86_400.0
MESSAGES = 500
"""Of a week that are compared with the corpus, drawn at random."""
STEP = 100
_SEED = 1


class Added(NamedTuple):
    """A case that was accepted."""

    case: str
    at: float
    """In seconds since the epoch."""
    by: str
    """Who accepted it."""
    waited_s: float
    """Since the call was marked or reported."""


@dataclass(frozen=True, slots=True)
class Week:
    """One week. None: nothing in these logs and this corpus says."""

    monday: float
    """In seconds since the epoch."""
    messages: int
    """In these logs."""
    blind: Share
    """Of messages with no case near, in the corpus as it was at the end of that week.

    Of nothing while there was no case.
    """
    read: int
    surprise: Share
    """Of calls drawn at random."""
    cases: int
    """At the end of the week; those whose date nobody knows count from the start."""
    added: Mapping[str, int]
    """Cases of this week, by who accepted them."""
    to_case_s: float | None
    """Median time from mark to case, of those."""
    never_failed: Share
    """Of the cases there were: those that nobody has seen fail to this day."""

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        from tailllm.store.stats import shown_time

        return {
            "monday": shown_time(self.monday),
            "messages": self.messages,
            "blind": self.blind.as_json(),
            "read": self.read,
            "surprise": self.surprise.as_json(),
            "cases": self.cases,
            "added": dict(self.added),
            "mark_to_case_s": self.to_case_s,
            "never_failed": self.never_failed.as_json(),
        }


def added(items: Iterable[Item]) -> list[Added]:
    """The cases that came out of the inbox, each with its first acceptance."""
    found: dict[str, Added] = {}
    for item in items:
        for line in item.decided:
            if line.kind == "accept" and line.case:
                at = seconds(line.at)
                one = Added(line.case, at, line.by, max(0.0, at - item.at))
                if one.case not in found or at < found[one.case].at:
                    found[one.case] = one
    return sorted(found.values(), key=lambda one: one.at)


def history(
    rows: Iterable[Row],
    cases: Sequence[Case],
    accepted: Sequence[Added],
    sessions: Sequence[Session],
    *,
    never_failed: frozenset[str],
    step: Step | None = None,
) -> list[Week]:
    """Week by week from the first about which anything is known, none left out.

    Args:
        rows: Calls of any time.
        cases: Of the corpus, as it is.
        accepted: What `added` says.
        sessions: Of the corpus.
        never_failed: Ids of cases nobody has seen fail.
        step: Is told how many messages of how many have been looked at.
    """
    texts = _by_week(rows)
    read = {week.monday: week for week in weeks(sessions)}
    by_week: defaultdict[float, list[Added]] = defaultdict(list)
    for one in accepted:
        by_week[monday(one.at)].append(one)
    known = sorted({*texts, *read, *by_week})
    if not known:
        return []
    growing = _Growing(cases, accepted)
    walk = _Walk(sum(min(MESSAGES, len(one)) for one in texts.values()), step)
    found, start = [], known[0]
    while start <= known[-1]:
        growing.until(start + WEEK_S)
        own, kept, session = by_week.get(start, []), growing.ids, read.get(start)
        found.append(
            Week(
                start,
                len(texts.get(start, [])),
                growing.blind(_sample(texts.get(start, [])), walk),
                session.read if session else 0,
                session.surprise if session else Share(0, 0),
                len(kept),
                Counter(one.by for one in own),
                median(one.waited_s for one in own) if own else None,
                Share(len(kept & never_failed), len(kept)),
            )
        )
        start = monday(start + 1.5 * WEEK_S)
    return found


class _Walk:
    """Says now and then how far it is."""

    def __init__(self, total: int, step: Step | None) -> None:
        self._done, self._total, self._step = 0, total, step

    def on(self) -> None:
        """One more message."""
        if self._step is not None and self._done % STEP == 0:
            self._step(self._done, self._total)
        self._done += 1


def _by_week(rows: Iterable[Row]) -> dict[float, list[str]]:
    found: defaultdict[float, list[str]] = defaultdict(list)
    for row in rows:
        if row.preview:
            found[monday(row.at)].append(row.preview)
    return dict(found)


def _sample(texts: Sequence[str]) -> Sequence[str]:
    if len(texts) <= MESSAGES:
        return texts
    return Random(_SEED).sample(sorted(texts), MESSAGES)  # noqa: S311  repeatable, no secret


class _Growing:
    """The corpus as it was: it takes cases in as time goes by."""

    def __init__(self, cases: Sequence[Case], accepted: Sequence[Added]) -> None:
        self.ids: set[str] = set()
        self._index = NoveltyIndex()
        self._texts = wordings(cases)
        self._dated = [one for one in accepted if one.case in self._texts]
        for name in self._texts.keys() - {one.case for one in self._dated}:
            self._take(name)

    def until(self, end: float) -> None:
        """Take in what was accepted before."""
        while self._dated and self._dated[0].at < end:
            self._take(self._dated.pop(0).case)

    def blind(self, texts: Sequence[str], walk: _Walk) -> Share:
        """The share with no case near; of nothing while there is no case."""
        far = 0
        for text in texts:
            walk.on()
            far += self._index.score(text).likeness < self._index.near
        return Share(far, len(texts)) if self.ids else Share(0, 0)

    def _take(self, name: str) -> None:
        self.ids.add(name)
        self._index.add(name, self._texts[name])
