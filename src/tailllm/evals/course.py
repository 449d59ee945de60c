"""The course of one case: its samples, the repetitions after a change, the verdict.

It does no I/O. It says what must be asked next, and takes what came; whether that comes from
a model or from recordings is the runner's matter.
"""

from collections.abc import Callable
from typing import NamedTuple

from tailllm.evals.answers import Answer, UnreadableError, fields
from tailllm.evals.asking import Request
from tailllm.evals.checks import Check
from tailllm.evals.grading import Graded, grade
from tailllm.evals.judging import Judge, verdict
from tailllm.evals.subjects import Subject
from tailllm.evals.verdicts import Decision, decide, is_flip
from tailllm.records.part import Fields
from tailllm.validators.children import Children
from tailllm.validators.verdict import Verdict

REPORTED = ("output_text", "tool_calls", "refusal", "usage", "latency_ms")
"""Fields that a report needs once the checks have seen all of them."""


class Gap(NamedTuple):
    """There is no answer, and why."""

    why: str
    absent: bool = False
    """Nobody recorded it: a repetition that is absent was never made."""


Got = Answer | Gap


class Job(NamedTuple):
    """One question, and whom to tell."""

    id: str
    """Of the case."""
    sample: int
    request: Request
    receive: Callable[[Got], "list[Job]"]
    """Takes what came, gives what must be asked because of it."""

    @property
    def key(self) -> str:
        """The name of the answer."""
        return self.request.key(self.sample)


class Course:
    """Asks for the samples of one case, and for repetitions when it has changed."""

    def __init__(
        self, subject: Subject, *, confirm: int, children: Children, judge: Judge | None
    ) -> None:
        self.subject = subject
        self.graded: dict[int, Graded] = {}
        self.answers: dict[int, tuple[Answer, Fields]] = {}
        self._confirm = confirm
        self._children = children
        self._judge = judge
        self._absent: set[int] = set()
        self._asked = 0
        self._judging: dict[int, _Panel] = {}

    def start(self) -> list[Job]:
        """The first questions; none for a case that cannot be asked."""
        can = self.subject.request is not None and self.subject.problem is None
        return self._ask(self.subject.samples) if can else []

    @property
    def is_over(self) -> bool:
        """Whether everything that was asked is graded."""
        return len(self.graded) >= self._asked

    @property
    def is_whole(self) -> bool:
        """Whether an answer came for everything that was asked."""
        return 0 < self._asked == len(self.answers)

    @property
    def decision(self) -> Decision:
        """The verdict on what is known by now."""
        first, more = self._grades()
        base = self.subject.base
        decision = decide(base.tally if base else None, first, more)
        return decision if decision.why else decision._replace(why=self._why(first))

    def _why(self, first: list[bool | None]) -> str | None:
        if self.subject.problem is not None:
            return self.subject.problem
        if None in first or not first:
            said = (graded.why for _, graded in sorted(self.graded.items()) if graded.why)
            return next(said, "it was not asked")
        return None

    def _grades(self) -> tuple[list[bool | None], list[bool | None] | None]:
        samples = self.subject.samples
        grades = [self._grade(n) for n in range(self._asked or samples)]
        more = [grade for n, grade in enumerate(grades) if n >= samples and n not in self._absent]
        return grades[:samples], more if more or self._asked <= samples else None

    def _grade(self, sample: int) -> bool | None:
        return self.graded[sample].passed if sample in self.graded else None

    def _ask(self, count: int) -> list[Job]:
        numbers = range(self._asked, self._asked + count)
        self._asked += count
        return [self._job(number) for number in numbers]

    def _job(self, number: int) -> Job:
        request = self.subject.request
        assert request is not None  # noqa: S101 -- start came first
        return Job(self.subject.case.id, number, request, lambda got: self._answered(number, got))

    def _answered(self, number: int, got: Got) -> list[Job]:
        if isinstance(got, Gap):
            if got.absent and number >= self.subject.samples:
                self._absent.add(number)
            return self._grade_is(number, Graded(None, why=got.why))
        request = self.subject.request
        assert request is not None  # noqa: S101 -- it was asked
        try:
            found = fields(request.kind, got, asked=request.body)
        except UnreadableError as error:
            return self._grade_is(number, Graded(None, why=str(error)))
        self.answers[number] = (got, found)
        panel = _Panel(self, number, found, self._judge)
        return panel.questions() or self.judged(number, {})

    def judged(self, number: int, verdicts: dict[str, Verdict]) -> list[Job]:
        """All that a judge had to say about a sample is said."""
        answer, found = self.answers[number]
        done = grade(self.subject.checks, found, children=self._children, judged=verdicts)
        kept = {name: found[name] for name in REPORTED if name in found}
        self.answers[number] = (answer._replace(body=None), kept)
        return self._grade_is(number, done)

    def _grade_is(self, number: int, done: Graded) -> list[Job]:
        self.graded[number] = done
        samples, base = self.subject.samples, self.subject.base
        if self._asked > samples or len(self.graded) < samples:
            return []
        first, _ = self._grades()
        if is_flip(base.tally if base else None, first):
            return self._ask(self._confirm)
        return []


class _Panel:
    """The judge's samples for the rubrics of one answer."""

    def __init__(self, course: Course, number: int, found: Fields, judge: Judge | None) -> None:
        self._course = course
        self._number = number
        self._found = found
        self._judge = judge
        self._rubrics = [check for check in course.subject.checks if check.rubric]
        self._heard: dict[tuple[str, int], Answer | str] = {}

    def questions(self) -> list[Job]:
        """What the judge is asked; nothing without rubrics, or without a judge."""
        if self._judge is None:
            return []
        return [job for check in self._rubrics for job in self._about(check, self._judge)]

    def _about(self, check: Check, judge: Judge) -> list[Job]:
        rubric, case = check.rubric, self._course.subject.case
        assert rubric is not None  # noqa: S101 -- chosen for it
        request = judge.request(rubric, case, self._found)

        def receive(n: int) -> Callable[[Got], list[Job]]:
            return lambda got: self._hear(rubric.text, n, got)

        return [Job(case.id, n, request, receive(n)) for n in range(rubric.samples)]

    def _hear(self, text: str, n: int, got: Got) -> list[Job]:
        self._heard[text, n] = got.why if isinstance(got, Gap) else got
        if len(self._heard) < sum(c.rubric.samples for c in self._rubrics if c.rubric):
            return []
        assert self._judge is not None  # noqa: S101 -- it was asked
        kind = self._judge.target.kind
        verdicts = {
            c.rubric.text: verdict(
                c.rubric, kind, [self._heard[c.rubric.text, n] for n in range(c.rubric.samples)]
            )
            for c in self._rubrics
            if c.rubric
        }
        return self._course.judged(self._number, verdicts)
