"""The newest calls at once, before anything heavy is loaded."""

from itertools import islice

from tailllm.dialects import canonical
from tailllm.dialects.assembly import Assembler
from tailllm.feed.decode import Decoder
from tailllm.feed.past import History
from tailllm.records.part import Part
from tailllm.records.row import Row
from tailllm.sources.follow import Follower

ENOUGH_STEPS = 400
"""Lines to look at; where most lines are no calls, a short list now beats a full one later."""


def newest(follower: Follower, count: int) -> list[Row]:
    """The last calls of what was there when `follower` opened, oldest first.

    Takes nothing away: a feed over the same follower reads everything from the start.

    Returns:
        At most `count` rows, without verdicts of our own; fewer when few lines are calls.
    """
    history = History(follower.past, Decoder(quick=False))
    steps = islice(history.newest_first(), max(ENOUGH_STEPS, 2 * count))
    parts = [step.found for step in steps if isinstance(step.found, Part)]
    rows = [canonical.row(folded, arrived=0.0) for folded in Assembler().add(parts)]
    return rows[: max(0, count)][::-1]
