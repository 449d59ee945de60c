"""What stands on the Rotation screen: a card, its checks, and what the session found."""

from collections.abc import Sequence
from typing import NamedTuple

from tailllm import ink
from tailllm.corpus.session import Session
from tailllm.corpus.session_lines import Card, Line
from tailllm.records.call import Call
from tailllm.rotation.mix import SHARES, told
from tailllm.rotation.summary import Missing, Summary, estimate, lacking
from tailllm.tui import cells
from tailllm.tui.cells import Chunk, Glyphs
from tailllm.tui.screens.inspector_pages import seen
from tailllm.tui.widgets.reading_page import Page, Section
from tailllm.tui.widgets.reading_text import Para

BAR = 14
SAID = {"expected": "as expected", "skip": "skipped"}
QUESTION = "Was this what you would want?"
EMPTY = "No card. A deck is drawn from calls that nobody has read."


class Place(NamedTuple):
    """Where in the deck somebody is."""

    session: Session
    place: int
    resumed: bool

    @property
    def card(self) -> Card:
        """The card shown."""
        return self.session.cards[self.place]

    @property
    def said(self) -> Line | None:
        """What was said of it."""
        return self.session.said.get(self.place)


def title(session: Session, place: int | None, glyphs: Glyphs) -> list[Chunk]:
    """Who, how far, and how often it surprised."""
    total, done = len(session.cards), len(session.said)
    full = round(BAR * done / total) if total else 0
    sign, rest = ("#", ".") if glyphs is cells.ASCII else ("▓", "░")
    where = f"card {place + 1} of {total}" if place is not None else f"{done} of {total} done"
    odd, read = len(session.odd), len(session.read)
    return [
        Chunk(0, "ROTATION", "strong"),
        Chunk(3, ink.line(session.by)),
        Chunk(0, where, "key"),
        Chunk(4, sign * full + rest * (BAR - full), "quiet"),
        Chunk(2, f"surprised by {odd} of {read}"),
    ]


def why(at: Place) -> tuple[list[Chunk], list[Chunk]]:
    """Why this card is here, and which prompt answered."""
    card = at.card
    left = [Chunk(0, ink.line(card.why or SHARES.get(card.share, card.share)), "key")]
    line = at.said
    if line is not None:
        left.append(Chunk(0, f"you said: {said(line)}", "warn"))
    return left, [Chunk(1, ink.line(card.prompt), "quiet")]


def said(line: Line) -> str:
    """A word about a card, with its note."""
    note = f", {line.note}" if line.note else ""
    return ink.line(f"{SAID.get(line.said, line.said)}{note}")


def card(call: Call) -> Page:
    """The conversation; what checks said of it does not stand in the way of judging it."""
    sections = seen(call.model_copy(update={"evaluations": ()}))
    return Page([_quiet(section) for section in sections])


def last_question(page: Page) -> int:
    """The section where reading starts: what was asked last."""
    heads = [section.title.partition(" ")[0] for section in page.sections]
    asked = [n for n, head in enumerate(heads) if head == "user"]
    return asked[-1] if asked else 0


def _quiet(section: Section) -> Section:
    """The same prompt stands over every card: it stays folded."""
    own = section.title.startswith(("system", "developer", "tools")) and section.body
    return section._replace(folded=True) if own else section


def checks(call: Call | None, card: Card) -> str:
    """The checks in one line, small: only a person can tell."""
    ran = len(card.passed) + len(card.failed)
    told = f"{len(card.passed)} of {ran} checks passed" if ran else "no check ran"
    if card.failed:
        told += f", failed: {', '.join(card.failed)}"
    if call is None:
        return ink.line(told)
    ms = "-" if call.latency_ms is None else f"{call.latency_ms / 1000:.1f} s"
    tokens = "-" if call.usage.output_tokens is None else f"{call.usage.output_tokens:,}"
    finish = call.finish_reason or "-"
    return ink.line(f"{told} · {ms} · {tokens} tokens out · {finish}")


def gone(sentence: str) -> Page:
    """A card that cannot be shown."""
    return Page([Section("this call is gone", [Para(sentence, "warn", 1)], tone="warn")])


def plain(sentence: str) -> Page:
    """A page of one sentence."""
    return Page([Section("", [Para(sentence, "dim", 1)])])


def stopped(count: int, left: int) -> Section:
    """The stop rule, met."""
    words = f"The rest of the deck, {ink.counted(left, 'card')}, can wait for another day."
    return Section(
        f"{count} in a row with nothing new",
        [Para(words), Para("⏎ reads on   e ends here   q leaves, and comes back to it", "note")],
    )


def end(own: Summary, group: Summary, session: Session, stop: Section | None) -> Page:
    """What the session found, and how the week stands."""
    sections = [stop] if stop else []
    sections += [
        Section("this session", list(map(_para, _numbers(own, session)))),
        Section("what was new", _new(own)),
        Section("checks passed, a person says wrong", _missing(own.missing)),
        Section("this week, everybody", list(map(_para, _group(group)))),
    ]
    return Page(sections)


def _para(text: str) -> Para:
    return Para(text, indent=3)


def _numbers(own: Summary, session: Session) -> list[str]:
    drawn = f"{ink.counted(session.start.population, 'call')}, seed {session.start.seed}"
    return [
        f"read       {own.read:,} of {own.cards:,} cards, {own.skipped:,} skipped",
        f"wrong      {own.wrong:,}, of which {own.marked:,} newly in the inbox",
        f"surprising {own.surprising:,} more, not wrong",
        f"surprise   {estimate(own.surprise)}",
        f"mix        {told(own.mix)}; from {drawn}",
    ]


def _new(own: Summary) -> list[Para]:
    if not own.new:
        return [Para("Nothing. Cards called wrong or surprising are listed here.", "dim", 3)]
    found = []
    for one in own.new:
        found.append(Para(f"{one.said}: {one.asked or '(no text)'}", indent=3))
        note = f"{one.note} · " if one.note else ""
        found.append(Para(f"{note}{one.prompt} · {one.key}", "dim", 5))
    return found


def _missing(missing: Sequence[Missing]) -> list[Para]:
    """The missing validators."""
    if not missing:
        return [Para("Nowhere. A validator that is missing would show here.", "dim", 3)]
    return [Para(lacking(one), "warn", 3) for one in missing]


def _group(group: Summary) -> list[str]:
    took = [f"{one.name} {one.read}" for one in group.readers if one.read]
    who = ", ".join(took) or "nobody"
    same = group.agreement
    agreed = f"{same.part} of {same.of} cards read by two" if same.of else "no card was read by two"
    return [
        f"read       {group.read:,} by {who}",
        f"surprise   {estimate(group.surprise)}",
        f"agreement  {agreed}",
    ]
