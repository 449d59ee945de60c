"""Every case of a run with all that is known before anything is asked."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from tailllm.config.model import Config
from tailllm.config.targets import TargetSpec
from tailllm.corpus.case import Case
from tailllm.evals.asking import Request, UnaskableError, ask
from tailllm.evals.baseline import Baseline, Blessed
from tailllm.evals.checks import Check, Checks, UngradableError
from tailllm.evals.judging import Judge
from tailllm.evals.prompts import SHORT, Source


class Subject(NamedTuple):
    """One case, ready to be asked or with the reason why it cannot be."""

    case: Case
    path: Path
    request: Request | None
    checks: tuple[Check, ...]
    blessed: Blessed | None
    """Its line of the baseline, comparable or not."""
    base: Blessed | None
    """The same, if it is comparable."""
    samples: int
    case_hash: str
    """Short hash of what is asked."""
    checks_hash: str
    judge: str | None
    """Pin of the judge; None where no model judges."""
    problem: str | None = None
    note: str | None = None
    """Why the baseline is not comparable."""

    @property
    def prompt_changed(self) -> bool:
        """Whether the prompt is another one than the baseline's."""
        blessed, request = self.blessed, self.request
        return bool(blessed and request and blessed.prompt != request.prompt)

    @property
    def failed_before(self) -> bool:
        """Whether the baseline has a failure."""
        return self.blessed is not None and not self.blessed.tally.passes


class Maker:
    """Makes subjects of cases.

    Raises:
        ConfigError: A prompt of the config cannot be read.
    """

    def __init__(
        self,
        config: Config,
        corpus: Path,
        baseline: Baseline,
        *,
        judge: Judge | None,
        samples: int | None,
    ) -> None:
        self._config = config
        self._checks = Checks(config, corpus)
        self._baseline = baseline
        self._judge = judge
        self._samples = samples
        self._sources: dict[str, Source] = {}

    def all(self, cases: Iterable[Case], paths: dict[str, Path]) -> list[Subject]:
        """The subjects of cases, in the order in which they are best asked."""
        return sorted((self._one(case, paths[case.id]) for case in cases), key=_order)

    def source(self, name: str) -> Source | None:
        """The prompt of a target that some case asked."""
        return self._sources.get(name)

    def _one(self, case: Case, path: Path) -> Subject:
        request, checks, problem = None, [], None
        try:
            name, target = self._target(case)
            request = ask(name, target, self._source(name, target), case)
            checks = self._checks.of(case)
        except (UnaskableError, UngradableError) as error:
            request, problem = None, str(error)
        blessed = self._baseline.cases.get(case.id)
        pin = self._pin(checks)
        subject = Subject(
            case,
            path,
            request,
            tuple(checks),
            blessed,
            blessed,
            self._samples or case.run.samples,
            case.content_id[:SHORT],
            self._checks.version(case),
            pin,
            problem or self._no_judge(checks),
        )
        return _compared(subject)

    def _target(self, case: Case) -> tuple[str, TargetSpec]:
        targets, other = self._config.targets, self._config.eval.target
        for name in (case.target, other):
            if name is not None and name in targets:
                return name, targets[name]
        msg = f"its target {case.target!r} is not in tailllm.toml; add [targets.{case.target}]"
        raise UnaskableError(msg)

    def _source(self, name: str, target: TargetSpec) -> Source:
        if name not in self._sources:
            self._sources[name] = Source(name, target)
        return self._sources[name]

    def _pin(self, checks: Sequence[Check]) -> str | None:
        if not any(check.rubric for check in checks) or self._judge is None:
            return None
        return self._judge.pin

    def _no_judge(self, checks: Sequence[Check]) -> str | None:
        if self._judge is None and any(check.rubric for check in checks):
            return "it has a rubric, and tailllm.toml names no judge ([eval] judge)"
        return None


def _compared(subject: Subject) -> Subject:
    """Drop a baseline that another case, other checks or another judge made."""
    blessed = subject.blessed
    if blessed is None:
        return subject
    if subject.judge and blessed.judge and subject.judge != blessed.judge:
        why = f"judged by {subject.judge}, the baseline by {blessed.judge}: not comparable"
        return subject._replace(base=None, problem=why, request=None)
    now = {"case": subject.case_hash, "checks": subject.checks_hash}
    for what, value in now.items():
        if value != getattr(blessed, what):
            note = f"not comparable: the {what} changed since the baseline"
            return subject._replace(base=None, note=note)
    return subject


def _order(subject: Subject) -> tuple[bool, bool, float, str]:
    """Failed last time, then changed, then the slowest: what matters is known first."""
    slow = subject.blessed.ms if subject.blessed and subject.blessed.ms else 0.0
    return (not subject.failed_before, not subject.prompt_changed, -slow, subject.case.id)
