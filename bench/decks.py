"""Which deck finds more new kinds of request: `python -m bench.decks FOLDER`.

The folder is as for `bench.drift`. Traffic of which a kind is the rarer the lower its rank;
a corpus of three cases for each of thirty kinds as people meet them; a thousand messages a
week, of which a team reads twenty and makes each a case.
"""

import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from statistics import mean, stdev
from typing import Any

from bench.drift import Data
from tailllm.corpus.session_lines import Card
from tailllm.novelty.index import NoveltyIndex
from tailllm.novelty.spread import spread
from tailllm.records.row import Row
from tailllm.rotation.deck import deal
from tailllm.rotation.mix import WEIGHTS, counts
from tailllm.rotation.pools import Compared, pools

SEEDS = range(20)
"""Five are too few: the first week of the random deck differs by half from seed to seed."""
KNOWN, EACH, SIZE, MESSAGES, WEEKS = 30, 3, 20, 1_000, 8
Asked = tuple[str, str]
"""A message and the kind it is of."""
Deck = Callable[[Random, NoveltyIndex, Sequence[str]], list[int]]


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
        while len(known) < KNOWN:
            known.setdefault(self.week(1, kinds=kinds)[0][1])
        return [(text, kind) for kind in known for text in self.rng.sample(self.said[kind], EACH)]


def index_of(cases: Sequence[Asked]) -> NoveltyIndex:
    """The cases, ready to be compared with."""
    index = NoveltyIndex()
    for number, (text, _) in enumerate(cases):
        index.add(str(number), text)
    return index


def at_random(rng: Random, _index: NoveltyIndex, texts: Sequence[str]) -> list[int]:
    """An alternative."""
    return rng.sample(range(len(texts)), SIZE)


def most_novel(_rng: Random, index: NoveltyIndex, texts: Sequence[str]) -> list[int]:
    """An alternative: the newest, however alike they are."""
    novelty = [index.score(text).novelty for text in texts]
    return sorted(range(len(texts)), key=lambda place: -novelty[place])[:SIZE]


def far_apart(_rng: Random, index: NoveltyIndex, texts: Sequence[str]) -> list[int]:
    """What `rotation --mix novel=20` draws."""
    return spread(texts, [index.score(text).novelty for text in texts], SIZE)


def fifteen_and_five(rng: Random, index: NoveltyIndex, texts: Sequence[str]) -> list[int]:
    """`--mix novel=15,random=5`: so that estimates stay unbiased."""
    return _dealt(rng, index, texts, {"novel": 15, "random": 5})


def as_shipped(rng: Random, index: NoveltyIndex, texts: Sequence[str]) -> list[int]:
    """What `rotation` draws where nothing failed and nobody reported anything."""
    return _dealt(rng, index, texts, WEIGHTS)


def _dealt(
    rng: Random, index: NoveltyIndex, texts: Sequence[str], mix: dict[str, int]
) -> list[int]:
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


def play(data: Data, seed: int, deck: Deck) -> list[int]:
    """Kinds known at the start and after each week."""
    rng = Random(seed)
    world = World(data, rng)
    cases = world.corpus()
    known = {kind for _, kind in cases}
    found = [len(known)]
    for _ in range(WEEKS):
        week = world.week()
        places = deck(rng, index_of(cases), [text for text, _ in week])
        cases += [week[place] for place in places]
        known.update(week[place][1] for place in places)
        found.append(len(known))
    return found


def main() -> None:
    data = Data(Path(sys.argv[1]))
    print(f"{len(SEEDS)} seeds, mean           new in week 1          covered after {WEEKS} weeks")
    first = base = 0.0
    for name, deck in DECKS.items():
        runs = [play(data, seed, deck) for seed in SEEDS]
        each = [run[1] - run[0] for run in runs]
        new, error = mean(each), stdev(each) / len(each) ** 0.5
        covered = mean(run[-1] for run in runs) / len(data.intents)
        first, base = first or new, base or covered
        print(f"  {name:<22} {new:>6.1f} ±{error:.1f}  {new / first:.2f}x", end="")
        print(f"  {covered:>12.0%}  {covered / base:.2f}x", flush=True)


if __name__ == "__main__":
    main()
