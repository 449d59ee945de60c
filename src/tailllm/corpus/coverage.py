"""What a corpus covers, who filled it, and which cases only confirm what the team believes."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from tailllm.corpus.case import Case

BASELINE = "baseline.jsonl"
UNLABELLED = "(no label)"
NOBODY = "(nobody)"


class Share(NamedTuple):
    """The cases of one label, prompt or person."""

    name: str
    cases: int
    never_failed: int
    """Of these, how many nobody has ever seen fail."""
    quarantined: int = 0


class Lone(NamedTuple):
    """A label whose cases all come from one person: one person's view of it."""

    label: str
    cases: int
    person: str


class Coverage(NamedTuple):
    """A corpus, counted. Every count is of `cases`, retired ones left out."""

    cases: int
    drafts: int
    quarantined: int
    labels: tuple[Share, ...]
    """Most cases first; a case counts under each of its labels."""
    targets: tuple[Share, ...]
    people: tuple[Share, ...]
    """Who marked or reported; a case counts for everybody who did."""
    lone: tuple[Lone, ...]
    """Labels that one person alone wrote, most cases first."""
    no_provenance: tuple[str, ...]
    """Ids of cases nobody saw in production."""
    never_failed: tuple[str, ...]
    """Ids of cases that neither production nor a baseline ever failed."""
    unseen: tuple[str, ...]
    """Ids of cases that come from somewhere, without what production answered there: nobody
    knows whether they failed."""


def coverage(cases: Iterable[Case], failed: frozenset[str] = frozenset()) -> Coverage:
    """Count a corpus.

    Args:
        cases: As loaded.
        failed: Ids of cases a run has seen failing, see `failed_before`.
    """
    kept = [case for case in cases if case.status != "retired"]
    calm = [case for case in kept if case.id not in failed and not failed_in_production(case)]
    unseen = {case.id for case in calm if case.has_provenance and case.observed is None}
    green = {case.id for case in calm} - unseen
    return Coverage(
        cases=len(kept),
        drafts=sum(case.status == "draft" for case in kept),
        quarantined=sum(case.status == "quarantined" for case in kept),
        labels=_shares([(case, case.tags or (UNLABELLED,)) for case in kept], green),
        targets=_shares([(case, (case.target,)) for case in kept], green),
        people=_shares([(case, _people(case)) for case in kept], green),
        lone=_lone(kept),
        no_provenance=tuple(case.id for case in kept if not case.has_provenance),
        never_failed=tuple(case.id for case in kept if case.id in green),
        unseen=tuple(case.id for case in kept if case.id in unseen),
    )


def failed_in_production(case: Case) -> bool:
    """Whether somebody rejected what production answered, or a validator did."""
    if case.observed is None:
        return False
    rejected = any(expect.type == "not_observed" for expect in case.expect)
    return bool(case.observed.failed) or rejected


def failed_before(corpus: Path) -> frozenset[str]:
    """Ids of cases whose baseline has a failure; a line nobody can read says nothing."""
    found = set()
    try:
        lines = (corpus / BASELINE).read_bytes().splitlines()
    except OSError:
        return frozenset()
    for line in lines:
        try:
            blessed = json.loads(line)
            if blessed["k"] < blessed["n"]:
                found.add(blessed["id"])
        except (ValueError, KeyError, TypeError):
            continue
    return frozenset(found)


def _lone(cases: Sequence[Case]) -> tuple[Lone, ...]:
    known = [(tag, case) for case in cases for tag in case.tags]
    people: defaultdict[str, set[str]] = defaultdict(set)
    for tag, case in known:
        people[tag].update(_people(case))
    counts = Counter(tag for tag, _ in known)
    lone = [tag for tag, names in people.items() if len(names) == 1 and NOBODY not in names]
    found = [Lone(tag, counts[tag], next(iter(people[tag]))) for tag in lone]
    return tuple(sorted(found, key=lambda one: (-one.cases, one.label)))


def _people(case: Case) -> tuple[str, ...]:
    source = case.source
    names = [source.marked_by, source.reported_by] if source else []
    return tuple(n for name in names if name for n in name.split(", ")) or (NOBODY,)


def _shares(groups: Iterable[tuple[Case, Sequence[str]]], green: set[str]) -> tuple[Share, ...]:
    cases: Counter[str] = Counter()
    never: Counter[str] = Counter()
    aside: Counter[str] = Counter()
    for case, names in groups:
        for name in set(names):
            cases[name] += 1
            never[name] += case.id in green
            aside[name] += case.status == "quarantined"
    ranked = sorted(cases, key=lambda name: (-cases[name], name))
    return tuple(Share(name, cases[name], never[name], aside[name]) for name in ranked)
