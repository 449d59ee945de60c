"""The report as JUnit XML: one test case for each case, failure and error kept apart."""

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from tailllm import ink
from tailllm.evals.report import Entry, Report
from tailllm.evals.reports.text import case_rows
from tailllm.evals.verdicts import Verdict


def xml(report: Report) -> str:
    """The document; control characters, which XML cannot hold, are made visible."""
    suite = Element("testsuite", name="tailllm eval")
    counts = {"tests": len(report.entries), "failures": 0, "errors": len(report.trouble)}
    counts["skipped"] = 0
    for entry in report.entries:
        kind = _add(suite, entry)
        if kind:
            counts[kind] += 1
    for said in report.trouble:
        case = SubElement(suite, "testcase", classname="run", name="the run as a whole")
        SubElement(case, "error", message=ink.line(said))
    for name, count in counts.items():
        suite.set(name, str(count))
    indent(suite)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(suite, "unicode") + "\n"


def _add(suite: Element, entry: Entry) -> str | None:
    """Add a case; which count it goes to."""
    case = SubElement(suite, "testcase", classname=ink.line(entry.target), name=ink.line(entry.id))
    case.set("file", ink.line(entry.path))
    if entry.spent.ms is not None:
        case.set("time", f"{entry.spent.ms / 1000:.3f}")
    why = ink.line(f"{entry.verdict}: {_first(entry)}")
    if entry.is_unknown:
        SubElement(case, "error", message=why)
        return "errors"
    if entry.is_red:
        SubElement(case, "failure", message=why).text = _whole(entry)
        return "failures"
    if not entry.now.passes:
        SubElement(case, "skipped", message=why)
        return "skipped"
    if entry.verdict is not Verdict.PASSED:
        SubElement(case, "system-out").text = why
    return None


def _first(entry: Entry) -> str:
    failure = next(iter(entry.failures), None)
    said = f"{failure.check}: {failure.why}" if failure else None
    return entry.why or said or f"{entry.now.k} of {entry.now.n} passed"


def _whole(entry: Entry) -> str:
    return "\n".join(ink.line(row) for row in case_rows(entry))
