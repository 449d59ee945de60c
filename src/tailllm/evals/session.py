"""One run from the corpus folder to the report."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tailllm import ink
from tailllm.config.model import Config
from tailllm.config.targets import Endpoint
from tailllm.corpus.cases import Loaded, load_cases
from tailllm.evals import baseline, outlook, recordings
from tailllm.evals.choosing import EVERYTHING, Choice, choose
from tailllm.evals.course import Course
from tailllm.evals.judging import judge_of
from tailllm.evals.replay import Progress, replay
from tailllm.evals.report import Entry, Report, arranged, entry
from tailllm.evals.runs import Kept, RunFile, new_file, plan_of
from tailllm.evals.subjects import Maker, Subject
from tailllm.evals.verdicts import Tally, Verdict
from tailllm.validators.children import Children

if TYPE_CHECKING:
    from tailllm.evals.live import Limits, Tell


class Session:
    """The cases of a run, their courses, and what they are compared with.

    Raises:
        SourceError: The corpus is empty, all cases are left out, or the baseline is broken.
        ConfigError: A prompt cannot be read.
    """

    def __init__(
        self,
        config: Config,
        corpus: Path,
        *,
        choice: Choice = EVERYTHING,
        samples: int | None = None,
        cache: Path | None = None,
    ) -> None:
        self.config = config
        self.corpus = corpus
        self.choice = choice
        self.loaded: Loaded = load_cases(corpus, cache=cache)
        self.baseline = baseline.read(corpus)
        self.judge = judge_of(config)
        self.children = Children()
        paths = dict(self.loaded.paths)
        chosen = [] if self._is_all_broken() else choose(self.loaded.cases, paths, config, choice)
        self._maker = Maker(config, corpus, self.baseline, judge=self.judge, samples=samples)
        self.subjects = self._maker.all(chosen, paths)
        self.courses = [self._course(subject) for subject in self.subjects]

    @property
    def targets(self) -> list[str]:
        """The targets that are asked, the judge among them."""
        found = {s.request.target for s in self.subjects if s.request}
        if self.judge and any(subject.judge for subject in self.subjects):
            found.add(self.judge.name)
        return sorted(found)

    def outlook(self) -> str:
        """What is about to be asked, and where: said before anything is sent."""
        subjects = [self._kept_home(subject) for subject in self.subjects]
        asked = sum(s.samples for s in subjects if s.request and not s.problem)
        places = []
        for name in self.targets:
            target = self.config.targets[name]
            where = target.host if isinstance(target, Endpoint) else target.kind
            model = getattr(target, "model", None)
            places.append(f"{name} ({model + ' at ' if model else ''}{where})")
        cases = ink.counted(len(self.subjects), "case")
        told = f"{cases}, at least {ink.counted(asked, 'request')} to {', '.join(places)}"
        return told + outlook.cost(self.config, self.corpus, subjects)

    def replay(self, tell: Progress) -> None:
        """Run on recorded answers."""
        try:
            replay(self.courses, recordings.read(self.corpus, self.targets), tell)
        finally:
            self.children.close()

    def live(
        self,
        file: RunFile,
        kept: Mapping[str, Kept],
        limits: "Limits",
        environ: Mapping[str, str],
        tell: "Tell",
    ) -> tuple[str, ...]:
        """Ask the targets, and record the answers of the cases that came to an end.

        Returns:
            What happened to the run as a whole.
        """
        from tailllm.evals.live import Live

        self.courses = [self._course(self._kept_home(subject)) for subject in self.subjects]
        run = Live(self.config, self.targets, environ=environ, limits=limits, file=file, kept=kept)
        try:
            run.run(self.courses, tell)
        finally:
            self.children.close()
        self._record(run.answers)
        return tuple(run.trouble)

    def ask_all(self, environ: Mapping[str, str], at: float) -> tuple[str, ...]:
        """Ask the targets without limits, for those who only want the verdicts."""
        from tailllm.evals.live import Limits

        file = new_file(self.corpus, at)
        file.begin("live", self.plan, at)
        trouble = self.live(file, {}, Limits(), environ, lambda done, of, note: None)
        file.end(self.report("live", trouble), done=not trouble)
        return trouble

    @property
    def plan(self) -> str:
        """The name of what is asked: an unfinished run with the same name is gone on with."""
        return plan_of(
            subject.request.key(n)
            for subject in self.subjects
            if subject.request
            for n in range(subject.samples)
        )

    def _record(self, answers: Mapping[str, list[Kept]]) -> None:
        whole = {c.subject.case.id for c in self.courses if c.is_whole}
        knows_all = self.choice.is_all and not self.loaded.problems
        recordings.write(
            self.corpus,
            {
                target: (
                    recordings.Recorded(one.id, one.sample, one.key, one.answer)
                    for one in kept
                    if one.id in whole
                )
                for target, kept in answers.items()
            },
            known=frozenset(case.id for case in self.loaded.cases) if knows_all else None,
        )

    def report(self, mode: str, trouble: tuple[str, ...] = ()) -> Report:
        """What is known by now."""
        entries = [entry(course, self.baseline, self._cost(course)) for course in self.courses]
        entries += [self._broken(path, what) for path, what in self.loaded.problems]
        left_out = len(self.loaded.cases) - len(self.subjects)
        told = [self._shortened(one) for one in entries]
        return Report(arranged(told), mode, trouble, self._prompts(), self._templates(), left_out)

    def _is_all_broken(self) -> bool:
        """No case can be read, and there are some: each file says why."""
        return bool(self.loaded.problems) and not self.loaded.cases

    def _course(self, subject: Subject) -> Course:
        return Course(
            subject, confirm=self.config.eval.confirm, children=self.children, judge=self.judge
        )

    def _kept_home(self, subject: Subject) -> Subject:
        """The subject, not to be asked where its text of production may not go."""
        if subject.request is None or not subject.case.has_provenance:
            return subject
        names = [subject.request.target]
        if self.judge and subject.judge:
            names.append(self.judge.name)
        for name in names:
            target = self.config.targets[name]
            if isinstance(target, Endpoint) and not target.may_see_production:
                why = f"it holds text of production, and {target.host} is not cleared for that"
                say = f"write prod_data_ok = true into [targets.{name}] if it may see it"
                return subject._replace(problem=subject.problem or f"{why}; {say}")
        return subject

    def _cost(self, course: Course) -> object:
        request = course.subject.request
        return self.config.targets[request.target].cost if request else None

    def _broken(self, path: Path, what: str) -> Entry:
        return Entry(path.stem, "", str(path), Verdict.NOT_EVALUATED, Tally(0, 0), why=what)

    def _shortened(self, told: Entry) -> Entry:
        """Paths as a reviewer knows them: from the folder that holds the corpus."""
        return told._replace(path=told.path.removeprefix(f"{self.corpus.parent}/"))

    def _templates(self) -> Mapping[str, str]:
        found = {}
        for subject in self.subjects:
            source = self._maker.source(subject.request.target) if subject.request else None
            if subject.request and source and source.template is not None:
                found[subject.request.prompt] = source.template
        return found

    def _prompts(self) -> Mapping[str, tuple[str, str]]:
        """Templates that are others than those of the baseline, by target."""
        found = {}
        for subject in self.subjects:
            source = self._maker.source(subject.request.target) if subject.request else None
            was = self.baseline.prompts.get(subject.blessed.prompt) if subject.blessed else None
            if (
                subject.request
                and source
                and source.template
                and was not in (None, source.template)
            ):
                found[subject.request.target] = (str(was), source.template)
        return found


class Accepted(NamedTuple):
    """What `accept` did."""

    moved: tuple[str, ...]
    """Cases whose baseline is another now."""
    same: int
    without: tuple[str, ...]
    """Cases that were asked for and have nothing to accept: they were not evaluated."""


def accept(corpus: Path, report: Report, ids: frozenset[str] | None) -> Accepted:
    """Make what a run found the baseline: the only way it moves.

    Args:
        ids: Only these cases; None: all of the run.

    Raises:
        CorpusError: The disk refuses.
    """
    old = baseline.read(corpus)
    cases, answers = dict(old.cases), dict(old.answers)
    moved, without, same = [], [], 0
    for found in report.entries:
        if ids is not None and found.id not in ids:
            continue
        if found.candidate is None:
            without.append(found.id)
            continue
        if cases.get(found.id) == found.candidate:
            same += 1
        else:
            moved.append(found.id)
        cases[found.id] = found.candidate
        answers[found.id] = found.answer or ""
    baseline.write(corpus, baseline.Baseline(cases, answers, {**old.prompts, **report.templates}))
    return Accepted(tuple(moved), same, tuple(without))
