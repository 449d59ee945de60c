"""The report as data: what `--json` prints and what the run file keeps."""

from collections.abc import Callable
from typing import Any

from tailllm.evals.baseline import Blessed
from tailllm.evals.grading import Outcome
from tailllm.evals.report import Entry, Report, Spent
from tailllm.evals.verdicts import Tally, Verdict

Data = dict[str, Any]


def of_report(report: Report, told: Callable[[Entry], Any] | None = None) -> Data:
    """One object; a number that is not known is not there.

    Args:
        told: What stands for a case; else `of_entry`.
    """
    told = told or of_entry
    counts = report.counts
    wall = {} if report.wall_s is None else {"wall_s": round(report.wall_s, 3)}
    return wall | {
        "mode": report.mode,
        "exit": int(report.exit),
        "counts": {verdict.value: counts[verdict] for verdict in Verdict},
        "left_out": report.left_out,
        "trouble": list(report.trouble),
        "spent": {
            name: {"sum": total, "known_of": known} for name, (total, known) in report.spent.items()
        },
        "cases": [told(entry) for entry in report.entries],
        "prompts": {name: {"was": was, "now": now} for name, (was, now) in report.prompts.items()},
        "templates": dict(report.templates),
    }


def of_entry(entry: Entry) -> Data:
    """One case."""
    found = entry._asdict() | {
        "verdict": entry.verdict.value,
        "red": entry.is_red,
        "now": entry.now._asdict(),
        "before": entry.before._asdict() if entry.before else None,
        "outcomes": [_without_none(outcome._asdict()) for outcome in entry.outcomes],
        "spent": _without_none(entry.spent._asdict()),
        "tags": list(entry.tags),
        "candidate": entry.candidate.line() if entry.candidate else None,
    }
    return _without_none(found)


def to_report(data: Data) -> Report:
    """A report that was kept.

    Raises:
        KeyError, TypeError, ValueError: It is none.
    """
    prompts = {name: (both["was"], both["now"]) for name, both in data["prompts"].items()}
    return Report(
        tuple(_to_entry(one) for one in data["cases"]),
        data["mode"],
        tuple(data["trouble"]),
        prompts,
        data["templates"],
        data["left_out"],
        data.get("wall_s"),
    )


def _to_entry(data: Data) -> Entry:
    known = {name: value for name, value in data.items() if name in Entry._fields}
    candidate = data.get("candidate")
    return Entry(
        **known
        | {
            "verdict": Verdict(data["verdict"]),
            "now": Tally(**data["now"]),
            "before": Tally(**data["before"]) if "before" in data else None,
            "outcomes": tuple(_to_outcome(one) for one in data["outcomes"]),
            "spent": Spent(**data["spent"]),
            "tags": tuple(data["tags"]),
            "candidate": _to_blessed(candidate) if candidate else None,
        }
    )


def _to_outcome(data: Data) -> Outcome:
    return Outcome(data["check"], data.get("passed"), data.get("why"), data.get("score"))


def _to_blessed(data: Data) -> Blessed:
    return Blessed(**{name: value for name, value in data.items() if name in Blessed._fields})


def _without_none(data: Data) -> Data:
    return {name: value for name, value in data.items() if value is not None}
