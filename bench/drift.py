"""Novelty and drift on labelled requests: `python -m bench.drift FOLDER`.

The folder holds clinc150_data_full.json of CLINC150 (CC BY 3.0), or train.csv and test.csv of
BANKING77 (CC BY 4.0), which has nothing that is out of scope.

The data is not part of this project; the figures in docs/drift.md were made with it.
"""

import csv
import json
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from bench.alternatives import psi, told_apart
from tailllm.drift.inputs import Inputs, inputs
from tailllm.novelty.features import features, terms
from tailllm.novelty.index import NoveltyIndex

SEEDS = range(5)
WINDOWS = 30
NULL_WINDOWS = 100
N = 500
Labelled = list[tuple[str, str]]


class Data:
    """Requests by intent."""

    def __init__(self, folder: Path) -> None:
        if (folder / "train.csv").exists():
            loaded = {name: _rows(folder / f"{name}.csv") for name in ("train", "test")}
        else:
            loaded = json.loads((folder / "clinc150_data_full.json").read_text())
        self.train: Labelled = [(text, intent) for text, intent in loaded["train"]]
        self.test: Labelled = [(text, intent) for text, intent in loaded["test"]]
        self.strange = [text for text, _ in loaded.get("oos_test", ())]
        self.by_intent = defaultdict(list)
        for text, intent in self.train:
            self.by_intent[intent].append(text)
        self.intents = sorted(self.by_intent)

    def corpus(self, rng: random.Random, each: int, without: frozenset[str]) -> list[str]:
        """Some cases of each intent."""
        known = [intent for intent in self.intents if intent not in without]
        return [text for intent in known for text in rng.sample(self.by_intent[intent], each)]


def _rows(path: Path) -> Labelled:
    with path.open(newline="", encoding="utf-8") as lines:
        return [(text.strip(), intent) for text, intent in list(csv.reader(lines))[1:]]


def auroc(known: Sequence[float], new: Sequence[float]) -> float:
    """How often something new scores above something known; ties count half."""
    ranked, below, wins = Counter(known), 0, 0.0
    counts = Counter(new)
    for score in sorted({*known, *new}):
        wins += counts[score] * (below + ranked[score] / 2)
        below += ranked[score]
    return wins / (len(known) * len(new))


def lexical(cases: Sequence[str]) -> Callable[[str], float]:
    """Ours."""
    index = NoveltyIndex()
    for number, text in enumerate(cases):
        index.add(str(number), text)
    return lambda text: index.score(text).novelty


def jaccard(cases: Sequence[str]) -> Callable[[str], float]:
    """An alternative: the share of pieces in common with the nearest case."""
    held = [features(text).pieces for text in cases]

    def novelty(text: str) -> float:
        asked = features(text).pieces
        return 1 - max((len(asked & one) / len(asked | one) for one in held), default=0)

    return novelty


def length(_cases: Sequence[str]) -> Callable[[str], float]:
    """What knows nothing of the corpus."""
    return lambda text: float(len(text))


WAYS = {"nearest by TF-IDF": lexical, "nearest by Jaccard": jaccard, "length alone": length}


def separation(data: Data) -> None:
    """AUROC of every way, mean of the seeds."""
    print(f"AUROC, mean of {len(SEEDS)} seeds  oos 5    oos 20   25% 5    25% 20   s per 1,000")
    for name, way in WAYS.items():
        seeds = SEEDS if way is lexical else range(1)
        cells, spent = [], 0.0
        for held_out in (0.0, 0.25):
            for each in (5, 20):
                scores = [_separated(data, way, seed, each, held_out) for seed in seeds]
                cells.append(sum(one for one, _ in scores) / len(scores))
                spent = (
                    max(spent, sum(cost for _, cost in scores) / len(scores))
                    if each == 5
                    else spent
                )
        print(f"  {name:<22} " + "   ".join(f"{cell:.3f} " for cell in cells) + f"  {spent:.2f}")


