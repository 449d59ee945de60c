"""One reader's desk: her deck over a feed, and what she says, kept."""

from collections.abc import Sequence
from typing import NamedTuple

from tailllm.corpus.inbox import Inbox
from tailllm.corpus.marks import Kept
from tailllm.corpus.session import Session
from tailllm.corpus.session_lines import Card, Said
from tailllm.corpus.sessions import Listing, Sessions
from tailllm.errors import GoneError
from tailllm.feed.keeper import Keeper
from tailllm.records.call import Call
from tailllm.records.row import Row
from tailllm.rotation.drawing import Drawing, Wish


class Opened(NamedTuple):
    """A session to go on with."""

    session: Session
    resumed: bool
    held: int
    """Calls of the period in memory, from which cards come."""
    forgotten: int
    """Calls that are no longer in memory, so none of them can be a card."""


class Desk:
    """Everything blocks until it is on disk: use it off the UI thread."""

    def __init__(
        self,
        keeper: Keeper,
        sessions: Sessions,
        inbox: Inbox,
        wish: Wish | None = None,
    ) -> None:
        self.sessions = sessions
        self.wish = wish or Wish()
        self._feed = keeper.feed
        self._keeper = keeper
        self.inbox = inbox
        self._rows: dict[str, Row] = {}
        self._seqs: dict[str, int] = {}

    def open(self) -> Opened:
        """The deck this reader left, if its calls are here; else a new one.

        Raises:
            SourceError: There is no call that nobody has read.
            CorpusError: The deck cannot be kept.
        """
        held = self._of_period()
        rows = [row for _, row in held]
        self._rows = {row.key: row for row in rows}
        self._seqs = {row.key: seq for seq, row in held}
        drawing = Drawing(self._feed, self.sessions, self.inbox, self.wish, rows)
        left = None if self.wish.fresh else drawing.left()
        session = left or drawing.new()
        return Opened(session, left is not None, len(self._rows), self._feed.window.dropped)

    def call(self, card: Card) -> Call:
        """The whole call of a card, read again from the log.

        Raises:
            GoneError: Its bytes are no longer there, or its log was not named.
        """
        return self._feed.call(self.row(card))

    def row(self, card: Card) -> Row:
        """The call of a card as lists have it.

        Raises:
            GoneError: The log is not among those that are read.
        """
        row = self._rows.get(card.key)
        if row is None:
            raise GoneError(
                f"{card.key} is not in these logs", fix="Skip it, or name the log it is in."
            )
        return row

    def seq(self, card: Card) -> int | None:
        """The number of a card's call in the window."""
        return self._seqs.get(card.key)

    def say(
        self,
        session: Session,
        place: int,
        said: Said,
        *,
        note: str | None = None,
        labels: Sequence[str] = (),
        expected: str | None = None,
    ) -> str:
        """Keep what was said of a card; a wrong one goes to the inbox first.

        Returns:
            What to tell of it beyond that it is kept, or nothing.

        Raises:
            GoneError: A wrong one cannot go to the inbox: its bytes are gone.
            CorpusError: It cannot be kept.
        """
        card = session.cards[place]
        told, mark = "", self._own_mark(session, place)
        if said == "wrong":
            row = self.row(card)
            known = self._keeper.mark_id(row)
            kept = self._keeper.mark(row, note=note, labels=labels, expected=expected)
            mark = mark if known is not None else kept.mark_id
            told = _told(kept)
        elif mark is not None:
            self._keeper.unmark(self.row(card))
            mark = None
        self.sessions.say(session, place, said, note=note or expected, mark_id=mark)
        return told

    def undo(self, session: Session) -> int | None:
        """Take the latest word back, its mark too; the place of its card."""
        place = next(reversed(session.said), None)
        if place is None:
            return None
        if self._own_mark(session, place) is not None:
            self._keeper.unmark(self.row(session.cards[place]))
        self.sessions.unsay(session, place)
        return place

    def listing(self) -> Listing:
        """Every session of the corpus."""
        return self.sessions.read()

    def _own_mark(self, session: Session, place: int) -> str | None:
        line = session.said.get(place)
        return line.mark_id if line else None

    def _of_period(self) -> list[tuple[int, Row]]:
        start, end = self._feed.span_ending_now(self.wish.period_s)
        return [
            (seq, row)
            for seq, row in self._feed.window.newest_first()
            if (start is None or row.at >= start) and (end is None or row.at <= end)
        ]


def _told(kept: Kept) -> str:
    if kept.rescued:
        return f"The corpus refused ({kept.why}): kept in {kept.path}.{kept.note}"
    return f"In the inbox.{kept.note}"
