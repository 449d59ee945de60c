"""What each run asked and found: `runs/` beside the cases, not kept by git.

A run file grows by one line as each answer arrives, so that a run that was killed goes on
where it stopped and nothing is paid for twice. Its last line is the report.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from tailllm.errors import CorpusError
from tailllm.evals import lines
from tailllm.evals.answers import Answer
from tailllm.evals.report import Entry, Report
from tailllm.evals.reports.data import of_entry, of_report, to_report

FOLDER = "runs"
KEPT = 50
"""Run files that are kept; the oldest go first."""


class Kept(NamedTuple):
    """An answer of a run."""

    target: str
    id: str
    sample: int
    key: str
    answer: Answer


class RunFile:
    """The file of one run, open for adding.

    Raises:
        CorpusError: It cannot be written: what is paid for must be kept.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _ignored_by_git(path.parent)
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_EXCL
            self._file = os.open(path, flags, 0o600)
        except OSError as error:
            raise _refused(path, error) from error

    @property
    def name(self) -> str:
        """As `tailllm baseline accept --run` wants it."""
        return self.path.stem

    def begin(self, mode: str, plan: str, at: float) -> None:
        """Say what this run is."""
        self._add({"run": self.name, "mode": mode, "plan": plan, "at": at})

    def keep(self, kept: Kept) -> None:
        """Add an answer, as soon as it is there."""
        answer = {"ms": round(kept.answer.ms, 1), "response": kept.answer.body}
        self._add({"answer": {**kept._asdict(), "answer": None} | answer})

    def note(self, id_: str, sample: int, key: str, *, out: bool) -> None:
        """Add that a request goes out, or that it came back without an answer.

        What went out and never came back may be paid for: nobody knows.
        """
        self._add({"asking" if out else "unanswered": {"id": id_, "sample": sample, "key": key}})

    def end(self, report: Report, *, done: bool) -> None:
        """Add the report; `done` False: the same command goes on from here."""
        self._add({"report": of_report(report, _packed), "done": done})
        os.close(self._file)

    def _add(self, line: lines.Line) -> None:
        rest = memoryview(lines.fast(line))
        try:
            while rest:
                rest = rest[os.write(self._file, rest) :]
        except OSError as error:
            raise _refused(self.path, error) from error


class Run(NamedTuple):
    """A run as its file tells it."""

    name: str
    path: Path
    mode: str
    plan: str
    at: float
    """Seconds since the epoch."""
    done: bool
    report: Report | None
    """None: it was killed before it could say."""


def new_file(corpus: Path, at: float) -> RunFile:
    """A file for a new run."""
    stamp = datetime.fromtimestamp(at, UTC).strftime("%Y%m%dT%H%M%S")
    for number in range(100):
        path = corpus / FOLDER / f"{stamp}-{number:02}.jsonl"
        if not path.exists():
            break
    return RunFile(path)


def plan_of(keys: Iterable[str]) -> str:
    """The name of what a run asks: the same questions have the same name."""
    return hashlib.sha256("\n".join(sorted(keys)).encode()).hexdigest()[:16]


def unfinished(corpus: Path, plan: str) -> Run | None:
    """The newest live run, when it asked the same and did not come to its end."""
    for run in newest(corpus):
        if run.mode == "live" and run.plan == plan:
            return None if run.done else run
    return None


def answers(run: Run) -> dict[str, Kept]:
    """What arrived in a run, by key; a torn last line is none."""
    found = {}
    for line in _lines(run.path):
        given = line.get("answer")
        if isinstance(given, dict):
            answer = Answer(given["response"], given["ms"])
            kept = Kept(given["target"], given["id"], given["sample"], given["key"], answer)
            found[kept.key] = kept
    return found


def under_way(run: Run) -> list[str]:
    """Cases with a request that went out and of which nothing came: it may be paid for or not."""
    out: dict[str, str] = {}
    for line in _lines(run.path):
        if "asking" in line:
            out[line["asking"]["key"]] = line["asking"]["id"]
        for back in ("answer", "unanswered"):
            if back in line:
                out.pop(line[back]["key"], None)
    return sorted(set(out.values()))


def newest(corpus: Path) -> Iterator[Run]:
    """The runs, newest first."""
    for path in sorted((corpus / FOLDER).glob("*.jsonl"), reverse=True):
        run = read(path)
        if run is not None:
            yield run


def read(path: Path) -> Run | None:
    """One run; None when its file is none."""
    head: dict[str, Any] | None = None
    report, done = None, False
    for line in _lines(path):
        if "run" in line:
            head = line
        elif "report" in line:
            report, done = line["report"], bool(line.get("done"))
    if head is None:
        return None
    try:
        told = to_report(report) if report else None
        return Run(path.stem, path, head["mode"], head["plan"], head["at"], done, told)
    except (KeyError, TypeError, ValueError):
        return None


def keep_replay(corpus: Path, report: Report, at: float) -> None:
    """Keep what a replay found, where that can be: it cost nothing and can be had again."""
    with suppress(CorpusError):
        file = new_file(corpus, at)
        file.begin("replay", "", at)
        file.end(report, done=True)
        tidy(corpus)


def tidy(corpus: Path) -> None:
    """Forget the oldest runs."""
    for path in sorted((corpus / FOLDER).glob("*.jsonl"), reverse=True)[KEPT:]:
        path.unlink(missing_ok=True)


def _lines(path: Path) -> Iterator[lines.Line]:
    """The lines that are whole: a run that was killed may have left half of one."""
    try:
        content = path.read_bytes()
    except OSError:
        return
    for text in content.splitlines():
        try:
            line = msgspec.json.decode(text)
        except ValueError:
            continue
        if isinstance(line, dict):
            yield line


def packed(kept: Kept) -> Kept:
    """The same with its body as JSON, which takes a quarter of what it takes as a table."""
    body = msgspec.Raw(lines.fast(kept.answer.body).rstrip())
    return kept._replace(answer=kept.answer._replace(body=body))


def _packed(entry: Entry) -> msgspec.Raw:
    """A case as its JSON: a thousand of them take a fifth of what they take as tables."""
    return msgspec.Raw(lines.fast(of_entry(entry)).rstrip())


def _ignored_by_git(folder: Path) -> None:
    ignore = folder / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n")


def _refused(path: Path, error: OSError) -> CorpusError:
    return CorpusError(
        f"{path} cannot be written: {error.strerror or error}",
        fix="Make room, or give yourself the right to write there: answers are paid for once.",
    )
