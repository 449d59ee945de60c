"""Find the logged call a report is about: by an id in its text, by time and user, by wording."""

import heapq
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from tailllm.corpus.dropped import Dropped
from tailllm.records.row import Row

AROUND_S = 600.0
"""People tell the time of what they saw in minutes."""
SURE = 0.85
"""Share of the question that must agree before wording alone decides."""
APART = 0.05
"""The next best must be so much worse, or nobody can tell the two apart."""
SEEN = 160
"""Characters of a question that a row holds."""


class Match(NamedTuple):
    """A logged call and why we think it is the one."""

    row: Row
    how: str


def match(report: Dropped, rows: Iterable[Row]) -> Match | None:
    """The call, if one way of looking names exactly one.

    A wrong match would put a stranger's words into the corpus, so doubt is no match.
    """
    calls = list(rows)
    return certain(report, calls) or _by_wording(report.question, calls)


def certain(report: Dropped, rows: Sequence[Row]) -> Match | None:
    """The call that an id, or time and user, name without regard to any wording."""
    found = _by_id(report.ids, rows)
    if found:
        return Match(found, "an id in the text")
    found = _by_time(report, rows)
    return Match(found, "time and user") if found else None


def _by_id(ids: Sequence[str], rows: Sequence[Row]) -> Row | None:
    words = set(ids)
    exact = [row for row in rows if {row.key, row.key.partition(":")[2]} & words]
    if not exact:
        exact = [row for row in rows if words & {row.trace_id, row.key.rpartition(":")[2]}]
    return exact[0] if len(exact) == 1 else None


def _by_time(report: Dropped, rows: Sequence[Row]) -> Row | None:
    if report.at is None or report.user is None:
        return None
    near = [
        row for row in rows if row.user_id == report.user and abs(row.at - report.at) <= AROUND_S
    ]
    return near[0] if len(near) == 1 else None


def _by_wording(question: str, rows: Sequence[Row]) -> Match | None:
    asked = _plain(question)
    if len(asked) < 12:  # "hi" and "yes please" are everybody's words
        return None
    scored = [(_agree(asked, _plain(row.preview)), row) for row in rows]
    best = heapq.nlargest(2, scored, key=lambda pair: pair[0])
    if not best or best[0][0] < SURE:
        return None
    if len(best) == 2 and best[0][0] - best[1][0] < APART:
        return None
    return Match(best[0][1], f"wording, {best[0][0]:.0%} alike")


def _agree(asked: str, seen: str) -> float:
    matcher = SequenceMatcher(None, asked, seen, autojunk=False)
    if min(matcher.real_quick_ratio(), matcher.quick_ratio()) < SURE:
        return 0.0
    return matcher.ratio()


def _plain(text: str) -> str:
    return " ".join(text[:SEEN].casefold().split())
