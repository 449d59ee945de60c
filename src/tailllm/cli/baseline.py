"""`tailllm baseline accept`: says that what the last run found is how it should be."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from tailllm import ink
from tailllm.cli.opening import corpus, open_config
from tailllm.cli.output import narrate, say
from tailllm.errors import Exit, SourceError, UsageError

if TYPE_CHECKING:
    from tailllm.evals.runs import Run

EXAMPLES = """\
  tailllm baseline accept                  all cases of the last run
  tailllm baseline accept refund-3f9c2a    only this case
  tailllm baseline accept --run 20261123T091500-00
  tailllm baseline list                    each case of the baseline and how often it passed
"""


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of the verb."""
    parser.add_argument("what", choices=("accept", "list"), help="what to do with the baseline")
    parser.add_argument("ids", nargs="*", metavar="CASE", help="only these cases")
    parser.add_argument(
        "--run", dest="which", metavar="RUN", help="a run of runs/, not the last one"
    )


def run(options: argparse.Namespace) -> int:
    """Move the baseline, or show it."""
    folder = corpus(options, open_config(options))
    return _list(folder) if options.what == "list" else _accept(folder, options)


def _accept(folder: Path, options: argparse.Namespace) -> int:
    from tailllm.evals.session import accept

    last = _last(folder, options.which)
    report = last.report
    assert report is not None  # noqa: S101 -- _last gives only runs with a report
    ids = frozenset(options.ids) or None
    unknown = sorted((ids or frozenset()) - {entry.id for entry in report.entries})
    if unknown:
        raise UsageError(
            f"run {last.name} has no case {unknown[0]!r}",
            fix="Write the id as the report does, or run `tailllm eval` again.",
        )
    done = accept(folder, report, ids)
    for id_ in done.moved:
        say(f"accepted {id_}")
    narrate(
        f"tailllm: the baseline moved for {ink.counted(len(done.moved), 'case')} of run "
        f"{last.name}; {done.same} were the same already. Commit it with the recordings."
    )
    if done.without:
        few = ", ".join(done.without[:3])
        narrate(f"tailllm: {len(done.without)} were not evaluated and stay: {few}")
        return Exit.UNKNOWN
    return Exit.FINE


def _last(folder: Path, name: str | None) -> "Run":
    from tailllm.evals.runs import newest

    for found in newest(folder):
        if found.report is not None and name in {None, found.name}:
            return found
    what = f"there is no run {name!r}" if name else "there is no run"
    raise SourceError(f"{what} in {folder / 'runs'}", fix="Run `tailllm eval` first.")


def _list(folder: Path) -> int:
    from tailllm.evals.baseline import read

    found = read(folder)
    for blessed in sorted(found.cases.values()):
        say(f"{blessed.tally.word:5} {blessed.k} of {blessed.n}  {blessed.id}")
    if not found.cases:
        narrate("tailllm: there is no baseline yet. `tailllm baseline accept` makes one.")
    return Exit.FINE
