"""Reads a call again and lays it out; runs beside the screen, never in its loop."""

from typing import TYPE_CHECKING, NamedTuple

from tailllm.errors import TailllmError
from tailllm.ink import counted
from tailllm.records.row import Row
from tailllm.tui import cells
from tailllm.tui.widgets.reading_page import Page, Section
from tailllm.tui.widgets.reading_text import Para

if TYPE_CHECKING:
    from tailllm.feed.feed import Feed
    from tailllm.records.call import Call


class Reading(NamedTuple):
    """An opened call, ready to be drawn."""

    seq: int
    row: Row
    call: "Call | None"
    """None when its bytes are gone."""
    pages: dict[str, Page]
    """By name of the tab; `Raw laid out` is the Raw tab after a second `r`."""
    badges: dict[str, str]


def read(feed: "Feed", seq: int, row: Row) -> Reading:
    """Read the bytes of a call again; trouble becomes a page that says so."""
    from tailllm.tui.screens import inspector_pages as pages

    try:
        lines = feed.raw(row)
    except (TailllmError, OSError) as error:
        return Reading(seq, row, None, _known(row, "these bytes are gone", error), {})
    raw = {"Raw": pages.raw(lines, feed.path)}
    raw["Raw laid out"] = pages.laid_out(lines, raw["Raw"])
    exact = {name: Page(tab) for name, tab in raw.items()}
    try:
        call = feed.call(row)
    except (TailllmError, OSError, ValueError, RecursionError) as error:
        # Bytes that were a call once and are none now: the exact bytes can still be read.
        return Reading(seq, row, None, _known(row, "not readable as a call", error) | exact, {})
    tabs = {
        "Seen": pages.seen(call, _same_prompt(feed, row)),
        "Reply": pages.answer(call),
        "Checks": pages.checks(call),
        "Meta": [*pages.meta(call), *_novelty(feed, row)],
    }
    failed = sum(verdict.outcome == "failed" for verdict in call.evaluations)
    badges = {"Checks": f"({failed}✗)"} if failed else {}
    return Reading(seq, row, call, {name: Page(tab) for name, tab in tabs.items()} | exact, badges)


def _same_prompt(feed: "Feed", row: Row) -> int:
    """How many of the calls held were made with the same prompt version."""
    if row.prompt_version is None:
        return 0
    mine = (row.prompt_name, row.prompt_version)
    held = feed.window.slice(feed.window.first, feed.window.end)
    return sum((other.prompt_name, other.prompt_version) == mine for _, other in held)


def _novelty(feed: "Feed", row: Row) -> list[Section]:
    """How unlike the corpus the call is, and which case is nearest; nothing without a corpus."""
    novelties = feed.store.novelties
    found = novelties.of(row)
    if not novelties.cases:
        return []
    said = [("novelty", "-"), ("nearest case", "-")]
    if found is not None:
        near = f"{found.nearest} (likeness {found.likeness:.2f})" if found.nearest else "none"
        said = [("novelty", f"{found.novelty:.2f}"), ("nearest case", near)]
    said += [("compared by", novelties.by), ("with", counted(novelties.cases, "case"))]
    return [Section("novelty", [Para(f"{name:<24} {value}") for name, value in said])]


def _known(row: Row, trouble: str, error: Exception) -> dict[str, Page]:
    fix = error.fix if isinstance(error, TailllmError) else "The Raw tab has what can be read."
    why = Section(trouble, [Para(str(error), "warn"), Para(fix)], tone="warn")
    known = Section("still known of the call", [Para(f"{n:<24} {v}") for n, v in _facts(row)])
    said = [
        Section(name, [Para(text)], "start only")
        for name, text in (("last user text", row.preview), ("reply", row.reply))
        if text
    ]
    full = Page([why, known, *said])
    return {
        name: full if name == "Seen" else Page([why]) for name in ("Reply", "Checks", "Raw")
    } | {
        "Seen": full,
        "Meta": Page([why, known]),
        "Raw laid out": Page([why]),
    }


def _facts(row: Row) -> list[tuple[str, str]]:
    left_out = ("preview", "reply", "source", "verdicts", "at", "arrived")
    facts = [(name, value) for name, value in row._asdict().items() if name not in left_out]
    known = [(name, str(value)) for name, value in facts if value is not None]
    verdicts = [(name, outcome) for name, outcome in row.verdicts]
    return [("time", f"{cells.clock(row.at, millis=True)} UTC"), *known, *verdicts]
