"""The report for a pull request: annotations at the case files, and a page in Markdown."""

from collections.abc import Iterator

from tailllm import ink
from tailllm.evals import words
from tailllm.evals.report import Entry, Report
from tailllm.evals.reports.text import prompt_diff, said_by, sections, totals

ANNOTATIONS = 10
"""GitHub shows so many of a step: broke comes first, so what is lost is the least."""


def annotations(report: Report) -> Iterator[str]:
    """Workflow commands, one row each, the worst first."""
    worth = [entry for entry in report.entries if entry.is_red or entry.is_unknown]
    for said in report.trouble:
        yield f"::error title={_property('could not evaluate')}::{_data(said)}"
    for entry in worth[:ANNOTATIONS]:
        title = f"{entry.verdict}: {entry.title or entry.id}"
        place = f"file={_property(entry.path)},title={_property(title)}"
        yield f"::error {place}::{_data(_why(entry))}"
    if len(worth) > ANNOTATIONS:
        yield f"::error ::{len(worth) - ANNOTATIONS} more cases; see the summary"


def markdown(report: Report) -> str:
    """A page; all foreign text stands in code, where it is no link, mention or image."""
    lines = ["## tailllm eval", "", totals(report), ""]
    lines += [f"**Could not tell:** {_code(said)}\n" for said in report.trouble]
    for section in sections(report):
        lines += [f"### {section.title.capitalize()}: {len(section.entries)}", ""]
        for entry in section.entries:
            lines += _full(entry) if section.full else [_short(entry)]
        lines.append("")
    for target, (was, now) in report.prompts.items():
        lines += [f"### Prompt of {_code(target)}", "", *_fenced(prompt_diff(was, now), "diff")]
    return "\n".join(lines).rstrip() + "\n"


def _short(entry: Entry) -> str:
    return f"- {_code(entry.id)} {_code(entry.title)}{': ' + _code(entry.why) if entry.why else ''}"


def _full(entry: Entry) -> list[str]:
    rows = [f"#### {_code(entry.id)} {_code(entry.title)}", ""]
    rows += [f"- {_code(f'{o.check}: {o.why}')}" for o in entry.failures]
    rows.append(f"- {entry.now.k} of {entry.now.n} passed")
    if said_by(entry):
        rows.append(f"- {_code(said_by(entry))}")
    if entry.answer is not None:
        changed = words.plain(words.diff(entry.was or entry.answer, entry.answer))
        rows += ["", *_fenced(changed.splitlines(), "")]
    return rows


def _fenced(rows: list[str], language: str) -> list[str]:
    """A fence longer than any in the text, so that nothing in it ends the block."""
    fence = "```"
    while any(fence in row for row in rows):
        fence += "`"
    return [fence + language, *(ink.line(row) for row in rows), fence, ""]


def _code(text: str) -> str:
    plain = ink.line(text).replace("`", "'")
    return f"`{plain}`" if plain.strip() else ""


def _why(entry: Entry) -> str:
    said = "; ".join(f"{outcome.check}: {outcome.why}" for outcome in entry.failures)
    return said or entry.why or "no reason given"


def _data(text: str) -> str:
    return ink.line(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
