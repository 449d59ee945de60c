"""How often a call surprises whoever reads it, estimated from what was drawn at random alone."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from tailllm.corpus.session import Session, judged
from tailllm.corpus.session_lines import ODD
from tailllm.records.share import Share

UNIFORM = "random"
"""The share of a deck that is drawn at random."""


def surprise(of: Iterable[Session], among: Iterable[Session]) -> Share:
    """The share of all calls that would surprise a reader, so far as sessions tell.

    Args:
        of: The sessions whose random draws count.
        among: All sessions: a call that was drawn and had been read before counts with what
            was said of it then.
    """
    said: dict[str, bool] = {}
    for _, card, line in judged(among):
        said.setdefault(card.key, line.said in ODD)
    drawn = {key for session in of for key in _drawn(session)}
    known = [said[key] for key in drawn if key in said]
    return Share(sum(known), len(known))


def _drawn(session: Session) -> Iterator[str]:
    """Calls met by the uniform draw.

    Those that were read before count once all of this draw is read, or somebody who leaves
    early would count the known ones twice as much as the new ones.
    """
    own = [place for place, card in enumerate(session.cards) if card.share == UNIFORM]
    yield from (session.cards[place].key for place in own)
    if all(place in session.said for place in own):
        yield from session.start.drawn


class Week(NamedTuple):
    """What was read in one week."""

    monday: float
    """Its start, in seconds since the epoch."""
    read: int
    readers: int
    surprise: Share


def weeks(sessions: Iterable[Session]) -> list[Week]:
    """Week by week, oldest first; a week nobody read in is not there."""
    everything = list(sessions)
    by_week: dict[float, list[Session]] = {}
    for session in everything:
        by_week.setdefault(monday(session.began), []).append(session)
    return [
        Week(
            start,
            sum(len(session.read) for session in own),
            len({session.by for session in own if session.read}),
            surprise(own, everything),
        )
        for start, own in sorted(by_week.items())
    ]


def monday(at: float) -> float:
    """The start of the week of a moment, UTC."""
    day = datetime.fromtimestamp(at, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return (day - timedelta(days=day.weekday())).timestamp()
