"""The calls of a view in another order, worked out once: nothing moves until it is asked again."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from tailllm.records.row import Row
from tailllm.tui.widgets.view import View


class Rank(NamedTuple):
    """An order of calls."""

    name: str
    worth: Callable[[Row], float | None]
    """The largest comes first; those of which nothing is known come last, the newest first."""


class Ranked(View):
    """What came since is counted and not shown; what was forgotten leaves its line empty."""

    def __init__(self, view: View, rank: Rank) -> None:
        """Take the place of a view that has looked at all calls held."""
        vars(self).update(vars(view))
        known = ((rank.worth(row), seq) for seq, row in self._rows())
        ranked = [(-1.0 if worth is None else worth, seq) for worth, seq in known]
        self.order = [seq for _, seq in sorted(ranked, reverse=True)]
        self._places = {seq: place for place, seq in enumerate(self.order)}
        self.known = sum(worth >= 0 for worth, _ in ranked)
        """Calls of which something was known when they were put in order."""

    def __len__(self) -> int:
        return len(self.order)

    @property
    def first_place(self) -> int:
        """The place of what is worth most."""
        return 0

    @property
    def end_place(self) -> int:
        """One past the last."""
        return len(self.order)

    def at(self, place: int) -> int | None:
        """The call at `place`, also one that was forgotten since."""
        return self.order[place] if 0 <= place < len(self.order) else None

    def place(self, seq: int) -> int | None:
        """Where a call is; None when it came later or is not shown."""
        return self._places.get(seq)

    def nearest(self, seq: int) -> int | None:
        """A call itself, else what is worth most."""
        first = self.order[0] if self.order else None
        return seq if seq in self._places else first

    def beyond(self, seq: int, direction: int, *, bad: bool = False) -> Iterator[int]:
        """Calls from `seq` on as they stand on the screen, down (1) or up (-1)."""
        start = self._places.get(seq, -1)
        stop = len(self.order) if direction > 0 else -1
        wanted = frozenset(self.bad) if bad else None
        for place in range(start + direction, stop, direction):
            if wanted is None or self.order[place] in wanted:
                yield self.order[place]

    def plain(self) -> View:
        """The same calls by their time."""
        view = View(self._window, self._keep)
        vars(view).update({name: vars(self)[name] for name in vars(view)})
        return view

    def _rows(self) -> Iterator[tuple[int, Row]]:
        rows = ((seq, self._window.at(seq)) for seq in self.seqs)
        return ((seq, row) for seq, row in rows if row is not None)
