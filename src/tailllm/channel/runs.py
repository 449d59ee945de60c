"""What the runs of `tailllm eval` say of cases that came from a report.

Source:
    The run files of docs/evals.md; a run of which a case is no part says nothing of it.
"""

import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from tailllm.channel.ledger import Ledger, Step, Story
from tailllm.corpus.record import seconds
from tailllm.evals.runs import Run, newest

if TYPE_CHECKING:
    from tailllm.evals.report import Entry

PATIENCE_S = 5.0


def news(ledger: Ledger, stories: Mapping[str, Story], corpus: Path) -> list[Step]:
    """First green runs, and cases that broke again, in the order of the runs."""
    waiting = [s for s in stories.values() if s.decision and s.decision.kind == "accepted"]
    if not waiting:
        return []
    runs = sorted((run for run in newest(corpus) if run.report), key=lambda run: run.at)
    return [step for story in waiting for step in _of(ledger, story, runs, corpus)]


def _of(ledger: Ledger, story: Story, runs: list[Run], corpus: Path) -> Iterator[Step]:
    decision, outcome = story.decision, story.outcome
    assert decision is not None  # noqa: S101 -- of those that wait
    state = outcome.kind if outcome else ""
    begin = outcome.run if outcome else ""
    for run in runs:
        if run.name <= begin or run.at < seconds(decision.at):
            continue
        entry = _entry(run, decision.case)
        now = _passes(entry)
        if entry is None or now is None or (not now and not state) or now == (state == "fixed"):
            continue
        state = "fixed" if now else "broke"
        yield ledger.step(
            "fixed" if now else "broke",
            story.id,
            case=decision.case,
            run=run.name,
            commit=commit_at(corpus, run.at),
            prompt=entry.prompt or "",
        )


def _entry(run: Run, case: str) -> "Entry | None":
    entries = run.report.entries if run.report else ()
    return next((entry for entry in entries if entry.id == case), None)


def _passes(entry: "Entry | None") -> bool | None:
    """Whether every answer passed; None: not evaluated, or some did and some did not."""
    if entry is None or entry.quarantined or not entry.now.n:
        return None
    if entry.now.k == entry.now.n:
        return True
    return False if entry.is_red or not entry.now.k else None


def commit_at(corpus: Path, at: float) -> str:
    """The commit that was checked out at a time, shortened; empty where nobody can tell."""
    argv = ("git", "--no-optional-locks", "-c", "core.fsmonitor=false", "-C", str(corpus))
    words = ("log", "-1", "--format=%h", "--abbrev=7", f"--before=@{at + 1:.0f}", "HEAD", "--")
    try:
        done = subprocess.run(
            (*argv, *words), capture_output=True, timeout=PATIENCE_S, check=False, text=True
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    found = done.stdout.strip()
    return found if done.returncode == 0 and found.isalnum() else ""