def _separated(
    data: Data,
    way: Callable[[Sequence[str]], Callable[[str], float]],
    seed: int,
    each: int,
    held_out: float,
) -> tuple[float, float]:
    rng = random.Random(seed)
    out = frozenset(rng.sample(data.intents, int(len(data.intents) * held_out)))
    novelty = way(data.corpus(rng, each, out))
    known = [text for text, intent in data.test if intent not in out]
    new = data.strange if not out else [text for text, intent in data.test if intent in out]
    novelty("")
    begun = time.process_time()
    scores = [[novelty(text) for text in side] for side in (known, new)]
    spent = time.process_time() - begun
    return auroc(*scores), spent / (len(known) + len(new)) * 1000


def _changed(
    kind: str, share: float, rng: random.Random, known: list[str], new: dict[str, list[str]]
) -> tuple[list[str], str]:
    """A period of N messages with something put in, and what the alarm should name."""
    current = rng.sample(known, N)
    some = int(N * share)
    if kind == "one":
        intent = rng.choice(sorted(new))
        return current[some:] + rng.choices(new[intent], k=some), intent
    if kind == "many":
        return current[some:] + [rng.choice(new[rng.choice(sorted(new))]) for _ in range(some)], ""
    if kind == "shouting":
        return current[some:] + [text.upper() for text in current[:some]], ""
    return current, ""


SCENES = {
    "nothing": ("nothing", 0.0),
    "5 % are one new intent": ("one", 0.05),
    "20 % are new intents": ("many", 0.2),
    "2 % shout": ("shouting", 0.02),
}


def alarms(data: Data) -> None:
    """How often something is said, where something changed and where nothing did."""
    print(f"\nAlarms at n={N} against {4 * N}, all tests corrected together")
    for name, (kind, share) in SCENES.items():
        windows = NULL_WINDOWS if kind == "nothing" else WINDOWS
        held = list(_windows(data, kind, share, windows))
        said = [(one.found, one.right) for one in held]
        told = sum(bool(found.findings) for found, _ in said)
        print(f"  {name:<24} {told:>3} of {windows}", end="" if kind == "one" else "\n")
        named = [right for found, right in said if any(f.kind == "term" for f in found.findings)]
        if kind == "one":
            print(f"   the first term belongs to it: {sum(named)} of {len(named)}")
        tried = held[:WINDOWS]
        counts = f"PSI > 0.1 {sum(one.psi for one in tried)}"
        counts += f", classifier > 0.55 {sum(one.classifier for one in tried)} of {len(tried)}"
        print(f"{'':<28}alternatives: {counts}")


class Window(NamedTuple):
    """A week against the four before it."""

    found: Inputs
    right: bool
    """Whether the first term belongs to what was put in."""
    psi: bool
    classifier: bool


def _windows(data: Data, kind: str, share: float, windows: int) -> Iterator[Window]:
    for seed in range(windows):
        rng = random.Random(seed)
        out = frozenset(rng.sample(data.intents, 30))
        corpus = NoveltyIndex()
        for number, text in enumerate(data.corpus(rng, 5, out)):
            corpus.add(str(number), text)
        traffic = data.train + data.test
        known = [text for text, intent in traffic if intent not in out]
        new = {intent: [t for t, i in traffic if i == intent] for intent in sorted(out)}
        rng.shuffle(known)
        reference, rest = known[: 4 * N], known[4 * N :]
        current, intent = _changed(kind, share, rng, rest, new)
        found = inputs(reference, current, corpus)
        named = [one.name for one in found.findings if one.kind == "term"]
        held = Counter(word for text in new.get(intent, ()) for word in terms(text))
        right = bool(named) and held[named[0]] >= 0.1 * len(new.get(intent, ()))
        sides = (reference, current) if seed < WINDOWS else None
        others = (psi(*sides, corpus) > 0.1, told_apart(*sides) > 0.55) if sides else (False, False)
        yield Window(found, right, *others)


def main() -> None:
    data = Data(Path(sys.argv[1]))
    separation(data)
    alarms(data)


if __name__ == "__main__":
    main()
