"""`pytest corpus/` runs the cases: one test each, and `-k refund` works.

Only pytest imports this file. It replays recorded answers; `--tailllm-live` asks the targets.
A case that broke fails, a case that nobody could evaluate is an error, and one that is known
to fail, or only fails at times, is an expected failure.
"""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tailllm import ink

if TYPE_CHECKING:
    from tailllm.evals.report import Entry

RUNS = pytest.StashKey[dict[Path, dict[str, "Entry"]]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """One option: whom to ask."""
    group = parser.getgroup("tailllm")
    group.addoption(
        "--tailllm-live",
        action="store_true",
        help="ask the targets of tailllm.toml; without it, cases run on recorded answers",
    )


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "CaseFile | None":
    """Case files are those in `cases/` of a corpus."""
    if file_path.suffix != ".toml" or file_path.name.startswith("."):
        return None
    cases = next((place for place in file_path.parents if place.name == "cases"), None)
    if cases is None:
        return None
    found: CaseFile = CaseFile.from_parent(parent, path=file_path)
    found.corpus = cases.parent
    return found


class CaseFile(pytest.File):
    """One case."""

    corpus: Path

    def collect(self) -> Iterator["CaseItem"]:
        """The one test of the file, named by the case's id."""
        from tailllm.corpus.case_file import CaseFileError, loads

        try:
            name = loads(self.path.read_text("utf-8")).id
        except (CaseFileError, OSError, UnicodeDecodeError):
            name = self.path.stem  # the run says what is wrong with it
        item: CaseItem = CaseItem.from_parent(self, name=name)
        yield item


class CaseItem(pytest.Item):
    """The case as a test."""

    def setup(self) -> None:
        """A case that nobody could evaluate is an error, not a failure."""
        found = self._entry()
        if found.is_unknown:
            raise NotEvaluatedError(found)

    def runtest(self) -> None:
        """What broke fails; what is known to fail is no news."""
        found = self._entry()
        if found.is_red:
            raise BrokeError(found)
        if not found.now.passes:
            pytest.xfail(f"{found.verdict}: {found.now.k} of {found.now.n} passed")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The rows of the report; a refusal is one line."""
        from tailllm.errors import TailllmError
        from tailllm.evals.reports.text import case_rows

        error = excinfo.value
        if isinstance(error, BrokeError):
            return "\n".join(ink.line(row) for row in case_rows(error.entry))
        if isinstance(error, TailllmError):
            return ink.line(f"{error.what}. {error.fix}")
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where the case is."""
        return self.path, None, self.name

    def _entry(self) -> "Entry":
        parent = self.parent
        assert isinstance(parent, CaseFile)  # noqa: S101 -- it made us
        runs = self.config.stash.setdefault(RUNS, {})
        if parent.corpus not in runs:
            chosen = [item for item in self.session.items if isinstance(item, CaseItem)]
            runs[parent.corpus] = _run(parent.corpus, chosen, self.config)
        found = runs[parent.corpus].get(self.name)
        if found is None:
            pytest.skip("a draft, or retired")
        return found


class BrokeError(AssertionError):
    """The case is red."""

    def __init__(self, entry: "Entry") -> None:
        super().__init__(entry.id)
        self.entry = entry


class NotEvaluatedError(Exception):
    """Nobody can say."""

    def __init__(self, entry: "Entry") -> None:
        # Of an error before the test pytest shows the exception's own words.
        super().__init__(ink.line(f"not evaluated: {entry.why}"))


def _run(corpus: Path, chosen: list[CaseItem], config: pytest.Config) -> dict[str, "Entry"]:
    """All chosen cases of a corpus, in one run."""
    from tailllm.config.load import load
    from tailllm.corpus.cases import cache_folder
    from tailllm.evals.choosing import Choice
    from tailllm.evals.session import Session

    ids = tuple(item.name for item in chosen)
    settings = load(None, cwd=corpus, environ=os.environ)
    session = Session(settings, corpus, choice=Choice(ids=ids), cache=cache_folder(os.environ))
    if config.getoption("--tailllm-live"):
        report = session.report("live", session.ask_all(os.environ, time.time()))
    else:
        session.replay(lambda done, of: None)
        report = session.report("replay")
    return {entry.id: entry for entry in report.entries}
