"""`tailllm groups`: calls by any field, beside the window before."""

import argparse
from math import inf
from shutil import get_terminal_size
from typing import TYPE_CHECKING

from tailllm.cli.asking import Asked, add_question, asked
from tailllm.cli.output import json_text, say, to_terminal
from tailllm.cli.stats import GROUPS
from tailllm.cli.tables import cells, table
from tailllm.errors import Exit

if TYPE_CHECKING:
    from tailllm.store.groups import Group

WINDOW = "only the last 15m, 2h, 1d of the log, or from A to B; each beside the window before it"
HEAD = (
    *("calls", "was", "bad", "was", "p50 ms", "p95 ms", "was", "out/s"),
    *("ttft95", "in", "out", "cost"),
)
FEWEST = 6
EXAMPLES = """\
  tailllm groups logs/ --by prompt --window 15m     the last 15 minutes against the 15 before
  tailllm groups logs/ --by host --window 14:00..14:15
  tailllm groups logs/ --by user --where is:bad
"""


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of the verb."""
    add_question(parser)
    parser.add_argument("--by", choices=GROUPS, default="prompt", help="the field (prompt)")
    parser.add_argument("--window", metavar="LENGTH|A..B", help=WINDOW)


def run(options: argparse.Namespace) -> int:
    """Print them, most calls first."""
    with asked(options) as calls:
        found = _groups(options, calls)
        path = calls.feed.path if options.by == "file" else None
        named = [(one, path(one.name) if path and one.name else one.name) for one in found]
    if options.json:
        for one, name in named:
            print(json_text(one.as_json() | {options.by: name}))
        return Exit.FINE
    for row in _shown(options.by, [(name or "-", *_row(one)) for one, name in named]):
        say(row)
    return Exit.FINE


def _shown(by: str, rows: list[tuple[str, ...]]) -> list[str]:
    """All columns; on a terminal that has no room for them those that come first."""
    width = get_terminal_size().columns if to_terminal() else inf
    for dropped in range(len(HEAD) - FEWEST):
        kept = len(HEAD) + 1 - dropped
        shown = list(table((by, *HEAD)[:kept], [row[:kept] for row in rows]))
        if max(map(cells, shown)) <= width:
            break
    return shown


def _groups(options: argparse.Namespace, calls: Asked) -> "tuple[Group, ...]":
    from tailllm.store.span import ALL, Span
    from tailllm.store.where.moments import seconds, stretch

    span = ALL
    if options.window and ".." in options.window:
        span = stretch(options.window, calls.now)
    elif options.window:
        span = Span(calls.now.back(seconds(options.window)), calls.now.day_of)
    return calls.answer(lambda _: calls.store.groups(options.by, span, where=calls.where))


def _row(one: "Group") -> tuple[str, ...]:
    before = one.before
    return (
        f"{one.now.calls:,}",
        "-" if before is None else f"{before.calls:,}",
        _share(one.bad_share),
        _share(one.bad_share_before),
        _number(one.now.latency_ms.p50),
        _number(one.now.latency_ms.p95),
        "-" if before is None else _number(before.latency_ms.p95),
        _number(one.tokens_per_s),
        _number(one.now.ttft_ms.p95),
        _number(one.now.input_tokens.sum),
        _number(one.now.output_tokens.sum),
        "-" if one.now.cost.sum is None else f"{one.now.cost.sum:,.4f}",
    )


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:,.0f}"
