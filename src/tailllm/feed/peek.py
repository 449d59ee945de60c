"""The newest calls at once, before anything heavy is loaded."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from tailllm.dialects import canonical
from tailllm.dialects.assembly import Assembler
from tailllm.dialects.decode import patiently
from tailllm.dialects.dialect import Dialect
from tailllm.feed.decode import Decoder
from tailllm.feed.past import History, Step
from tailllm.records.part import Part
from tailllm.records.row import Row
from tailllm.sources.follow import Follower

ENOUGH_STEPS = 400
"""Lines to look at; where most lines are no calls, a short list now beats a full one later."""
CHUNK_BYTES, SMALL_CHUNK_BYTES = 256 << 10, 64 << 10
FEW_FILES, MOST_FILES = 4, 24
"""Of many files only those are opened that were written last: they hold the newest calls."""


def newest(
    follower: Follower,
    count: int,
    house: Mapping[str, Mapping[str, str]] | None = None,
    *,
    arrived: float = 0.0,
) -> list[Row]:
    """The last calls of what was there when `follower` opened, oldest first.

    Takes nothing away: a feed over the same follower reads everything from the start.

    Args:
        house: `[dialects]` of a config that is not checked yet.
        arrived: Seconds since the epoch; stands in for the start where the log is silent.

    Returns:
        At most `count` rows, without verdicts of our own; fewer when few lines are calls.
    """
    pasts = follower.past[-MOST_FILES:]
    chunk_bytes = CHUNK_BYTES if len(pasts) <= FEW_FILES else SMALL_CHUNK_BYTES
    decoder = Decoder(quick=False, decode=patiently, house=_mapped(house))
    history = History(pasts, decoder, chunk_bytes=chunk_bytes)
    steps = islice(history.newest_first(), max(ENOUGH_STEPS, 2 * count))
    rows = [canonical.row(f, arrived=arrived) for f in Assembler().add(_enough(steps, count))]
    return rows[: max(0, count)][::-1]


def _mapped(house: Mapping[str, Mapping[str, str]] | None) -> Sequence[Dialect]:
    if not house:
        return ()
    from tailllm.dialects.mapped import sketched

    return sketched(house)


def _enough(steps: Iterator[Step], count: int) -> Iterator[Part]:
    """The parts, until there are as many calls; parts of calls are read as far as may be."""
    wholes = 0
    for step in steps:
        if isinstance(step.found, Part):
            yield step.found
            wholes += step.found.kind == "whole"
            if wholes >= count:
                return
