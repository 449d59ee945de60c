"""What stands on the Evals screen: one row of its list, its pane, its title."""

from collections.abc import Iterator
from datetime import UTC, datetime

from tailllm import ink
from tailllm.corpus.case import Case
from tailllm.evals import words
from tailllm.evals.desk import Shown
from tailllm.evals.report import Entry
from tailllm.evals.reports.text import prompt_diff, said_by
from tailllm.evals.verdicts import Verdict
from tailllm.tui import cells
from tailllm.tui.cells import Glyphs
from tailllm.tui.widgets.reading_page import Page, Section
from tailllm.tui.widgets.reading_text import Para, paragraphs

EMPTY = (
    "No runs yet. `tailllm eval` runs the corpus on recorded answers, `tailllm eval --live` asks "
    "the model; what they find is listed here."
)
FINE = "Nothing broke, and nothing is flaky or new. t lists the cases that passed."
HEAD = f"  {'verdict':<14} {'now':>5} {'was':>5}  case"


def title(shown: Shown | None, listed: int) -> str:
    """Which run, when, how, and how many of what."""
    if shown is None:
        return " EVALS"
    at = datetime.fromtimestamp(shown.run.at, UTC).strftime("%m-%d %H:%M")
    counts = shown.report.counts
    told = " · ".join(f"{v.value} {counts[v]:,}" for v in Verdict if counts[v])
    place = f"run {shown.place + 1} of {shown.of}"
    return f" EVALS  {at} {shown.run.mode}  {place}   {told}   {listed:,} listed"


def row(entry: Entry, glyphs: Glyphs) -> str:
    """Sign, verdict, passes now and in the baseline, id and title."""
    sign = "!" if entry.is_red else "?" if entry.is_unknown else " "
    verdict = cells.cut(entry.verdict.value, 14, glyphs)
    now = f"{entry.now.k}/{entry.now.n}" if entry.now.n else "-"
    was = f"{entry.before.k}/{entry.before.n}" if entry.before else "-"
    name = ink.line(entry.title or entry.id)
    return f"{sign} {verdict} {now:>5} {was:>5}  {name}"


def tone(entry: Entry) -> str:
    """How loud its row is."""
    return "fail" if entry.is_red else "warn" if entry.is_unknown else ""


def page(entry: Entry | None, case: Case | None, shown: Shown | None) -> Page:
    """Why, the answers side by side in one diff, then everything the model saw."""
    if entry is None or shown is None:
        return Page([Section("", [Para(FINE if shown else EMPTY, "dim", 1)])])
    sections = [Section(entry.id, list(_why(entry))), *_answers(entry)]
    if entry.target in shown.report.prompts:
        was, now = shown.report.prompts[entry.target]
        body = [Para(line, _tone(line)) for line in prompt_diff(was, now)]
        sections.append(Section("prompt, since the baseline", body))
    return Page([*sections, *_seen(entry, case, shown)])


def _why(entry: Entry) -> Iterator[Para]:
    for outcome in entry.failures:
        tone = "fail" if outcome.passed is False else "warn"
        yield Para(f"{outcome.check}: {outcome.why}", tone)
    passed = [outcome.check for outcome in entry.outcomes if outcome.passed]
    if passed:
        yield Para(f"passed    {', '.join(passed)}", "good")
    if entry.why:
        yield Para(entry.why, "warn")
    if said_by(entry):
        yield Para(said_by(entry), "aside")
    yield Para(entry.path, "aside")
    if entry.quarantined:
        yield Para("quarantined: shown, and never red", "warn")


def _answers(entry: Entry) -> Iterator[Section]:
    if entry.answer is not None and entry.was is not None and entry.was != entry.answer:
        changed = words.plain(words.diff(entry.was, entry.answer))
        yield Section("answer, word by word", paragraphs(changed), "[-baseline-]{+now+}")
        yield Section("baseline answer", paragraphs(entry.was, "dim"), folded=True)
    if entry.answer is not None:
        yield Section("answer now", paragraphs(entry.answer))


def _seen(entry: Entry, case: Case | None, shown: Shown) -> Iterator[Section]:
    template = shown.report.templates.get(entry.prompt or "")
    if template is not None:
        yield Section("system, as the prompt file has it", paragraphs(template), folded=True)
    if case is None:
        return
    for name, value in case.context.items():
        yield Section(f"context {name}", paragraphs(str(value)))
    for number, message in enumerate(case.messages):
        calls = [f"{use.name}({use.arguments})" for use in message.tool_calls]
        text = "\n".join([*([message.content] if message.content else []), *calls])
        yield Section(f"{message.role} #{number}", paragraphs(text))


def _tone(line: str) -> str:
    return {"+": "good", "-": "fail", "@": "dim"}.get(line[:1], "body")
