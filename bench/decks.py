"""Which deck finds more new kinds of request: `python -m bench.decks FOLDER`.

The folder is as for `bench.drift`. Traffic of which a kind is the rarer the lower its rank;
a corpus of three cases for each of a fifth of the kinds, as people meet them; a thousand messages
a week, of which a team reads twenty and makes each a case. Every deck is drawn from the same
weeks, and a ratio is to what a deck drawn at random finds in them on average.
"""

import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from statistics import mean
from typing import Any, NamedTuple

from bench.drift import Data
from tailllm.corpus.session_lines import Card
from tailllm.novelty.index import NoveltyIndex
from tailllm.records.row import Row
from tailllm.rotation.deck import deal
from tailllm.rotation.mix import WEIGHTS, counts
from tailllm.rotation.pools import Compared, pools

SEEDS = range(20)
FIXED = 5
"""Of the seeds, the first: what the goals are stated for."""
PLAYS = 10
"""Of the random deck for each seed: one play differs by half from the next."""
KNOWN, EACH, SIZE, MESSAGES, WEEKS = 1 / 5, 3, 20, 1_000, 8
Asked = tuple[str, str]
"""A message and the kind it is of."""
Deck = Callable[[Random, Sequence[Asked], Sequence[str]], list[int]]


class World:
    """Kinds of request, each the rarer the lower its rank."""

    def __init__(self, data: Data, rng: Random) -> None:
        self.rng = rng
        self.kinds = list(data.intents)
        rng.shuffle(self.kinds)
        self.said: defaultdict[str, list[str]] = defaultdict(list)
        for text, kind in data.train + data.test:
            self.said[kind].append(text)

    def week(self, size: int = MESSAGES, *, kinds: int | None = None) -> list[Asked]:
        """So many messages; of the first `kinds` only."""
        some = self.kinds[:kinds]
        weights = [1 / (rank + 1) for rank in range(len(some))]
        drawn = self.rng.choices(some, weights, k=size)
        return [(self.rng.choice(self.said[kind]), kind) for kind in drawn]

    def corpus(self, kinds: int | None = None) -> list[Asked]:
        """Cases of kinds as they are met."""
        known: dict[str, None] = {}
        while len(known) < round(KNOWN * len(self.kinds)):
            known.setdefault(self.week(1, kinds=kinds)[0][1])
        return [(text, kind) for kind in known for text in self.rng.sample(self.said[kind], EACH)]


def index_of(cases: Sequence[Asked]) -> NoveltyIndex:
    """The cases, ready to be compared with."""
    index = NoveltyIndex()
    for number, (text, _) in enumerate(cases):
        index.add(str(number), text)
    return index


def at_random(rng: Random, _cases: Sequence[Asked], texts: Sequence[str]) -> list[int]:
    """An alternative."""
    return rng.sample(range(len(texts)), SIZE)


def most_novel(_rng: Random, cases: Sequence[Asked], texts: Sequence[str]) -> list[int]:
    """An alternative: the newest, however alike they are."""
    index = index_of(cases)
    novelty = [index.score(text).novelty for text in texts]
    return sorted(range(len(texts)), key=lambda place: -novelty[place])[:SIZE]


def far_apart(rng: Random, cases: Sequence[Asked], texts: Sequence[str]) -> list[int]:
    """`--mix novel=20`."""
    return _dealt(rng, cases, texts, {"novel": 20})


def fifteen_and_five(rng: Random, cases: Sequence[Asked], texts: Sequence[str]) -> list[int]:
    """`--mix novel=15,random=5`: so that estimates stay unbiased."""
    return _dealt(rng, cases, texts, {"novel": 15, "random": 5})


def as_shipped(rng: Random, cases: Sequence[Asked], texts: Sequence[str]) -> list[int]:
    """What `rotation` draws where nothing failed and nobody reported anything."""
    return _dealt(rng, cases, texts, WEIGHTS)


