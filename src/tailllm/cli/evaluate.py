"""`tailllm eval`: runs the corpus and says by name what a change broke."""

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tailllm.cli.opening import corpus, open_config
from tailllm.cli.output import json_text, narrate, say
from tailllm.cli.progress import Bar
from tailllm.errors import Exit, UsageError

if TYPE_CHECKING:
    from tailllm.cli.parser import Host
    from tailllm.evals.choosing import Choice
    from tailllm.evals.report import Report
    from tailllm.evals.session import Session

NAMED = 8
"""Cases that one line names."""
EXAMPLES = """\
  tailllm eval                        on recorded answers: no key, no network, every commit
  tailllm eval --live                 ask the model; confirms what changed, records the answers
  tailllm eval --changed=main         only cases whose prompt changed since main
  tailllm eval refund --tag all-caps  only cases with this word, with this tag
  tailllm eval --live -j 32 --max-seconds 55 --junit evals.xml

Exit codes: 0 nothing broke, 1 a case broke or a new one fails, 3 could not tell (a stale or
missing recording, an endpoint that is down, an empty corpus): 3 wins, and both are printed.
"""


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of the verb."""
    parser.add_argument("words", nargs="*", metavar="WORD", help="cases with this in id or title")
    speed = parser.add_mutually_exclusive_group()
    speed.add_argument("--replay", action="store_true", help="on recorded answers (the default)")
    speed.add_argument("--live", action="store_true", help="ask the targets of the config")
    parser.add_argument("--tag", action="append", default=[], help="only cases with this tag")
    parser.add_argument(
        "--changed",
        nargs="?",
        const="HEAD",
        metavar="REF",
        help="only cases whose prompt or file changed since a git revision (HEAD)",
    )
    parser.add_argument("--samples", type=_whole, metavar="N", help="answers of each case")
    parser.add_argument("-j", "--jobs", type=_jobs, metavar="N", help="requests at once, or auto")
    parser.add_argument("--budget", type=_positive, metavar="USD", help="stop before it costs more")
    parser.add_argument("--max-seconds", type=_positive, metavar="S", help="stop after this time")
    parser.add_argument("--fresh", action="store_true", help="do not go on with an unfinished run")
    parser.add_argument("--json", action="store_true", help="one object with everything")
    parser.add_argument("--junit", metavar="FILE", help="also write JUnit XML")
    parser.add_argument("--markdown", metavar="FILE", help="also write a page in Markdown")
    parser.add_argument("--github", action="store_true", help="annotations and step summary")


def run(options: argparse.Namespace) -> int:
    """Evaluate, report, and answer with the exit code."""
    options.begun = time.monotonic()
    _refuse_contradictions(options)
    from tailllm.corpus.cases import cache_folder
    from tailllm.evals.session import Session

    config = open_config(options)
    host: Host = options.host
    session = Session(
        config,
        corpus(options, config),
        choice=_choice(options),
        samples=options.samples,
        cache=cache_folder(host.environ),
    )
    report = _live(session, options) if options.live else _replay(session, host)
    _print(report, options)
    return report.exit


def _replay(session: "Session", host: "Host") -> "Report":
    from tailllm.evals.runs import keep_replay

    with Bar() as bar:
        session.replay(bar.tell)
    report = session.report("replay")
    keep_replay(session.corpus, report, host.clock())
    return report


def _live(session: "Session", options: argparse.Namespace) -> "Report":
    from tailllm.evals.live import Limits
    from tailllm.evals.runs import answers, new_file, tidy, under_way, unfinished

    host: Host = options.host
    _refuse_unpriced(session, options.budget)
    before = None if options.fresh else unfinished(session.corpus, session.plan)
    kept = answers(before) if before else {}
    if before:
        narrate(f"tailllm: going on with run {before.name}; {len(kept)} answers are there already")
        _say_doubtful(under_way(before))
    narrate(f"tailllm: {session.outlook()}")
    deadline = options.begun + options.max_seconds if options.max_seconds else None
    limits = Limits(options.jobs, options.budget, deadline, options.max_seconds)
    file = new_file(session.corpus, host.clock())
    file.begin("live", session.plan, host.clock())
    for one in kept.values():
        file.keep(one)
    with Bar() as bar:
        trouble = session.live(file, kept, limits, host.environ, bar.tell)
    wall_s = time.monotonic() - options.begun
    report = session.report("live", trouble)._replace(wall_s=wall_s)
    file.end(report, done=not trouble)
    tidy(session.corpus)
    return report


def _say_doubtful(ids: list[str]) -> None:
    """Name what may be paid for twice: a killed run cannot know whether it was answered."""
    if ids:
        more = f" and {len(ids) - NAMED:,} more" if len(ids) > NAMED else ""
        narrate(
            f"tailllm: {len(ids):,} under way when it ended, perhaps paid for, "
            f"asked again: {', '.join(ids[:NAMED])}{more}"
        )


def _refuse_unpriced(session: "Session", budget: float | None) -> None:
    """A budget needs prices: without them nobody would notice that it is spent."""
    targets = session.config.targets
    unknown = [n for n in session.targets if targets[n].cost(1, 1) is None]
    if budget is not None and unknown:
        raise UsageError(
            f"--budget needs the prices of {unknown[0]}",
            fix=f"Write input_price and output_price into [targets.{unknown[0]}].",
        )


def _print(report: "Report", options: argparse.Namespace) -> None:
    from tailllm.evals.reports import text

    if options.json:
        from tailllm.evals.reports.data import of_report

        print(json_text(of_report(report)))
    else:
        for row in text.rows(report):
            say(row)
    _files(report, options)
    for said in report.trouble:
        narrate(f"tailllm: could not evaluate everything: {said}")
    if report.exit is Exit.UNKNOWN and any(entry.is_red for entry in report.entries):
        narrate("tailllm: there is bad news too (exit 1), but not everything was evaluated (3)")


def _files(report: "Report", options: argparse.Namespace) -> None:
    from tailllm.evals.reports.files import keep

    if options.junit:
        from tailllm.evals.reports import junit

        keep(options.host.cwd / options.junit, junit.xml(report))
    if options.markdown or options.github:
        from tailllm.evals.reports import github

        page = github.markdown(report)
        if options.markdown:
            keep(options.host.cwd / options.markdown, page)
        if options.github:
            for row in github.annotations(report):
                say(row)
            summary = options.host.environ.get("GITHUB_STEP_SUMMARY")
            if summary:
                keep(Path(summary), page, more=True)


def _choice(options: argparse.Namespace) -> "Choice":
    from tailllm.evals.choosing import Choice

    return Choice(tuple(options.words), tuple(options.tag), options.changed)


def _refuse_contradictions(options: argparse.Namespace) -> None:
    live_only = ("jobs", "budget", "max_seconds", "fresh")
    given = [name for name in live_only if getattr(options, name)]
    if given and not options.live:
        raise UsageError(
            f"--{given[0].replace('_', '-')} is for --live: a replay asks nobody",
            fix="Add --live, or leave it out.",
        )


def _whole(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 100:
        raise argparse.ArgumentTypeError(f"{text} is no number from 1 to 100")
    return int(text)


def _jobs(text: str) -> int | None:
    if text == "auto":
        return None
    if not text.isdecimal() or not 1 <= int(text) <= 1024:
        raise argparse.ArgumentTypeError(f"{text} is no number from 1 to 1024, and not auto")
    return int(text)


def _positive(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < 1e9:
        raise argparse.ArgumentTypeError(f"{text} is no number over 0")
    return value
