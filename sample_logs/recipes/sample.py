"""A sample log and the truth about it, counted before it was written in any format."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from tailllm.demo.wire import Line, Told

NOON = 1_795_348_800.0
"""2026-11-22 12:00:00 UTC, when the story of every sample starts."""
SEED = 1122

Truth = dict[str, Any]


class Sample(NamedTuple):
    """One file."""

    content: bytes
    truth: Truth


def failing(line: Line) -> list[str]:
    """Names of the validators that this call failed."""
    return [check["name"] for check in line.get("checks", ()) if not check["ok"]]


def count(what: str, form: str, lines: Sequence[Line]) -> Truth:
    """What a reader of these calls must find, in whatever format they are written."""
    usages = [line["usage"] for line in lines if "usage" in line]
    validators: dict[str, Counter[str]] = {}
    for line in lines:
        for check in line.get("checks", ()):
            verdict = "passed" if check["ok"] else "failed"
            validators.setdefault(check["name"], Counter())[verdict] += 1
    return {
        "what": what,
        "format": form,
        "calls": len(lines),
        "errors": sum("error" in line for line in lines),
        "failing": sum(bool(failing(line)) for line in lines),
        "broken": 0,
        "other": 0,
        "input_tokens": sum(usage["input"] for usage in usages),
        "output_tokens": sum(usage["output"] for usage in usages),
        "validators": {
            name: {"passed": n["passed"], "failed": n["failed"]}
            for name, n in sorted(validators.items())
        },
        "by_model": dict(sorted(Counter(str(line["model"]) for line in lines).items())),
        "by_prompt": dict(
            sorted(Counter(f"{p['name']}@{p['version']}" for p in _prompts(lines)).items())
        ),
    }


def _prompts(lines: Iterable[Line]) -> list[dict[str, str]]:
    return [line["prompt"] for line in lines if "prompt" in line]


def unusual(expect: Sequence[str]) -> dict[str, str]:
    """What to expect of the lines that are no plain call, by line number from 1."""
    return {str(n): kind for n, kind in enumerate(expect, 1) if kind != "call"}


def native(what: str, told: Sequence[Told]) -> Sample:
    """The calls as native lines."""
    text = "".join(one.text + "\n" for one in told)
    return Sample(text.encode(), count(what, "native", [one.line for one in told]))
