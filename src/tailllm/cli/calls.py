"""`tailllm calls`: every call as one JSON object a line, or every line that gave none."""

import argparse

from tailllm.cli.choice import choice
from tailllm.cli.opening import loaded, open_config, told
from tailllm.cli.output import json_text, narrate
from tailllm.cli.parser import add_paths, add_since, add_where
from tailllm.errors import Exit, GoneError
from tailllm.ink import counted

HELP = "Print the calls, one JSON object per line, in the order of their start."
EXAMPLES = """\
  tailllm calls logs/ | jq -r .output_text
  tailllm calls logs/ --where 'status:error' --since 1h
  tailllm calls logs/ --rejects        lines that gave no call, with the reason
"""


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of the verb."""
    add_paths(parser)
    add_where(parser)
    add_since(parser)
    parser.add_argument(
        "--rejects", action="store_true", help="print file, offset, length, reason of other lines"
    )


def run(options: argparse.Namespace) -> int:
    """Print them."""
    config = open_config(options)
    chosen = choice(options, config)
    with loaded(options, config) as feed:
        if options.rejects:
            held = feed.rejects.latest
            if len(held) < feed.rejects.total:
                narrate(f"tailllm: the newest {len(held):,} of {feed.rejects.total:,} lines.")
            for reject in reversed(held):
                address = reject.address
                found = {"file": feed.path(address.file), "offset": address.offset}
                found |= {"length": address.length, "kind": reject.kind, "reason": reject.reason}
                print(json_text(found))
            return Exit.FINE
        gone = 0
        for row in chosen.rows(feed):
            try:
                print(json_text(feed.call(row).model_dump(mode="json")))
            except GoneError:
                gone += 1
        if gone:
            narrate(
                f"tailllm: {counted(gone, 'call')} left their file while it was read. Run it again."
            )
        end = told(feed, options.paths)
    return Exit.UNKNOWN if gone else end
