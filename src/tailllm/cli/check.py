"""`tailllm check`: thresholds for cron."""

import argparse
from typing import TYPE_CHECKING

from tailllm.cli.asking import add_question, asked
from tailllm.cli.opening import open_config
from tailllm.cli.output import json_text, say
from tailllm.errors import Exit, UsageError

if TYPE_CHECKING:
    from tailllm.ask.check import Finding, Limit

EXAMPLES = """\
  tailllm check logs/ --since 15m --max-p95 2s --max-fail 1%
  */5 * * * *  tailllm check /var/log/assist/ --since 5m --max-errors 2% || notify
"""
FEWEST = 20


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of the verb."""
    add_question(parser)
    for name in ("p50", "p95", "p99", "ttft-p95"):
        parser.add_argument(f"--max-{name}", metavar="TIME", help="such as 2s or 800ms")
    for name, why in (
        ("fail", "calls that fail a validator"),
        ("errors", "calls that end in an error"),
        ("bad", "either"),
    ):
        parser.add_argument(f"--max-{name}", metavar="SHARE", help=f"{why}: 1%% or 0.01")
    parser.add_argument(
        "--min-calls", type=int, metavar="N", default=FEWEST, help=f"fewer say nothing ({FEWEST})"
    )


def run(options: argparse.Namespace) -> int:
    """Print what came of each limit."""
    from tailllm.ask.check import check, verdict

    limits = _limits(options)
    if not limits:
        raise UsageError(
            "no threshold is given", fix="Write --max-p95 2s or so, or [thresholds] in tailllm.toml"
        )
    with asked(options) as calls:
        stats = calls.answer(lambda _: calls.store.stats(where=calls.where))
    findings = check(stats, limits, fewest=options.min_calls)
    end = verdict(findings)
    if options.json:
        shown = [one.as_json() for one in findings]
        print(json_text({"verdict": end, "calls": stats.calls, "limits": shown}))
    else:
        for one in findings:
            say(_row(one))
    return {"fine": Exit.FINE, "over": Exit.BAD_NEWS, "unknown": Exit.UNKNOWN}[end]


def _limits(options: argparse.Namespace) -> "list[Limit]":
    from tailllm.ask.check import DURATIONS, SHARES, Limit
    from tailllm.store.matching import quantity

    found: list[Limit] = []
    known = open_config(options).thresholds
    for name in (*DURATIONS, *SHARES):
        field = f"max_{name.replace('-', '_')}"
        typed = getattr(options, field)
        if typed is None:
            configured = getattr(known, field + ("" if name in SHARES else "_ms"))
            found += [] if configured is None else [Limit(name, configured)]
        elif name in SHARES:
            found.append(Limit(name, _share(typed, name)))
        else:
            found.append(Limit(name, quantity(typed, "duration")))
    return found


def _share(text: str, name: str) -> float:
    number = text.strip().removesuffix("%")
    try:
        value = float(number) / (100 if text.strip().endswith("%") else 1)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise UsageError(f"--max-{name} {text!r} is no share", fix="Write 1% or 0.01.")
    return value


def _row(one: "Finding") -> str:
    from tailllm.ask.check import SHARES

    def shown(value: float) -> str:
        return f"{value:.2%}" if one.name in SHARES else f"{value:,.0f} ms"

    value = "-" if one.value is None else shown(one.value)
    sign = {"fine": "ok      ", "over": "OVER    ", "unknown": "unknown "}[one.state]
    return f"{sign} {one.name} {value}, at most {shown(one.most)}, of {one.calls:,} calls"
