"""`tailllm variants`: the same input, answered more than once."""

import argparse

from tailllm.cli.asking import add_question, asked
from tailllm.cli.output import json_text, say
from tailllm.cli.tables import table
from tailllm.errors import Exit

EXAMPLES = """\
  tailllm variants logs/ --where prompt:billing
  tailllm variants logs/ --json | jq 'select(.verdict_stability < 1)'
"""
MOST = 50
ASKED = 50


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of the verb."""
    add_question(parser)


def run(options: argparse.Namespace) -> int:
    """Print them, the least stable first."""
    from tailllm.ask.variants import variants

    with asked(options, rows=True) as calls:
        rows = calls.rows()
        found = calls.answer(lambda errand: variants(rows, calls.feed.call, errand.step))
    if options.json:
        for one in found:
            print(json_text(one.as_json()))
        return Exit.FINE
    shown = [
        (
            one.asked[:ASKED],
            one.prompt or "-",
            str(len(one.answers)),
            str(len(one.texts)),
            f"{one.text_stability:.0%}",
            "-" if one.verdict_stability is None else f"{one.verdict_stability:.0%}",
        )
        for one in found[:MOST]
    ]
    head = ("asked", "prompt", "calls", "texts", "same text", "same verdicts")
    for row in table(head, shown):
        say(row)
    answers = sum(len(one.answers) for one in found)
    say(f"{len(found):,} inputs with {answers:,} answers; {min(MOST, len(found))} shown.")
    return Exit.FINE
