"""What a session, or a week of them, found: for the end page, a chat and machines."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from tailllm import ink
from tailllm.corpus.session import Session, judged
from tailllm.corpus.session_lines import ODD, Card, Line
from tailllm.corpus.surprise import surprise
from tailllm.records.share import Share
from tailllm.rotation.mix import told

CUT = 90
"""Characters of a text in a line of a summary."""


class Reader(NamedTuple):
    """Somebody who took part."""

    name: str
    read: int
    odd: int


class New(NamedTuple):
    """A call that surprised."""

    by: str
    said: str
    key: str
    prompt: str
    asked: str
    note: str | None
    passed: tuple[str, ...]
    failed: tuple[str, ...]
    why: str
    """Why it was in the deck."""


class Missing(NamedTuple):
    """Where every check passed and a person says wrong: a validator is missing."""

    prompt: str
    passed: tuple[str, ...]
    """The checks that saw nothing; empty when there are none."""
    keys: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """Sessions, counted."""

    sessions: int
    cards: int
    read: int
    skipped: int
    wrong: int
    surprising: int
    marked: int
    """Wrong ones that went to the inbox."""
    mix: dict[str, int]
    surprise: Share
    """From the random share alone."""
    new: tuple[New, ...]
    readers: tuple[Reader, ...]
    agreement: Share
    """Of calls that several have read: those about which all said the same kind of thing."""
    missing: tuple[Missing, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "sessions": self.sessions,
            "cards": self.cards,
            "read": self.read,
            "skipped": self.skipped,
            "wrong": self.wrong,
            "surprising": self.surprising,
            "marked": self.marked,
            "mix": self.mix,
            "surprise": self.surprise.as_json(),
            "new": [one._asdict() for one in self.new],
            "readers": [one._asdict() for one in self.readers],
            "agreement": self.agreement.as_json(),
            "missing_validators": [one._asdict() for one in self.missing],
        }


def summary(of: Sequence[Session], among: Iterable[Session]) -> Summary:
    """Count sessions.

    Args:
        of: Those it is about.
        among: All there are: who else read the same card, and what was known before.
    """
    everything = list(among)
    own = list(judged(of))
    words = [line for session in of for line in session.said.values()]
    dealt = Counter(card.share for session in of for card in session.cards)
    new = tuple(_new(session, card, line) for session, card, line in own if line.said in ODD)
    return Summary(
        sessions=len(of),
        cards=sum(len(session.cards) for session in of),
        read=len(own),
        skipped=sum(line.said == "skip" for line in words),
        wrong=sum(line.said == "wrong" for line in words),
        surprising=sum(line.said == "surprising" for line in words),
        marked=sum(line.said == "wrong" and line.mark_id is not None for line in words),
        mix=dict(dealt),
        surprise=surprise(of, everything),
        new=new,
        readers=_readers(of),
        agreement=_agreement({card.id for _, card, _ in own}, everything),
        missing=_missing(new),
    )


def _new(session: Session, card: Card, line: Line) -> New:
    return New(
        session.by,
        line.said,
        card.key,
        card.prompt,
        card.asked,
        line.note,
        card.passed,
        card.failed,
        card.why,
    )


def _readers(sessions: Iterable[Session]) -> tuple[Reader, ...]:
    read: Counter[str] = Counter()
    odd: Counter[str] = Counter()
    for session in sessions:
        read[session.by] += len(session.read)
        odd[session.by] += len(session.odd)
    return tuple(Reader(name, n, odd[name]) for name, n in sorted(read.items()))


def _agreement(ids: set[str], everything: Iterable[Session]) -> Share:
    """Two agree when both were surprised or neither was."""
    by_card: defaultdict[str, dict[str, bool]] = defaultdict(dict)
    for session, card, line in judged(everything):
        if card.id in ids:
            by_card[card.id][session.by] = line.said in ODD
    shared = [set(said.values()) for said in by_card.values() if len(said) > 1]
    return Share(sum(len(said) == 1 for said in shared), len(shared))


def _missing(new: Iterable[New]) -> tuple[Missing, ...]:
    found: defaultdict[tuple[str, tuple[str, ...]], list[New]] = defaultdict(list)
    for one in new:
        if one.said == "wrong" and not one.failed:
            found[one.prompt, one.passed].append(one)
    return tuple(
        Missing(
            prompt,
            passed,
            tuple(one.key for one in calls),
            tuple(one.note for one in calls if one.note),
        )
        for (prompt, passed), calls in found.items()
    )


def rows(found: Summary) -> list[str]:
    """The summary as lines for a chat: inert, without secrets, every count with its whole."""
    who = ", ".join(f"{one.name} {one.read}" for one in found.readers if one.read) or "nobody yet"
    lines = [
        f"Rotation: read {found.read:,} of {found.cards:,} cards, {found.skipped:,} skipped, "
        f"by {who}",
        f"Surprised by {found.wrong + found.surprising:,} of {found.read:,}: "
        f"{found.wrong:,} wrong ({found.marked:,} newly in the inbox), "
        f"{found.surprising:,} surprising but not wrong",
        f"Surprise rate of all calls: {estimate(found.surprise)}",
        f"Mix: {told(found.mix) or 'no cards'}",
    ]
    if found.agreement.of:
        lines.append(f"Agreement: {found.agreement.part} of {found.agreement.of} cards read by two")
    lines += _listed("New:", [_told(one) for one in found.new])
    return lines + _listed("Checks passed, a person says wrong:", map(lacking, found.missing))


def estimate(share: Share) -> str:
    """`11% (2 of 18 drawn at random; 3% to 33%)`."""
    if not share.of:
        return "not known: none of the cards drawn at random was read"
    low, high = share.interval
    drawn = f"{share.part} of {share.of} drawn at random"
    return f"{share.part / share.of:.0%} ({drawn}; 95% sure of {low:.0%} to {high:.0%})"


def lacking(one: Missing) -> str:
    """Which validator is missing, as far as it can be told."""
    checks = f"passed {', '.join(one.passed)}" if one.passed else "no check ran"
    notes = f": {'; '.join(one.notes)}" if one.notes else ""
    return f"{one.prompt}, {checks}, {ink.counted(len(one.keys), 'call')}{notes}"


def _told(one: New) -> str:
    note = f" -> {one.note}" if one.note else ""
    return f"{one.said}: “{_cut(one.asked)}”{note} [{one.prompt} {one.key}]"


def _cut(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= CUT else f"{plain[: CUT - 1]}…"


def _listed(title: str, parts: Iterable[str]) -> list[str]:
    found = [f"- {ink.line(part)}" for part in parts]
    return [title, *found] if found else []
