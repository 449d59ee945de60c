"""`tailllm mark`: the `m` key without a screen."""

import argparse

from tailllm.cli.opening import find, loaded, open_config, open_marks
from tailllm.cli.output import narrate, say
from tailllm.cli.parser import add_paths
from tailllm.errors import Exit

EXAMPLES = """\
  tailllm mark resp:chatcmpl-fd86b5e4 logs/ --note "quotes an order nobody gave"
  tailllm mark KEY logs/ --expect "asks for the order number" --label refund --label tone
"""


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of the verb."""
    parser.add_argument("key", metavar="KEY", help="as `tailllm calls` prints it")
    add_paths(parser)
    parser.add_argument("--note", metavar="TEXT", help="what was odd")
    parser.add_argument("--expect", metavar="TEXT", help="what should have happened")
    parser.add_argument("--label", metavar="WORD", action="append", default=[], help="repeatable")


def run(options: argparse.Namespace) -> int:
    """Keep it; the exit code is 0 only when it is on disk."""
    from tailllm.feed.keeper import Keeper

    config = open_config(options)
    with loaded(options, config) as feed:
        row = find(feed, options.key, options.paths)
        kept = Keeper(feed, open_marks(options, config)).mark(
            row, note=options.note, labels=tuple(options.label), expected=options.expect
        )
    if kept.rescued:
        narrate(f"tailllm: the corpus refused; the mark was rescued to {kept.path}.")
    if kept.redacted:
        narrate(f"tailllm:{kept.note}")
    say(f"{kept.mark_id} {kept.path}")
    return Exit.FINE
