"""The newest calls at once, before anything heavy is loaded."""

from collections.abc import Sequence
from itertools import islice

from tailllm.dialects import canonical
from tailllm.dialects.assembly import Assembler
from tailllm.errors import SourceError
from tailllm.feed.decode import Decoder
from tailllm.feed.past import History
from tailllm.records.part import Part
from tailllm.records.row import Row
from tailllm.sources.follow import Follower

ENOUGH_STEPS = 400
"""Lines to look at; where most lines are no calls, a short list now beats a full one later."""


def newest(targets: Sequence[str], count: int) -> list[Row]:
    """The last calls of what is there now, oldest first; nothing of standard input is taken.

    Returns:
        At most `count` rows, without verdicts of our own; fewer when few lines are calls.
    """
    named = [target for target in targets if target != "-"]
    if not named or count <= 0:
        return []
    try:
        follower = Follower(named)
    except SourceError:
        return []
    try:
        history = History(follower.past, Decoder())
        steps = islice(history.newest_first(), max(ENOUGH_STEPS, 2 * count))
        parts = [step.found for step in steps if isinstance(step.found, Part)]
        rows = [canonical.row(folded, arrived=0.0) for folded in Assembler().add(parts)]
    finally:
        follower.close()
    return rows[:count][::-1]
