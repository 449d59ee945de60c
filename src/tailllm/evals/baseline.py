"""The baseline: what each case did when somebody last said that this is how it should be.

`baseline.jsonl` has one short line for each case, `baseline_texts.jsonl` the answers and
prompts those lines stand for, so that a report can show what changed. Nothing but
`tailllm baseline accept` writes them.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from tailllm.errors import SourceError
from tailllm.evals import lines
from tailllm.evals.verdicts import Tally

FILE = "baseline.jsonl"
TEXTS = "baseline_texts.jsonl"


class Blessed(NamedTuple):
    """The baseline of one case."""

    id: str
    k: int
    """Samples that passed."""
    n: int
    """Samples that were graded."""
    case: str
    """Short hash of what is asked."""
    prompt: str
    """Short hash of the prompt version."""
    checks: str
    """Short hash of the checks, with the validators they name."""
    judge: str | None = None
    """Judge of the rubrics and the hash of its instructions; None where no model judges."""
    ans: str | None = None
    """Short hash of the answer that is shown beside new ones."""
    ms: float | None = None
    tok: int | None = None
    """Output tokens of that answer."""

    @property
    def tally(self) -> Tally:
        """Passes of the samples."""
        return Tally(self.k, self.n)

    def line(self) -> lines.Line:
        """As it stands in the file; `v` is for the eyes of a reviewer."""
        found = {"id": self.id, "v": self.tally.word} | self._asdict()
        return {name: value for name, value in found.items() if value is not None}


class Baseline(NamedTuple):
    """All of it."""

    cases: Mapping[str, Blessed]
    answers: Mapping[str, str]
    """Text of the answer, by case."""
    prompts: Mapping[str, str]
    """Template of each prompt version."""


def read(corpus: Path) -> Baseline:
    """The baseline of a corpus; an empty one where there is none.

    Raises:
        SourceError: A line cannot be understood: a baseline half read is no baseline.
    """
    cases = [_blessed(corpus / FILE, line) for line in lines.read(corpus / FILE)]
    answers, prompts = {}, {}
    for line in lines.read(corpus / TEXTS):
        if "id" in line:
            answers[str(line["id"])] = str(line.get("answer", ""))
        elif "prompt" in line:
            prompts[str(line["prompt"])] = str(line.get("text", ""))
    return Baseline({blessed.id: blessed for blessed in cases}, answers, prompts)


def write(corpus: Path, baseline: Baseline) -> None:
    """Keep it, sorted by id; texts of prompts that no case stands for are dropped.

    Raises:
        CorpusError: The disk refuses.
    """
    cases = sorted(baseline.cases.values())
    used = {blessed.prompt for blessed in cases}
    texts: Iterable[lines.Line] = (
        *({"prompt": p, "text": t} for p, t in sorted(baseline.prompts.items()) if p in used),
        *(
            {"id": i, "answer": a}
            for i, a in sorted(baseline.answers.items())
            if i in baseline.cases
        ),
    )
    lines.write(corpus / TEXTS, texts)
    lines.write(corpus / FILE, (blessed.line() for blessed in cases))


def _blessed(path: Path, line: lines.Line) -> Blessed:
    line = {name: value for name, value in line.items() if name in Blessed._fields}
    try:
        blessed = Blessed(**line)
        right = isinstance(blessed.id, str) and 0 <= blessed.k <= blessed.n
    except TypeError:
        right = False
    if not right:
        raise SourceError(
            f"{path}: a line is no baseline: {str(line)[:80]}",
            fix="Take the file from git, or run `tailllm baseline accept`.",
        )
    return blessed
