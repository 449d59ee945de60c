"""`tailllm prompts`: every prompt version, or what two of them differ in."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tailllm.cli.asking import Asked, add_question, asked
from tailllm.cli.diffing import print_pair
from tailllm.cli.opening import open_config
from tailllm.cli.output import json_text, say
from tailllm.cli.tables import table
from tailllm.errors import Exit, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tailllm.ask.versions import Version
    from tailllm.records.row import Row
    from tailllm.store.stats import Stats

EXAMPLES = """\
  tailllm prompts logs/
  tailllm prompts logs/ --diff billing@v14 billing@v15     word by word
"""


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of the verb."""
    add_question(parser)
    parser.add_argument(
        "--diff", nargs=2, metavar=("A", "B"), help="system text, tools and parameters of two"
    )


def run(options: argparse.Namespace) -> int:
    """Print them."""
    if options.diff:
        return _diff(options)
    from tailllm.ask.versions import versions

    files = open_config(options).prompts
    with asked(options, rows=bool(files)) as calls:
        found = calls.answer(lambda _: versions(calls.store, calls.where))
        commits = _commits(calls, found, files)
    if options.json:
        for one in found:
            print(json_text(one.as_json() | {"commit": commits.get(one.label)}))
        return Exit.FINE
    head = ("prompt", "first UTC", "last UTC", "calls", "share", "bad", "p50 ms", "p95 ms", "out")
    for row in table(head, [_row(one) for one in found]):
        say(row)
    for label, made in commits.items():
        say(f"{label}: {made['id'][:12]} {made['at']} {made['author']}: {made['subject']}")
    return Exit.FINE


def _commits(
    calls: Asked, found: "Iterable[Version]", files: "Mapping[str, str]"
) -> dict[str, dict[str, Any]]:
    """The commit of each version whose prompt has a file in the config."""
    from tailllm.ask.origin import origin
    from tailllm.ask.pair import system_text

    commits: dict[str, dict[str, Any]] = {}
    for one in found:
        file = files.get(one.prompt or "")
        if file is None:
            continue
        commit = origin(Path(file), system_text(calls.feed.call(_sample(calls, one.label))))
        if commit is not None:
            commits[one.label] = commit.as_json()
    return commits


def _row(one: "Version") -> tuple[str, ...]:
    times = one.stats.numbers()
    shown = _numbers(one.stats)
    if one.predecessor is not None:
        before = _numbers(one.predecessor.stats)
        shown = tuple(f"{now} ({then})" for now, then in zip(shown, before, strict=True))
    return (
        one.label,
        *((times[at] or "-")[:19].replace("T", " ") for at in ("first", "last")),
        f"{one.stats.calls:,}",
        f"{one.share:.0%}",
        *shown,
    )


def _numbers(stats: "Stats") -> tuple[str, ...]:
    """Those that stand beside the predecessor's."""
    return (
        _share(stats.bad, stats.calls),
        _ms(stats.latency_ms.p50),
        _ms(stats.latency_ms.p95),
        _mean(stats.output_tokens),
    )


def _share(part: int, of: int) -> str:
    return f"{part / of:.1%}" if of else "-"


def _ms(value: float | None) -> str:
    return "-" if value is None else f"{value:,.0f}"


def _mean(total: tuple[float | None, int]) -> str:
    value, n = total
    return "-" if value is None or not n else f"{value / n:,.0f}"


def _diff(options: argparse.Namespace) -> int:
    from tailllm.ask.pair import prompt_pair

    with asked(options, rows=True) as calls:
        one, other = (calls.feed.call(_sample(calls, label)) for label in options.diff)
    found = prompt_pair(one, other)
    if options.json:
        print(json_text(found.as_json(), indent=2))
    else:
        print_pair(found)
    return Exit.FINE


def _sample(calls: Asked, label: str) -> "Row":
    """The newest call of a version."""
    from tailllm.store import labels

    rows = calls.rows()
    found = [row for row in rows if label in (labels.prompt(row), row.prompt_version)]
    if not found:
        known = sorted({name for row in rows if (name := labels.prompt(row)) is not None})
        raise UsageError(
            f"no call has the prompt version {label!r}",
            fix=f"There are: {', '.join(known[:20]) or 'none'}.",
        )
    return found[-1]
