"""The corpus against a period of traffic, as rows or as JSON."""

import argparse
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from tailllm.cli.asking import asked
from tailllm.cli.output import say
from tailllm.cli.tables import table

if TYPE_CHECKING:
    from tailllm.corpus.case import Case
    from tailllm.drift.blind import Blind
    from tailllm.records.row import Row

SPOTS = 15
"""Blind spots that are shown; `--json` has all of them."""
IDS = 5


class Against(NamedTuple):
    """What was found, and the calls it was found in."""

    blind: "Blind"
    rows: "Sequence[Row]"

    def keys(self, places: Iterable[int]) -> list[str]:
        """Keys of calls."""
        return [self.rows[place].key for place in places]


def against(options: argparse.Namespace, cases: "Iterable[Case]") -> Against:
    """Hold the cases against the calls of `options`."""
    from tailllm.corpus.wordings import wordings
    from tailllm.drift.blind import blind_spots

    with asked(options, rows=True) as calls:
        rows = [row for row in calls.rows() if row.preview]
    return Against(
        blind_spots([row.preview for row in rows], wordings(cases), semantic=options.semantic), rows
    )


def as_json(found: Against) -> dict[str, Any]:
    """Plain values; a spot names its most typical calls."""
    blind = found.blind
    spots = [
        {"terms": one.terms, "messages": one.messages, "calls": found.keys(one.typical)}
        for one in blind.spots
    ]
    return {
        "messages": {"compared": blind.share.of, "held": blind.held},
        "by": blind.by,
        "blind": blind.share.as_json(),
        "spots": spots,
        "scattered": blind.scattered,
        "cases": blind.cases,
        "idle": blind.idle,
    }


def show(found: Against) -> None:
    """Print what has no case, and which cases stand for nothing."""
    blind = found.blind
    part, of = blind.share
    low, high = blind.share.interval
    if not of:
        say("No message to compare with: nobody wrote anything in these calls.")
        return
    less = f" (the newest of {blind.held:,})" if blind.held > of else ""
    say(f"blind: {part:,} of {of:,} messages{less} have no case near ({low:.0%} to {high:.0%})")
    say(f"  compared by {blind.by}")
    rows = [
        (" · ".join(one.terms), f"{one.messages:,}", found.keys(one.typical[:1])[0])
        for one in blind.spots[:SPOTS]
    ]
    for line in table(("blind spot", "messages", "most typical call"), rows) if rows else ():
        say(f"  {line}")
    more = len(blind.spots) - len(rows)
    say(f"  {more} smaller ones; {blind.scattered:,} of {part:,} messages are in no group")
    ids = ", ".join(blind.idle[:IDS])
    rest = f", and {len(blind.idle) - IDS} more" if len(blind.idle) > IDS else ""
    said = f"{len(blind.idle)} of {blind.cases} cases have no message near"
    say(f"{said}: {ids}{rest}" if ids else said)
