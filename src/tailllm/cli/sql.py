"""`tailllm sql`: one SELECT over the calls and their verdicts."""

import argparse

from tailllm.cli.asking import add_question, asked
from tailllm.cli.output import json_text, narrate, say
from tailllm.cli.tables import table
from tailllm.errors import Exit, UsageError

EXAMPLES = """\
  tailllm sql "SELECT model, count(*), median(latency_ms) FROM calls GROUP BY ALL" logs/
  tailllm sql "SELECT name, count(*) FROM evaluations WHERE NOT passed GROUP BY ALL" logs/ --json
  tailllm sql "DESCRIBE calls" logs/       the columns
"""
ROWS = 1_000
LONGEST_S = 600.0


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of the verb."""
    parser.add_argument("question", metavar="SELECT", help="one statement; the data is read-only")
    add_question(parser)
    parser.add_argument("--rows", type=int, metavar="N", default=ROWS, help=f"at most ({ROWS:,})")
    parser.add_argument(
        "--seconds", type=float, metavar="N", default=10.0, help="how long it may take (10)"
    )


def run(options: argparse.Namespace) -> int:
    """Ask, and print a table, or an object a row."""
    from tailllm.store.sql import Limits, Sql

    if not 0 < options.seconds <= LONGEST_S:
        raise UsageError(f"--seconds {options.seconds:g}", fix="Write a number up to 600")
    if not 0 < options.rows <= 1_000_000:
        raise UsageError(f"--rows {options.rows}", fix="Write a number up to 1000000")
    limits = Limits(seconds=options.seconds, rows=options.rows)
    with asked(options) as calls:
        asking = Sql(
            calls.store.ledger,
            options.question,
            where=calls.where,
            path=calls.feed.path,
            limits=limits,
        )
        answer = asking.run()
    if options.json:
        for row in answer.objects():
            print(json_text(row))
    else:
        rows = [[_cell(value) for value in row] for row in answer.rows]
        for line in table(answer.columns, rows):
            say(line)
    if answer.more:
        narrate(f"tailllm: only the first {options.rows:,} rows; --rows gives more.")
    return Exit.FINE


def _cell(value: object) -> str:
    if value is None:
        return "-"
    return value if isinstance(value, str) else json_text(value)
