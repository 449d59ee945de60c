"""What stands on the Drift screen: what moved as rows, the weeks as charts with numbers."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from tailllm.drift.inputs import FEWEST, Finding, Inputs
from tailllm.drift.period import Moved
from tailllm.drift.weeks import Week
from tailllm.feed.triage import age
from tailllm.ink import line as visible
from tailllm.records.share import Share
from tailllm.store.changes import Difference
from tailllm.tui import cells
from tailllm.tui.cells import Glyphs
from tailllm.tui.widgets.reading_page import Section
from tailllm.tui.widgets.reading_text import Para
from tailllm.tui.widgets.sheet import Col, Entry

COLUMNS = (
    Col("who moved", 9, right=False),
    Col("what", 0, right=False),
    Col("before", 15),
    Col("now", 15),
    Col("by chance", 9, rank=1),
)
BAR = 24
"""Cells of a whole bar."""
SHOWN = 26
"""Weeks of a chart: half a year."""


class Example(NamedTuple):
    """The calls a row is about; by these its row is told from the others."""

    what: str
    keys: tuple[str, ...] = ()
    difference: Difference | None = None


def entries(moved: Moved, cases: int, glyphs: Glyphs) -> list[Entry]:
    """The blind share, and one row for each thing that moved."""
    found = moved.inputs
    blind = Example("blind", _keys(moved, found.blind_examples))
    named = "no case near in wording" if cases else "no case near: none yet"
    sides = _range(found.blind_before), _range(found.blind_after)
    rows = [_entry(blind, ("", named, *sides, ""), "", " ")]
    for one in found.findings:
        key = Example(f"{one.kind} {one.name}", _keys(moved, one.examples))
        numbers = _side(one.before), _side(one.after), f"{one.chance:.1g}"
        rows.append(_entry(key, ("inputs", _named(one), *numbers), "warn", glyphs.more))
    for who, differences in (("answers", moved.answers), ("provider", moved.provider)):
        rows += [_difference(who, one, glyphs) for one in differences]
    return rows


def empty(found: Inputs) -> str:
    """What would fill the sheet."""
    return (
        f"{found.before:,} before, {found.after:,} now: "
        f"each period needs {FEWEST} messages; t is longer."
    )


def verdict(moved: Moved) -> list[tuple[str, str]]:
    """Inputs, answers, provider: each with its own answer, and its style."""
    if not moved.inputs.enough:
        return [("too little data to tell", "warn")]
    found = (
        ("inputs", bool(moved.inputs.findings)),
        ("answers", bool(moved.answers)),
        ("provider", bool(moved.provider)),
    )
    return [
        (f"{name} changed" if changed else f"{name} as before", "warn" if changed else "good")
        for name, changed in found
    ]


def charts(weeks: Sequence[Week], glyphs: Glyphs) -> list[Section]:
    """The weeks, one chart for each question; the newest week last."""
    shown = weeks[-SHOWN:]
    return [
        _shares(
            "surprise, of calls drawn at random", shown, lambda w: w.surprise, NO_READING, glyphs
        ),
        _shares(
            "blind share, against the corpus of that week",
            shown,
            lambda w: w.blind,
            NO_BLIND,
            glyphs,
        ),
        _sizes("corpus size, cases", shown, glyphs),
        _people("cases added, by whom", shown),
        _waits("from mark to case, median", shown),
        _shares("cases that never failed", shown, lambda w: w.never_failed, NO_CASES, glyphs),
    ]


NO_READING = "Nobody has read a deck yet: 4 in the list, or `tailllm rotation`, fills this."
NO_BLIND = "No message, or no case to compare with. A log of several weeks and 3 fill this."
NO_CASES = "No case yet. m keeps a call, 3 makes it a case: both fill this."
NO_ADDED = "No case was accepted from the inbox yet. m keeps a call, 3 makes it a case."


def _entry(key: Example, texts: Sequence[str], tone: str, sign: str) -> Entry:
    who, what, before, after, chance = map(visible, texts)
    styled = ((who, tone), (what, tone), (before, ""), (after, tone), (chance, "quiet"))
    return Entry(key, styled, sign, tone)


def _difference(who: str, one: Difference, glyphs: Glyphs) -> Entry:
    what = " ".join(filter(None, (one.what, one.name)))
    sides = _value(one, one.before.value), _value(one, one.after.value)
    key = Example(f"{who} {one.kind} {what}", difference=one)
    return _entry(key, (who, what, *sides, f"{one.chance:.1g}"), "warn", glyphs.more)


def _value(one: Difference, value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.1%}" if one.kind == "share" else f"{value:,.4g}"


def _keys(moved: Moved, places: Sequence[int]) -> tuple[str, ...]:
    return tuple(moved.after[place].key for place in places)


def _named(one: Finding) -> str:
    told = {"term": f"“{one.name}”", "novelty": "novelty, median", "length": "length, median"}
    return told.get(one.kind, one.name)


def _side(side: Share | float) -> str:
    return f"{side:.3g}" if isinstance(side, float) else f"{side.part:,} of {side.of:,}"


def _range(share: Share) -> str:
    """`12% (9-15%)`; of nothing, nothing."""
    if not share.of:
        return "-"
    low, high = (f"{100 * edge:.0f}" for edge in share.interval)
    return f"{share.part / share.of:.0%} ({low}-{high}%)"


def _shares(
    title: str, weeks: Sequence[Week], get: Callable[[Week], Share], empty: str, glyphs: Glyphs
) -> Section:
    if not any(get(week).of for week in weeks):
        return _nothing(title, empty)
    rows = []
    for week in weeks:
        share = get(week)
        part = share.part / share.of if share.of else 0.0
        low, high = share.interval
        told = f"{part:>4.0%}  {share.part:,} of {share.of:,}, {low:.0%} to {high:.0%}"
        rows.append(_row(week, _bar(part, glyphs), told if share.of else "   -  nothing known"))
    return Section(title, rows, _trend(weeks, get))


def _trend(weeks: Sequence[Week], get: Callable[[Week], Share]) -> str:
    """The last two weeks of which something is known."""
    known = [get(week) for week in weeks if get(week).of]
    now = known[-1].part / known[-1].of
    if len(known) < 2:
        return f"{now:.0%}"
    return f"{known[-2].part / known[-2].of:.0%} -> {now:.0%}"


def _sizes(title: str, weeks: Sequence[Week], glyphs: Glyphs) -> Section:
    most = max((week.cases for week in weeks), default=0)
    if not most:
        return _nothing(title, NO_CASES)
    rows = [_row(week, _bar(week.cases / most, glyphs), f"{week.cases:>5,}") for week in weeks]
    return Section(title, rows, f"{weeks[-1].cases:,}")


def _people(title: str, weeks: Sequence[Week]) -> Section:
    total = sum(sum(week.added.values()) for week in weeks)
    if not total:
        return _nothing(title, NO_ADDED)
    rows = []
    for week in weeks:
        who = sorted(week.added.items(), key=lambda pair: (-pair[1], pair[0]))
        names = ", ".join(f"{name} {number}" for name, number in who)
        rows.append(_row(week, f"{sum(week.added.values()):>4,}", names))
    return Section(title, rows, f"{total:,} in {len(weeks)} weeks")


def _waits(title: str, weeks: Sequence[Week]) -> Section:
    if all(week.to_case_s is None for week in weeks):
        return _nothing(title, NO_ADDED)
    rows = [
        _row(week, "   -" if week.to_case_s is None else f"{_age(week.to_case_s):>4}", "")
        for week in weeks
    ]
    return Section(title, rows)


def _age(seconds: float) -> str:
    return "<1m" if seconds < 60 else age(seconds)


def _nothing(title: str, empty: str) -> Section:
    return Section(title, [Para(empty, "dim", 3)])


def _row(week: Week, bar: str, told: str) -> Para:
    day = datetime.fromtimestamp(week.monday, UTC).strftime("%Y-%m-%d")
    return Para(f"{day}  {bar}  {told}".rstrip(), indent=3)


def _bar(share: float, glyphs: Glyphs) -> str:
    sign = "#" if glyphs is cells.ASCII else "█"
    full = round(BAR * share)
    # A little is more than nothing.
    return (sign * (full or bool(share))).ljust(BAR)
