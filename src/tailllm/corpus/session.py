"""One session, folded from its lines: the deck, what was said, what is left."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tailllm.corpus.record import seconds
from tailllm.corpus.session_lines import ODD, Card, Line


@dataclass
class Session:
    """A reader and her deck."""

    path: Path
    start: Line
    said: dict[int, Line] = field(default_factory=dict)
    """The latest verdict of each card, in the order in which they were given."""
    ended: bool = False
    reads: Line | None = None
    """The latest start or resume: by which process, on which host."""
    at: float = 0.0
    """Of its last line, in seconds since the epoch."""

    @property
    def id(self) -> str:
        """Its name, unique in a corpus."""
        return self.path.stem

    @property
    def by(self) -> str:
        """Who reads."""
        return self.start.by

    @property
    def began(self) -> float:
        """In seconds since the epoch."""
        return seconds(self.start.at)

    @property
    def cards(self) -> tuple[Card, ...]:
        """The deck."""
        return self.start.cards

    @property
    def left(self) -> list[int]:
        """Places of cards without a word."""
        return [place for place in range(len(self.cards)) if place not in self.said]

    @property
    def read(self) -> list[tuple[Card, Line]]:
        """What was judged, in the order of the deck; a skipped card was not."""
        found = sorted((place, line) for place, line in self.said.items() if line.said != "skip")
        return [(self.cards[place], line) for place, line in found]

    @property
    def odd(self) -> list[tuple[Card, Line]]:
        """What surprised."""
        return [(card, line) for card, line in self.read if line.said in ODD]

    @property
    def quiet(self) -> int:
        """How many were as expected since the last surprise; a skipped card says nothing."""
        count = 0
        for line in reversed(self.said.values()):
            if line.said in ODD:
                break
            count += line.said == "expected"
        return count

    def hear(self, line: Line) -> None:
        """Take in one more line."""
        self.at = max(self.at, seconds(line.at))
        if line.kind == "end":
            self.ended = True
        elif line.kind == "resume":
            self.reads = line
        elif 0 <= line.card < len(self.cards):
            self.ended = False
            self.said.pop(line.card, None)
            if line.kind == "verdict":
                self.said[line.card] = line


def fold(path: Path, lines: Iterable[Line]) -> Session | None:
    """A session from its lines; None of a file whose first line is no start."""
    found: Session | None = None
    for line in lines:
        if found is None:
            if line.kind != "start":
                return None
            found = Session(path, line, reads=line, at=seconds(line.at))
        elif line.kind != "start":
            found.hear(line)
    return found


def judged(sessions: Iterable[Session]) -> Iterator[tuple[Session, Card, Line]]:
    """Every verdict that stands."""
    for session in sessions:
        for card, line in session.read:
            yield session, card, line