def _dealt(
    rng: Random, cases: Sequence[Asked], texts: Sequence[str], mix: dict[str, int]
) -> list[int]:
    index = index_of(cases)
    rows = [_row(number, text, rng) for number, text in enumerate(texts)]
    seed, wanted = rng.randrange(1_000_000), counts(SIZE, mix)
    found = pools(rows, mix=wanted, seed=seed, compared=Compared(index.score, len(index)))
    dealt = deal(
        {**found, "twice": []},
        wanted,
        seed=seed,
        taken=lambda _card: False,
        keys=(),
        as_card=lambda one, share: Card(one.row.key, one.row.key, share),
    )
    return [int(card.key) for card in dealt.cards]


def _row(number: int, text: str, rng: Random) -> Row:
    fields: dict[str, Any] = dict.fromkeys(Row._fields)
    fields |= {"key": str(number), "at": float(number), "arrived": float(number)}
    fields |= {"format": "native", "status": "ok", "state": "done", "model": "m"}
    fields |= {"latency_ms": rng.lognormvariate(6.8, 0.5), "preview": text, "reply": ""}
    return Row(**fields | {"verdicts": (), "source": (), "tool_calls": 0})


DECKS: dict[str, Deck] = {
    "at random": at_random,
    "the most novel": most_novel,
    "novel and far apart": far_apart,
    "15 novel, 5 at random": fifteen_and_five,
    "as `rotation` draws": as_shipped,
}


def play(data: Data, seed: int, deck: Deck, turn: int = 0) -> list[int]:
    """Kinds known at the start and after each week; the weeks are the same for every deck."""
    world, rng = World(data, Random(seed)), Random(f"{seed} {turn}")
    cases = world.corpus()
    known = {kind for _, kind in cases}
    found = [len(known)]
    for _ in range(WEEKS):
        week = world.week()
        places = deck(rng, cases, [text for text, _ in week])
        cases += [week[place] for place in places]
        known.update(week[place][1] for place in places)
        found.append(len(known))
    return found


class Played(NamedTuple):
    """What a deck found with one seed."""

    new: float
    """Kinds in the first week."""
    covered: float
    """Share of the kinds known in the end."""


def played(data: Data, deck: Deck) -> list[Played]:
    """For each seed; of the random deck the mean of several."""
    turns = range(PLAYS if deck is at_random else 1)
    found = []
    for seed in SEEDS:
        runs = [play(data, seed, deck, turn) for turn in turns]
        new, covered = mean(run[1] - run[0] for run in runs), mean(run[-1] for run in runs)
        found.append(Played(new, covered / len(data.intents)))
    return found


def told(ours: list[Played], base: list[Played]) -> str:
    """Means, their ratio to the random deck, and between what the ratio of a seed lies."""
    new, covered = (mean(one[n] for one in ours) for n in (0, 1))
    times = new / mean(one.new for one in base), covered / mean(one.covered for one in base)
    each = [
        sorted(one[n] / other[n] for one, other in zip(ours, base, strict=True)) for n in (0, 1)
    ]
    return (
        f"{new:5.1f}  {times[0]:.2f}x ({each[0][0]:.2f} to {each[0][-1]:.2f})"
        f"   {covered:4.0%}  {times[1]:.2f}x ({each[1][0]:.2f} to {each[1][-1]:.2f})"
    )


def main() -> None:
    data = Data(Path(sys.argv[1]))
    print(f"{'':<22} new in week 1, times the random deck    covered after {WEEKS} weeks")
    base: list[Played] = []
    for name, deck in DECKS.items():
        ours = played(data, deck)
        base = base or ours
        for what, few in ((f"{len(SEEDS)} seeds", len(SEEDS)), (f"{FIXED} fixed", FIXED)):
            print(f"{name:<22} {what:<8} {told(ours[:few], base[:few])}", flush=True)


if __name__ == "__main__":
    main()
