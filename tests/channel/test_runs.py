"""What the runs of eval say of a reported case: the first green one, and each time it turns."""

import os
import subprocess
from pathlib import Path

import pytest

from tailllm.channel.ledger import Ledger
from tailllm.channel.runs import commit_at, news
from tailllm.evals.report import Entry, Report
from tailllm.evals.runs import new_file
from tailllm.evals.verdicts import Tally, Verdict
from tests.conftest import NOON

GREEN, RED = (Verdict.PASSED, 1, 1), (Verdict.BROKE, 0, 1)


class Corpus:
    """A reported case, and runs of it one after the other."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.now = NOON
        self.ledger = Ledger(folder, host="web-1", clock=lambda: self.now)
        steps = [
            self.ledger.step("received", "slack:C0:1.1", source="slack", item="i"),
            self.ledger.step("accepted", "slack:C0:1.1", case="c-1"),
        ]
        self.ledger.add(steps)

    def run(self, verdict: Verdict, k: int, n: int, case: str = "c-1", **more: bool) -> None:
        self.now += 60
        entry = Entry(case, "", "", verdict, Tally(k, n), prompt="51c0ffee", **more)
        file = new_file(self.folder, self.now)
        file.begin("live", "", self.now)
        file.end(Report((entry,), "live"), done=True)

    def note(self) -> list[str]:
        steps = news(self.ledger, self.ledger.read(), self.folder)
        self.ledger.add(steps)
        return [step.kind for step in steps]


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return Corpus(tmp_path / "corpus")


def test_the_first_green_run_is_told_once_and_each_turn_after_it(corpus: Corpus) -> None:
    told = []
    for verdict in (RED, GREEN, GREEN, RED, RED, GREEN):
        corpus.run(*verdict)
        told.append(corpus.note())

    assert told == [[], ["fixed"], [], ["broke"], [], ["fixed"]]


def test_runs_that_nobody_noted_are_noted_in_order(corpus: Corpus) -> None:
    for verdict in (RED, GREEN, RED):
        corpus.run(*verdict)

    assert corpus.note() == ["fixed", "broke"]
    assert corpus.note() == []


@pytest.mark.parametrize(
    "run",
    [
        {"verdict": Verdict.FLAKY, "k": 2, "n": 3},
        {"verdict": Verdict.NOT_EVALUATED, "k": 0, "n": 0},
        {"verdict": Verdict.PASSED, "k": 1, "n": 1, "quarantined": True},
        {"verdict": Verdict.PASSED, "k": 1, "n": 1, "case": "c-2"},
    ],
    ids=["flaky", "not evaluated", "quarantined", "another case"],
)
def test_what_is_no_answer_about_the_case_tells_nobody(corpus: Corpus, run: dict) -> None:
    corpus.run(**run)

    assert corpus.note() == []


def test_a_run_before_the_decision_says_nothing_of_it(corpus: Corpus) -> None:
    corpus.now -= 3600
    corpus.run(*GREEN)

    assert corpus.note() == []


def test_the_commit_is_the_one_checked_out_at_the_time(tmp_path: Path) -> None:
    def git(*words: str, at: float = NOON) -> str:
        date = {"GIT_AUTHOR_DATE": f"@{at:.0f} +0000", "GIT_COMMITTER_DATE": f"@{at:.0f} +0000"}
        who = ("-c", "user.name=a", "-c", "user.email=a@b")
        argv = ["git", "-C", str(tmp_path), *who, *words]
        environ = os.environ | date
        return subprocess.run(argv, env=environ, capture_output=True, text=True, check=True).stdout

    git("init", "-q")
    git("commit", "-q", "--allow-empty", "-m", "one")
    first = git("rev-parse", "--short=7", "HEAD").strip()
    git("commit", "-q", "--allow-empty", "-m", "two", at=NOON + 3600)
    second = git("rev-parse", "--short=7", "HEAD").strip()
    (tmp_path / "corpus").mkdir()

    found = [commit_at(tmp_path / "corpus", NOON + late) for late in (-60, 60, 7200)]

    assert found == ["", first, second]
    assert commit_at(tmp_path / "gone", NOON) == ""
