"""What stands on the Inbox screen: one row of its list, its pane, its counts."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from tailllm import ink
from tailllm.channel.board import Standing
from tailllm.corpus.items import Item
from tailllm.feed.triage import Seen, Table, age
from tailllm.tui import cells
from tailllm.tui.cells import Glyphs
from tailllm.tui.screens.inspector_pages import seen as turns
from tailllm.tui.widgets.reading_page import Page, Section
from tailllm.tui.widgets.reading_text import Para

EMPTY = (
    "Nothing to triage. Calls kept with m, and what people drop with `tailllm inbox add`, "
    "wait here until somebody accepts or dismisses them."
)
SHOWN = 120
"""Cells of what was asked and answered before the whole conversation follows."""
NOTHING: Mapping[str, Standing] = MappingProxyType({})
NAMES = {"accept": "accepted", "dismiss": "dismissed", "duplicate": "duplicates"}


def row(
    item: Item, seen: Seen, now: float, glyphs: Glyphs, board: Mapping[str, Standing] = NOTHING
) -> str:
    """Age, who, where from, whether they were told, prompt, cases near, and what was weird."""
    prompt = cells.cut("-", 12)
    if seen.call is not None:
        prompt = cells.prompt(seen.call.prompt_name, seen.call.prompt_version, 12, glyphs)
    words = " ".join((item.note or seen.text or seen.told).split())
    sign = "!" if item.disputed else " " if item.waits else "·"
    facts = (
        f"{sign}{age(now - item.at):>4}",
        cells.cut(ink.line(item.who), 9, glyphs),
        cells.cut(ink.line(item.source), 6, glyphs),
        *([f"{_told(board, item):<7}"] if board else ()),
        prompt,
        f"{seen.alike or '-':>4}",
    )
    return f"{' '.join(facts)}  {ink.line(words)}"


def head(board: Mapping[str, Standing] = NOTHING) -> str:
    """Over the list; whether reporters were told is a column once somebody reported."""
    told = f"{'told':<7} " if board else ""
    first = f"{'age':>6} {'who':<9} {'from':<6} {told}"
    return f"{first}{'prompt@ver':<12} {'like':>4}  what was weird"


def _told(board: Mapping[str, Standing], item: Item) -> str:
    standing = board.get(item.mark_id)
    return standing.told if standing else "-"


def matches(item: Item, seen: Seen, words: str) -> bool:
    """Whether every word stands somewhere in the row, its labels or what people wrote."""
    facts = (item.who, item.source, item.note or "", *item.labels, seen.prompt, seen.text)
    whole = " ".join(facts).casefold()
    return all(word in whole for word in words.casefold().split())


def title(table: Table, now: float) -> str:
    """How much waits, since when, from where; and how large the corpus is."""
    oldest = next((item for item in table.items if item.waits), None)
    since = f"  (oldest {age(now - oldest.at)})" if oldest else ""
    sources = " · ".join(f"{ink.line(name)} {n:,}" for name, n in table.sources.most_common(4))
    told = f" INBOX  {table.waiting:,} of {table.total:,} to triage{since}"
    unread = f"   {ink.counted(table.unread, 'line')} unreadable" if table.unread else ""
    return f"{told}   {sources}   corpus {ink.counted(table.cases, 'case')}{unread}"


def progress(table: Table) -> str:
    """What was decided, and how long people waited for it."""
    done = table.progress
    parts = [f"{NAMES[kind]} {n:,}" for kind, n in sorted(done.decided.items())]
    if done.disputed:
        parts.append(f"disputed {done.disputed:,}")
    if done.median_s is not None:
        parts.append(f"median time to triage {age(done.median_s)}")
    return " · ".join(parts) or "nothing decided yet"


def page(
    item: Item | None, seen: Seen | None, now: float, board: Mapping[str, Standing] = NOTHING
) -> Page:
    """Why it waits and what is like it, then everything the model saw."""
    if item is None or seen is None:
        return Page([Section("", [Para(EMPTY, "dim", 1)])])
    why = Section(
        f"{item.who}  {age(now - item.at)}", list(_why(item, seen, now, board)), seen.prompt
    )
    return Page([why, *(turns(seen.call) if seen.call else ())])


def _why(item: Item, seen: Seen, now: float, board: Mapping[str, Standing]) -> Iterator[Para]:
    for line in item.decided:
        yield Para(f"{line.by} {line.said}", "warn" if item.disputed else "good")
    for voice in item.voices:
        said = f"“{voice.note}”" if voice.note else "no word why"
        yield Para(f"{voice.who} by {voice.source}, {_since(now - voice.at)}: {said}")
        if voice.link:
            yield Para(voice.link, "aside")
    standing = board.get(item.mark_id)
    tone = "warn" if standing and standing.told == "parked" else "body"
    for told in standing.lines if standing else ():
        yield Para(f"reported  {told}", tone)
    yield from _words(item, seen)
    blind = "none " in seen.told or "blind spot" in seen.told or seen.call is None
    yield Para(f"corpus    {seen.told}", "warn" if blind else "body")
    for near in seen.near:
        yield Para(f"          {near.likeness:.2f}  {near.case.id}", "aside")


def _words(item: Item, seen: Seen) -> Iterator[Para]:
    if item.note and all(voice.note != item.note for voice in item.voices):
        yield Para(f"note      {item.note}")
    if item.labels:
        yield Para(f"labels    {', '.join(item.labels)}")
    if item.expected:
        yield Para(f"expected  {item.expected}", "good")
    verdicts = seen.call.evaluations if seen.call else ()
    failed = dict.fromkeys(verdict.name for verdict in verdicts if verdict.outcome == "failed")
    if failed:
        yield Para(f"failed    {', '.join(failed)}", "fail")
    asked = [m.text for m in (seen.call and seen.call.input_messages) or () if m.role == "user"]
    for name, text in (("user", asked[-1] if asked else ""), ("reply", seen.reply)):
        if text:
            yield Para(f"{name:<10}{cells.shorten(ink.line(' '.join(text.split())), SHOWN)}")


def _since(seconds: float) -> str:
    told = age(seconds)
    return "just now" if told == "now" else f"{told} ago"
