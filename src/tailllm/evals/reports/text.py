"""The report as rows of a terminal: what broke comes first, and says everything."""

from collections import defaultdict
from collections.abc import Iterator
from difflib import unified_diff
from typing import NamedTuple

from tailllm.evals import words
from tailllm.evals.report import Entry, Report
from tailllm.evals.verdicts import Tally, Verdict
from tailllm.ink import counted

NAMED = 20
"""Cases with the same reason that are named one by one; the rest is counted."""
PROMPT_LINES = 60
"""Lines of a prompt diff; `git diff` has the rest."""


class Section(NamedTuple):
    """A part of the report."""

    title: str
    entries: list[Entry]
    full: bool
    """Whether each case is shown with its checks and diffs."""


def rows(report: Report) -> Iterator[str]:
    """The report, row by row; foreign text is made visible by whoever prints it."""
    for section in sections(report):
        yield f"{section.title.upper()} {len(section.entries)}"
        yield ""
        if section.full:
            for entry in section.entries:
                yield from case_rows(entry)
                yield ""
        else:
            yield from _by_reason(section.entries)
            yield ""
    if any(entry.is_red for entry in report.entries):
        yield from _prompts(report)
    for said in report.trouble:
        yield f"COULD NOT TELL  {said}"
    yield totals(report)


def sections(report: Report) -> list[Section]:
    """The parts that are not empty, worst first."""
    of = {verdict: [e for e in report.entries if e.verdict is verdict] for verdict in Verdict}
    new_failing = [entry for entry in of[Verdict.NEW] if not entry.now.passes]
    new = [entry for entry in of[Verdict.NEW] if entry.now.passes]
    found = [
        Section("broke", of[Verdict.BROKE], full=True),
        Section("new, failing", new_failing, full=True),
        Section("not evaluated", of[Verdict.NOT_EVALUATED], full=False),
        Section("mended", of[Verdict.MENDED], full=False),
        Section("flaky", of[Verdict.FLAKY], full=False),
        Section("new", new, full=False),
        Section("still failing", of[Verdict.STILL_FAILING], full=False),
    ]
    return [section for section in found if section.entries]


def case_rows(entry: Entry) -> Iterator[str]:
    """One case with all that a person needs to decide."""
    yield f"  ✗ {entry.id}  {entry.title}{'  (quarantined)' if entry.quarantined else ''}"
    for outcome in entry.failures:
        yield f"      {outcome.check}: {outcome.why}"
    if entry.answer is not None:
        yield from _block("got", entry.answer)
    if entry.was is not None and entry.answer is not None and entry.was != entry.answer:
        yield from _block("diff", words.plain(words.diff(entry.was, entry.answer)))
    yield f"      {_tallies(entry)}{'; ' + entry.why if entry.why else ''}"
    people = said_by(entry)
    if people:
        yield f"      {people}"
    yield f"      {entry.path}"


def said_by(entry: Entry) -> str:
    """Who reported or marked it, and where they wait for an answer."""
    who = [f"reported by {entry.reported_by}"] if entry.reported_by else []
    who += [f"marked by {entry.marked_by}"] if entry.marked_by else []
    return ", ".join([*who, *([entry.permalink] if entry.permalink else [])])


def totals(report: Report) -> str:
    """One row: how many of what, and what it took where that is known."""
    counts = report.counts
    said = [f"{counts[verdict]} {verdict}" for verdict in Verdict if counts[verdict]]
    row = f"{counted(len(report.entries), 'case')}: {', '.join(said) or 'none'}"
    if report.left_out:
        row += f"; {report.left_out} left out"
    spent = report.spent
    for name, told in (("input_tokens", "tokens in"), ("output_tokens", "out")):
        if name in spent:
            row += f"; {spent[name][0]:,} {told}{_of(spent[name][1], report)}"
    if "cost" in spent:
        row += f"; ${spent['cost'][0]:.4f}{_of(spent['cost'][1], report)}"
    if report.wall_s is not None:
        row += f"; {report.wall_s:.1f} s"
    return row


def prompt_diff(was: str, now: str) -> list[str]:
    """The changed lines of a prompt, with their neighbours."""
    return list(
        unified_diff(was.splitlines(), now.splitlines(), "baseline", "now", lineterm="", n=1)
    )


def _prompts(report: Report) -> Iterator[str]:
    for target, (was, now) in report.prompts.items():
        yield f"PROMPT of {target}"
        changed = prompt_diff(was, now)
        for row in changed[:PROMPT_LINES]:
            yield f"    {row}"
        if len(changed) > PROMPT_LINES:
            yield f"    … {len(changed) - PROMPT_LINES} more lines"
        yield ""


def _by_reason(entries: list[Entry]) -> Iterator[str]:
    groups: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        groups[entry.why or ""].append(entry)
    for why, found in groups.items():
        if why:
            yield f"  {why}"
        for entry in found[:NAMED]:
            graded = f"  {_tallies(entry)}" if entry.now.n else ""
            yield f"  {_sign(entry)} {entry.id}  {entry.title}{graded}"
        if len(found) > NAMED:
            yield f"    … and {len(found) - NAMED} more"


def _sign(entry: Entry) -> str:
    if entry.verdict is Verdict.NOT_EVALUATED:
        return "?"
    return "✓" if entry.now.passes else "✗" if entry.now.fails else "~"


def _tallies(entry: Entry) -> str:
    before = f"; baseline {_tally(entry.before)}" if entry.before else ""
    return f"{_tally(entry.now)} passed{before}"


def _tally(tally: Tally) -> str:
    return f"{tally.k} of {tally.n}"


def _block(name: str, text: str) -> Iterator[str]:
    first, *rest = text.splitlines() or [""]
    yield f"      {name:<5}{first}"
    for line in rest:
        yield f"           {line}"


def _of(known: int, report: Report) -> str:
    return "" if known == len(report.entries) else f" (known of {known})"
