"""The deck of one reader: the one she left, or a new one."""

from collections.abc import Sequence
from dataclasses import dataclass

from tailllm.corpus.inbox import Inbox
from tailllm.corpus.session import Session
from tailllm.corpus.session_lines import Card
from tailllm.corpus.sessions import Listing, Sessions, Taken
from tailllm.corpus.wordings import wordings
from tailllm.errors import GoneError, SourceError
from tailllm.feed.feed import Feed
from tailllm.novelty.index import NoveltyIndex
from tailllm.records.row import Row
from tailllm.rotation.deck import deal
from tailllm.rotation.mix import WEIGHTS, counts
from tailllm.rotation.pools import Candidate, Compared, Pools, pools

SIZE = 20
DAYS_S = 7 * 86_400.0
STOP = 20
"""So many in a row with nothing new, and the rest of the deck can wait."""
SEEDS = 1_000_000


@dataclass(frozen=True, slots=True)
class Wish:
    """What deck somebody asked for."""

    size: int = SIZE
    period_s: float | None = DAYS_S
    seed: int | None = None
    """None: by the clock; the session says which."""
    mix: dict[str, int] | None = None
    """Weights; None: the usual ones."""
    stop: int = STOP
    fresh: bool = False
    """A new deck even where one was left."""


class Drawing:
    """Draws from the calls of a period."""

    def __init__(
        self, feed: Feed, sessions: Sessions, inbox: Inbox, wish: Wish, rows: Sequence[Row]
    ) -> None:
        self._feed = feed
        self._sessions = sessions
        self._inbox = inbox
        self._wish = wish
        self._rows = {row.key: row for row in rows}

    def left(self) -> Session | None:
        """The deck this reader left, held by her again; cards read by others are out of it."""
        with self._sessions.drawing() as listing:
            for session in listing.open(self._sessions.by, self._sessions.host):
                if not any(session.cards[place].key in self._rows for place in session.left):
                    continue
                taken = listing.taken(self._sessions.clock(), but=session)
                for place in session.left:
                    card = session.cards[place]
                    if card.share != "twice" and taken.has(card):
                        self._sessions.say(
                            session, place, "skip", note="read by somebody meanwhile"
                        )
                self._sessions.resume(session)
                if session.left:
                    return session
        return None

    def new(self) -> Session:
        """A deck of calls nobody has read, on disk and held.

        Raises:
            SourceError: There is none.
            CorpusError: It cannot be kept.
        """
        wish = self._wish
        rows = list(self._rows.values())
        seed = int(self._sessions.clock() * 1000) % SEEDS if wish.seed is None else wish.seed
        before = self._sessions.read()
        compared = self._compared(before)
        last = before.sessions[-1].began if before.sessions else None
        mix = counts(wish.size, wish.mix or WEIGHTS)
        drawn = pools(
            rows,
            mix=mix,
            seed=seed,
            compared=compared,
            since=last,
            reported=self._reported(),
        )
        with self._sessions.drawing() as listing:
            taken = listing.taken(self._sessions.clock())
            whole: Pools = {**drawn, "twice": self._twice(listing)}
            dealt = deal(
                whole,
                mix,
                seed=seed,
                taken=taken.has,
                keys=taken.keys,
                as_card=self._as_card,
            )
            if not dealt.cards:
                raise _nothing(rows, taken)
            return self._sessions.start(
                dealt.cards,
                drawn=dealt.drawn,
                seed=seed,
                mix=dealt.mix,
                period_s=wish.period_s,
                population=len(rows),
            )

    def _as_card(self, one: Candidate, share: str) -> Card | None:
        try:
            call = self._feed.call(one.row)
        except GoneError:
            return None
        row = one.row
        return self._sessions.card(call, key=row.key, share=share, why=one.why, asked=row.preview)

    def _twice(self, listing: Listing) -> list[Candidate]:
        """Calls that others read or hold in this period, for a second opinion."""
        mine = {c.key for s in listing.sessions if s.by == self._sessions.by for c in s.cards}
        return [
            Candidate(self._rows[card.key], f"TWICE: {session.by} reads it too")
            for session in reversed(listing.sessions)
            if session.by != self._sessions.by
            for card in session.cards
            if card.key in self._rows and card.key not in mine
        ]

    def _compared(self, before: Listing) -> Compared:
        """The corpus, and what people have read without making it a case."""
        index, cases = NoveltyIndex(), 0
        for session in before.sessions:
            for card, line in session.read:
                index.add(f"a call {session.by} found {line.said}", card.asked)
        read = len(index)
        for name, text in wordings(self._inbox.cases().cases).items():
            index.add(name, text)
            cases += 1
        return Compared(index.score, cases, read)

    def _reported(self) -> dict[str, str]:
        """What waits in the inbox, by the key of its call."""
        found = {}
        for item in self._inbox.read().items:
            if item.waits and item.place.key:
                found[item.place.key] = f"by {item.who}: {item.note or 'no word why'}"
        return found


def _nothing(rows: Sequence[Row], taken: Taken) -> SourceError:
    if not rows:
        return SourceError(
            "no call of this period is here", fix="Name more logs, or a longer --since."
        )
    return SourceError(
        f"nothing to read: all of {len(rows):,} calls were read, or others hold them",
        fix="Come back tomorrow, name more logs, or a longer --since.",
    )
