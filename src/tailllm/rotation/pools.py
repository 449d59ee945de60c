"""For each share of a deck, the calls that could be drawn for it, best first.

Nothing here knows what was read before: pools are made without a lock, and dealt from under it.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain, zip_longest
from math import ceil
from random import Random
from typing import NamedTuple

from tailllm.novelty.features import features
from tailllm.novelty.scores import Score
from tailllm.records.row import Row

LOOKED_AT = 2_000
"""Messages whose novelty is worked out for one deck, drawn at random: about a second."""
TAIL = 0.01
"""The slowest and the fastest hundredth of a model's calls."""
FEWEST_FOR_TAILS = 20
SAYS_ENOUGH = 5
"""Different words; a message of fewer, `ta ta`, is unlike most cases whatever it means."""
TRIED = 40
"""Calls of one end, drawn at random, of which the one most unlike the rest is the card."""
LONG_CALLS = 4
"""Calls that make a conversation a long one."""


class Candidate(NamedTuple):
    """A call that could be drawn, and why."""

    row: Row
    why: str
    novelty: float = 1.0
    """What it is worth as a novel card. 0: a case, or somebody's card, asks just this."""


class Compared(NamedTuple):
    """What novelty is measured against."""

    score: Callable[[str], Score]
    cases: int
    read: int = 0
    """Messages that somebody read in a session and that became no case."""


Pools = Mapping[str, Sequence[Candidate]]


def pools(
    rows: Sequence[Row],
    *,
    mix: Mapping[str, int],
    seed: int,
    compared: Compared,
    since: float | None = None,
    reported: Mapping[str, str] | None = None,
) -> Pools:
    """The candidates of every share but `twice`; which of the novel ones, the dealer says.

    Args:
        rows: The calls to draw from.
        mix: How many cards each share should have.
        seed: The same rows and seed give the same pools.
        compared: What novelty is measured against.
        since: Failures are looked for from here on, in seconds since the epoch.
        reported: Call key to what was said of it.
    """
    ordered = sorted(rows, key=lambda row: (row.at, row.key))
    rng = Random(seed)  # noqa: S311  a draw that can be repeated, no secret
    return {
        "random": [Candidate(row, "drawn at random") for row in _shuffled(ordered, rng)],
        "failed": _failed(ordered, rng, since),
        **_tails(ordered, rng, compared),
        "long": _long(ordered, rng),
        "reported": _reported(ordered, reported or {}),
        "novel": _novel(ordered, rng, compared) if mix.get("novel") else [],
    }


def _shuffled(rows: Iterable[Row], rng: Random) -> list[Row]:
    found = list(rows)
    rng.shuffle(found)
    return found


def _failed(rows: Sequence[Row], rng: Random, since: float | None) -> list[Candidate]:
    """Every kind of failure before a second one of any kind."""
    kinds: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row.is_bad and (since is None or row.at >= since):
            kinds[_reason(row)].append(row)
    decks = [[Candidate(row, why) for row in _shuffled(kinds[why], rng)] for why in sorted(kinds)]
    rng.shuffle(decks)
    return [one for one in chain.from_iterable(zip_longest(*decks)) if one is not None]


def _reason(row: Row) -> str:
    if row.failed:
        return f"FAILED {', '.join(row.failed)}"
    return f"ERROR {row.error_type or row.http_status or ''}".rstrip()


def _tails(rows: Sequence[Row], rng: Random, compared: Compared) -> dict[str, list[Candidate]]:
    """Both ends of the latencies, each model by itself: a slow model is no slow call."""
    timed: defaultdict[str, list[tuple[float, Row]]] = defaultdict(list)
    for row in rows:
        if row.latency_ms is not None:
            timed[row.model or "-"].append((row.latency_ms, row))
    ends: dict[str, list[Candidate]] = {"slow": [], "fast": []}
    for model in sorted(timed):
        own = sorted(timed[model], key=lambda pair: (pair[0], pair[1].key))
        if len(own) < FEWEST_FOR_TAILS:
            continue
        few = ceil(len(own) * TAIL)
        among = f"among {len(own):,} of {model}"
        for name, end in (("fast", own[:few]), ("slow", own[-few:])):
            ends[name] += [
                Candidate(row, f"{name.upper()}: {ms / 1000:.2f} s {among}") for ms, row in end
            ]
    for part in ends.values():
        rng.shuffle(part)
        part[:TRIED] = [_compared(one, compared) for one in part[:TRIED]]
    return ends


def _compared(one: Candidate, compared: Compared) -> Candidate:
    return one._replace(novelty=_worth(one.row.preview, compared.score(one.row.preview)))


def _worth(text: str, score: Score) -> float:
    """By the nearest alone: a young corpus has one case of a kind, and that makes it known."""
    return (1.0 - score.likeness) * min(1.0, len(features(text).words) / SAYS_ENOUGH)


def _long(rows: Sequence[Row], rng: Random) -> list[Candidate]:
    """The last calls of the longest tenth of conversations: the call that holds them all."""
    lengths = Counter(row.conversation_id for row in rows if row.conversation_id)
    last = {row.conversation_id: row for row in rows}
    ranked = [(name, n) for name, n in lengths.most_common() if n >= LONG_CALLS]
    found = [
        Candidate(last[name], f"LONG: {n:,} calls in its conversation")
        for name, n in ranked[: max(1, ceil(len(lengths) / 10))]
    ]
    rng.shuffle(found)
    return found


def _reported(rows: Sequence[Row], reported: Mapping[str, str]) -> list[Candidate]:
    """The newest first: somebody waits."""
    return [
        Candidate(row, f"REPORTED {reported[row.key]}")
        for row in reversed(rows)
        if row.key in reported
    ]


def _novel(rows: Sequence[Row], rng: Random, compared: Compared) -> list[Candidate]:
    """How unlike the corpus, and what was read, each message is."""
    told = list({row.preview: row for row in rows if row.preview.strip()}.values())
    if len(told) > LOOKED_AT:
        told = rng.sample(told, LOOKED_AT)
    scores = [compared.score(row.preview) for row in told]
    return [
        Candidate(row, _why(score, compared), _worth(row.preview, score))
        for row, score in zip(told, scores, strict=True)
    ]


def _why(score: Score, compared: Compared) -> str:
    if not compared.cases and not compared.read:
        return "UNLIKE THE OTHERS: no case to compare with yet"
    if score.nearest is None:
        return f"NEW: shares no word with {compared.cases:,} cases"
    return f"RARE PHRASING: novelty {score.novelty:.2f}, nearest {score.nearest}"
