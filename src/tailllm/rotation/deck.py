"""Dealing: from the pools to the cards of one reader.

The uniform share draws first, from all calls of the period; a call it meets that was read or
is held by somebody is noted and not dealt. So what is said of the uniform share is an estimate
for all calls of the period, not only for those nobody found interesting.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from random import Random
from typing import NamedTuple

from tailllm.corpus.session_lines import Card
from tailllm.novelty.spread import Unlike
from tailllm.records.row import Row
from tailllm.rotation.mix import SHARES
from tailllm.rotation.pools import Candidate, Pools

Open = Callable[[Candidate, str], Card | None]
"""A candidate and its share as a card; None when its bytes are gone."""
BY_NOVELTY = frozenset({"novel", "slow", "fast"})
"""Shares of which any call would do, so that the most surprising is drawn."""


class Deal(NamedTuple):
    """A deck, ready to be kept."""

    cards: tuple[Card, ...]
    drawn: tuple[str, ...]
    """Keys the uniform draw met that nobody may be dealt again."""

    @property
    def mix(self) -> dict[str, int]:
        """How many cards each share has in the end."""
        dealt = [card.share for card in self.cards]
        return {share: dealt.count(share) for share in SHARES if share in dealt}


def deal(
    pools: Pools,
    mix: Mapping[str, int],
    *,
    seed: int,
    taken: Callable[[Card], bool],
    keys: Collection[str],
    as_card: Open,
) -> Deal:
    """Draw a deck.

    Args:
        pools: The candidates of each share. Of the novel ones and of both ends of the
            latencies the newest is drawn that is unlike the whole deck so far, of the others
            the first.
        mix: How many cards each share should have. What one cannot fill, `novel` gets, and
            then `random`.
        seed: Says the order of the deck.
        taken: Whether a card was read before or is held by another reader.
        keys: Keys of such cards, to spare looking at them.
        as_card: Reads a call.
    """
    dealer = _Dealer(pools, taken, keys, as_card)
    dealer.uniform(mix.get("random", 0))
    for share in list(SHARES)[1:-1]:
        dealer.take(share, mix.get(share, 0))
    wanted = sum(mix.values())
    if mix.get("novel"):
        dealer.take("novel", wanted - len(dealer.cards))
    if mix.get("novel") or mix.get("random"):
        dealer.uniform(wanted - len(dealer.cards))
    # The uniform cards must not stand together: who stops early stops at a random place.
    Random(seed).shuffle(dealer.cards)  # noqa: S311  an order that can be repeated, no secret
    return Deal(tuple(dealer.cards), tuple(dealer.drawn))


class _Dealer:
    def __init__(
        self,
        pools: Pools,
        taken: Callable[[Card], bool],
        keys: Collection[str],
        as_card: Open,
    ) -> None:
        self.cards: list[Card] = []
        self.drawn: list[str] = []
        self._pools = pools
        self._taken = taken
        self._keys = keys
        self._as_card = as_card
        self._held: set[str] = set()
        self._ids: set[str] = set()
        self._alike: set[tuple[str, str] | str] = set()
        self._walk = iter(pools.get("random", ()))
        self._unlike = Unlike([one.row.preview for one in pools.get("random", ())])

    def uniform(self, count: int) -> None:
        """Go on along the random order of all calls until so many cards are found."""
        if count <= 0:
            return
        for one in self._walk:
            key = one.row.key
            if key in self._held or key in self._keys or not self._put(one, "random"):
                self.drawn.append(key)
                continue
            count -= 1
            if not count:
                return

    def take(self, share: str, count: int) -> None:
        """The best so many of a pool that are unlike what is in the deck."""
        for one in self._best(share) if count > 0 else ():
            known = one.row.key in self._keys and share != "twice"
            if known and share == "novel":
                # Somebody holds it, so another one like it would be hers over again.
                self._unlike.hold(one.row.preview)
            if known or one.row.key in self._held or self._alike & _marks(one.row):
                continue
            count -= self._put(one, share)
            if not count:
                return

    def _best(self, share: str) -> Iterator[Candidate]:
        pool = self._pools.get(share, ())
        if share not in BY_NOVELTY:
            return iter(pool)
        texts, novelty = [one.row.preview for one in pool], [one.novelty for one in pool]
        return (pool[place] for place in self._unlike.best(texts, novelty))

    def _put(self, one: Candidate, share: str) -> bool:
        card = self._as_card(one, share)
        if card is None or card.id in self._ids or (share != "twice" and self._taken(card)):
            return False
        self.cards.append(card)
        self._held.add(one.row.key)
        self._ids.add(card.id)
        self._alike |= _marks(one.row)
        self._unlike.hold(one.row.preview)
        return True


def _marks(row: Row) -> set[tuple[str, str] | str]:
    """By these a second card would show much the same: its texts, and its conversation."""
    found: set[tuple[str, str] | str] = {(row.preview, row.reply)}
    if row.conversation_id:
        found.add(row.conversation_id)
    return found
