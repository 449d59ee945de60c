"""What somebody does with the results of runs: look, accept, quarantine, ask one again."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from tailllm.config.model import Config
from tailllm.corpus import case_file
from tailllm.corpus.case import Case, Status
from tailllm.errors import SourceError
from tailllm.evals import runs
from tailllm.evals.choosing import Choice
from tailllm.evals.report import Entry, Report, arranged
from tailllm.evals.runs import Run
from tailllm.evals.session import Session, accept

LOOKED_AT = 20
"""Runs that can be paged through; `runs/` has the rest."""


class Shown(NamedTuple):
    """One run of several."""

    run: Run
    report: Report
    place: int
    """0 is the newest."""
    of: int


class Desk:
    """The runs of a corpus. Slow: a screen calls it off its loop.

    Args:
        environ: Where the keys of targets are looked for.
        clock: Seconds since the epoch.
    """

    def __init__(
        self,
        config: Config,
        corpus: Path,
        environ: Mapping[str, str],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._config = config
        self._corpus = corpus
        self._environ = environ
        self._clock = clock

    def look(self, place: int) -> Shown | None:
        """The run at a place, the newest first; None when there is none."""
        found = []
        for run in runs.newest(self._corpus):
            if run.report is not None:
                found.append((run, run.report))
            if len(found) == LOOKED_AT:
                break
        if not found:
            return None
        place = max(0, min(len(found) - 1, place))
        run, report = found[place]
        return Shown(run, report, place, len(found))

    def accept(self, report: Report, id_: str) -> str:
        """Make what a run found the baseline of one case.

        Raises:
            CorpusError: The disk refuses.
        """
        done = accept(self._corpus, report, frozenset({id_}))
        if done.without:
            return f"{id_} was not evaluated: there is nothing to accept"
        return f"Accepted {id_}." if done.moved else f"The baseline of {id_} is the same already."

    def quarantine(self, entry: Entry) -> str:
        """Take a case out of the gate, or put it back; its file says so.

        Raises:
            SourceError: The file of the case is gone or cannot be understood.
            CorpusError: The disk refuses.
        """
        path, case = self.case(entry)
        status: Status = "active" if case.status == "quarantined" else "quarantined"
        case_file.set_status(path, status)
        told = "is never red from now on" if status == "quarantined" else "can be red again"
        return f"{entry.id} {told}; the next run knows."

    def again(self, shown: Shown, entry: Entry) -> tuple[Shown, str]:
        """Ask one case again, and put what came in its place.

        Raises:
            TailllmError: It cannot be asked.
        """
        session = Session(self._config, self._corpus, choice=Choice(ids=(entry.id,)))
        trouble = session.ask_all(self._environ, self._clock())
        new = session.report("live", trouble)
        fresh = next((one for one in new.entries if one.id == entry.id), entry)
        others = [one for one in shown.report.entries if one.id != entry.id]
        templates = {**shown.report.templates, **new.templates}
        report = shown.report._replace(entries=arranged([*others, fresh]), templates=templates)
        told = f"{entry.id}: {fresh.verdict}, {fresh.now.k} of {fresh.now.n} passed"
        if fresh.is_unknown and fresh.why:
            told = f"{entry.id}: {fresh.verdict}: {fresh.why}"
        return shown._replace(report=report), trouble[0] if trouble else told

    def case(self, entry: Entry) -> tuple[Path, Case]:
        """The case of an entry, as its file is now.

        Raises:
            SourceError: The file is gone or cannot be understood.
        """
        path = self._corpus.absolute().parent / entry.path
        try:
            return path, case_file.loads(path.read_text("utf-8"))
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else str(error)
            raise SourceError(f"{path}: {why}", fix="Run `tailllm corpus check`.") from None
