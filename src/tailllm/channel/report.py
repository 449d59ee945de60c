"""One record for whatever comes in, from wherever."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

LONGEST = 100_000
"""Characters of one report that are kept; a log pasted whole is found in the log."""
_URL = re.compile(r"https?://[^\s<>\"'|)\]]+")


class Report(NamedTuple):
    """What somebody dropped."""

    id: str
    """The same however often it is read: `slack:C012:1700000000.000100`, `github:o/r#7`."""
    source: str
    """slack | github | mail | folder | paste."""
    author: str
    text: str
    links: tuple[str, ...] = ()
    """Where the reporter waits first, then what the text links to."""
    call: str | None = None
    """Key of the logged call, where whoever dropped it named one."""
    at: float | None = None
    """When, in seconds since the epoch; None: the source does not say."""
    author_id: str = ""
    """As the source knows them; a name may change."""


class Later(NamedTuple):
    """What became of a report where it came from, after it came in."""

    report: str
    id: str
    """The same however often it is read."""
    kind: str
    """edited | replied | withdrawn."""
    text: str = ""
    author: str = ""
    at: float | None = None


class Page(NamedTuple):
    """What one look at a source gave, oldest first."""

    found: tuple[Report | Later, ...] = ()
    cursor: Mapping[str, Any] | None = None
    """How far the source is read once all of `found` is kept; None: as far as before."""


class Known(NamedTuple):
    """What came in before; it grows as pages are kept."""

    ids: set[str]
    """Of reports, and of what was said of them later."""
    names: dict[str, str]
    """Of authors, by how the source knows them."""


def again(given: str, source: str) -> Report:
    """A report that is known, met once more."""
    return Report(given, source, "", "")


def links(text: str) -> tuple[str, ...]:
    """The addresses in a text, for a person to follow; nobody else ever does."""
    return tuple(dict.fromkeys(_URL.findall(text)))
