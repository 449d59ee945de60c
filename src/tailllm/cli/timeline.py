"""`tailllm timeline`: calls, failures and p95 over time."""

import argparse
from typing import TYPE_CHECKING

from tailllm.cli.asking import Asked, add_question, asked
from tailllm.cli.output import json_text, narrate, say
from tailllm.cli.tables import table
from tailllm.errors import Exit, UsageError

if TYPE_CHECKING:
    from tailllm.store.stats import Timeline

EXAMPLES = """\
  tailllm timeline logs/ --since 2h --buckets 24
  tailllm timeline logs/ --where 'prompt:billing time:14:00..14:30'
"""
BUCKETS = 30
BAR = 20


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of the verb."""
    add_question(parser)
    parser.add_argument(
        "--buckets", type=int, metavar="N", default=BUCKETS, help=f"how many rows ({BUCKETS})"
    )


def run(options: argparse.Namespace) -> int:
    """Print a row a bucket, oldest first."""
    from tailllm.store.stats import shown_time

    if not 1 <= options.buckets <= 10_000:
        raise UsageError(f"--buckets {options.buckets}", fix="Write a number from 1 to 10000")
    with asked(options) as calls:
        found = calls.answer(lambda _: _timeline(calls, options.buckets))
    starts = [shown_time(found.start + n * found.width_s) or "-" for n in range(len(found.calls))]
    cells = list(zip(starts, found.calls, found.bad, found.p95_ms, strict=True))
    if options.json:
        for start, count, bad, p95 in cells:
            row = {"start": start, "seconds": round(found.width_s, 3), "calls": count, "bad": bad}
            print(json_text(row | {"p95_ms": None if p95 is None else round(p95, 1)}))
        return Exit.FINE
    if not cells:
        narrate("tailllm: none of the calls is in that choice.")
        return Exit.FINE
    most = max(found.calls) or 1
    rows = [
        (
            start[:19].replace("T", " "),
            f"{count:,}",
            f"{bad:,}",
            "-" if p95 is None else f"{p95:,.0f}",
            ("█" * round(BAR * count / most)).ljust(BAR),
        )
        for start, count, bad, p95 in cells
    ]
    for line in table(("UTC", "calls", "bad", "p95 ms", ""), rows):
        say(line)
    return Exit.FINE


def _timeline(calls: Asked, buckets: int) -> "Timeline":
    from tailllm.store.span import Span
    from tailllm.store.stats import Timeline

    stats = calls.store.stats(where=calls.where)
    if not stats.calls:
        return Timeline()
    return calls.store.timeline(Span(stats.first, stats.last), buckets, calls.where)
