"""A calm day, the day v15 shipped, and a day on which the log was rotated three times."""

import gzip

from recipes.sample import NOON, SEED, Sample, native
from tailllm.demo.scenes import CALM, INCIDENT
from tailllm.demo.traffic import Traffic
from tailllm.demo.wire import Told

GENERATIONS = ("assist.jsonl.3", "assist.jsonl.2", "assist.jsonl.1", "assist.jsonl")
"""Oldest first."""


def make() -> dict[str, Sample]:
    """The files, by path below sample_logs."""
    calm = Traffic(SEED, start=NOON - 7200, end_s=100, rate=1.2, play=CALM)
    incident = Traffic(SEED, start=NOON, begin_s=-40, end_s=160, rate=2.1, play=INCIDENT)
    return {
        "calm.jsonl": native("ordinary hours; a question to compare with", list(calm)),
        "incident.jsonl": native(
            "prompt v15 ships, strange customers, a slow model, 429s, v15 is taken back",
            list(incident),
        ),
        **_rotated(),
    }


def _rotated() -> dict[str, Sample]:
    told = list(Traffic(SEED + 1, start=NOON + 3600, end_s=50, rate=1.4, play=CALM))
    each = -(-len(told) // len(GENERATIONS))
    piles = [told[n * each : (n + 1) * each] for n in range(len(GENERATIONS))]
    _finish_late(piles)
    files = {
        f"rotated/{name}": native(f"generation {len(piles) - n} of 4, newest is 1", pile)
        for n, (name, pile) in enumerate(zip(GENERATIONS, piles, strict=True))
    }
    oldest = files["rotated/assist.jsonl.3"]
    files["rotated/assist.jsonl.3.gz"] = Sample(
        gzip.compress(oldest.content, mtime=0),
        oldest.truth | {"what": "the same bytes as assist.jsonl.3, packed: count them once"},
    )
    return files


def _finish_late(piles: list[list[Told]]) -> None:
    """Move two calls behind the rename: a writer still held the old file."""
    for old, new in ((0, 1), (2, 3)):
        late = piles[new].pop(1)
        piles[old].append(late)
