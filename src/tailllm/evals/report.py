"""What a run found: one entry for each case, broke first, and what that means for the shell."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from tailllm.errors import Exit
from tailllm.evals.answers import shown
from tailllm.evals.baseline import Baseline, Blessed
from tailllm.evals.course import Course
from tailllm.evals.grading import Outcome
from tailllm.evals.prompts import short_hash
from tailllm.evals.verdicts import Tally, Verdict

ORDER = {verdict: place for place, verdict in enumerate(Verdict)}
WEIGHT = {"high": 0, "medium": 1, "low": 2}


class Spent(NamedTuple):
    """What the answers took; None: not known, which is not zero."""

    ms: float | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost: float | None = None
    """US dollars."""


class Entry(NamedTuple):
    """One case of a run."""

    id: str
    title: str
    path: str
    verdict: Verdict
    now: Tally
    before: Tally | None = None
    why: str | None = None
    outcomes: tuple[Outcome, ...] = ()
    """Checks of the answer that is shown: the first one that failed, else the first."""
    answer: str | None = None
    was: str | None = None
    """The baseline's answer."""
    prompt: str | None = None
    """Short hash of the prompt version."""
    prompt_was: str | None = None
    target: str = ""
    tags: tuple[str, ...] = ()
    severity: str = "medium"
    quarantined: bool = False
    reported_by: str | None = None
    marked_by: str | None = None
    permalink: str | None = None
    spent: Spent = Spent()
    candidate: Blessed | None = None
    """What would be the baseline if somebody accepted it."""

    @property
    def is_red(self) -> bool:
        """Bad news: broken, or a new case that fails. Quarantined cases never are."""
        if self.quarantined:
            return False
        return self.verdict is Verdict.BROKE or (
            self.verdict is Verdict.NEW and not self.now.passes
        )

    @property
    def is_unknown(self) -> bool:
        """Nobody can say: the run is no answer about this case."""
        return self.verdict is Verdict.NOT_EVALUATED and not self.quarantined

    @property
    def failures(self) -> list[Outcome]:
        """The checks that did not pass."""
        return [outcome for outcome in self.outcomes if not outcome.passed]


class Report(NamedTuple):
    """All of a run."""

    entries: tuple[Entry, ...]
    mode: str
    """replay | live."""
    trouble: tuple[str, ...] = ()
    """What happened to the run as a whole, such as an endpoint that is down."""
    prompts: Mapping[str, tuple[str, str]] = {}
    """Changed templates, by target: the baseline's and today's."""
    templates: Mapping[str, str] = {}
    """Today's templates by their short hash."""
    left_out: int = 0
    """Cases that were not asked for: drafts, retired ones, and those a filter left out."""
    wall_s: float | None = None
    """Seconds of a live run; a replay says the same bytes every time, and so says no time."""

    @property
    def counts(self) -> Counter[str]:
        """How many cases have each verdict."""
        return Counter(entry.verdict.value for entry in self.entries)

    @property
    def exit(self) -> Exit:
        """3 beats 1: a run that does not know everything may hide more bad news."""
        if self.trouble or not self.entries or any(entry.is_unknown for entry in self.entries):
            return Exit.UNKNOWN
        return Exit.BAD_NEWS if any(entry.is_red for entry in self.entries) else Exit.FINE

    @property
    def spent(self) -> dict[str, tuple[float, int]]:
        """Sums over the cases whose number is known, and of how many that is."""
        sums = {}
        for name in Spent._fields:
            known = [getattr(e.spent, name) for e in self.entries]
            known = [value for value in known if value is not None]
            if known:
                sums[name] = (sum(known), len(known))
        return sums


def arranged(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Worst first: red before not, then by verdict, severity and id."""
    return tuple(
        sorted(
            entries,
            key=lambda e: (not e.is_red, ORDER[e.verdict], WEIGHT.get(e.severity, 1), e.id),
        )
    )


def entry(course: Course, baseline: Baseline, cost: Any) -> Entry:
    """What is to be said of one case.

    Args:
        cost: From input and output tokens to US dollars, or None when no price is known.
    """
    subject, case = course.subject, course.subject.case
    decision = course.decision
    number = _shown_sample(course)
    answer = shown(course.answers[number][1]) if number is not None else None
    source = case.source
    done = course.graded.get(number) if number is not None else None
    return Entry(
        id=case.id,
        title=case.title,
        path=str(subject.path),
        verdict=decision.verdict,
        now=decision.tally,
        before=subject.base.tally if subject.base else None,
        why=decision.why or subject.note,
        outcomes=done.outcomes if done else (),
        answer=answer,
        was=baseline.answers.get(case.id) if subject.blessed else None,
        prompt=subject.request.prompt if subject.request else None,
        prompt_was=subject.blessed.prompt if subject.blessed else None,
        target=subject.request.target if subject.request else case.target,
        tags=case.tags,
        severity=case.severity,
        quarantined=case.status == "quarantined",
        reported_by=source.reported_by if source else None,
        marked_by=source.marked_by if source else None,
        permalink=source.permalink if source else None,
        spent=_spent(course, cost),
        candidate=_candidate(course, decision.tally, answer),
    )


def _shown_sample(course: Course) -> int | None:
    """The first answer that failed, else the first there is."""
    graded = [n for n in sorted(course.answers) if n in course.graded]
    failed = [n for n in graded if course.graded[n].passed is False]
    return next(iter([*failed, *graded]), None)


def _candidate(course: Course, now: Tally, answer: str | None) -> Blessed | None:
    subject = course.subject
    if subject.request is None or answer is None or now.n == 0 or _has_gap(course):
        return None
    first = _shown_sample(course)
    found = course.answers[first][1] if first is not None else {}
    return Blessed(
        id=subject.case.id,
        k=now.k,
        n=now.n,
        case=subject.case_hash,
        prompt=subject.request.prompt,
        checks=subject.checks_hash,
        judge=subject.judge,
        ans=short_hash(answer),
        ms=round(float(found["latency_ms"]), 1),
        tok=(found.get("usage") or {}).get("output_tokens"),
    )


def _has_gap(course: Course) -> bool:
    """Whether a sample that was needed is missing: its tally would claim too much."""
    return any(
        n not in course.graded or course.graded[n].passed is None
        for n in range(course.subject.samples)
    )


def _spent(course: Course, cost: Any) -> Spent:
    used = [found.get("usage") or {} for _, found in course.answers.values()]
    into = _sum([usage.get("input_tokens") for usage in used])
    out = _sum([usage.get("output_tokens") for usage in used])
    ms = max((answer.ms for answer, _ in course.answers.values()), default=None)
    return Spent(ms, into, out, cost(into, out) if cost else None)


def _sum(values: list[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known and len(known) == len(values) else None
