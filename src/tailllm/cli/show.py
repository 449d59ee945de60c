"""`tailllm show`: one call as a conversation, as JSON, or as the exact bytes of its lines."""

import argparse
import sys
from typing import TYPE_CHECKING

from tailllm import ink
from tailllm.cli.opening import find, loaded, open_config
from tailllm.cli.output import json_text, say, to_terminal
from tailllm.cli.parser import add_paths
from tailllm.errors import Exit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tailllm.records.line import RawLine

HELP = "Show one call: what the model saw and what it said."
EXAMPLES = """\
  tailllm show resp:chatcmpl-fd86b5e4 logs/      the whole key, or its start or end
  tailllm show chatcmpl-fd86b5e4 logs/ --json    the canonical call
  tailllm show KEY logs/ --raw > lines.jsonl     the exact bytes of its log lines
"""


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of the verb."""
    parser.add_argument("key", metavar="KEY", help="as `tailllm calls` prints it")
    add_paths(parser)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="the canonical call as JSON")
    form.add_argument("--raw", action="store_true", help="the exact bytes of the log lines")
    parser.add_argument(
        "--force", action="store_true", help="with --raw: exact bytes even to a terminal"
    )


def run(options: argparse.Namespace) -> int:
    """Show it."""
    with loaded(options, open_config(options)) as feed:
        row = find(feed, options.key, options.paths)
        if options.raw:
            write_raw(feed.raw(row), exact=options.force or not to_terminal())
            return Exit.FINE
        call = feed.call(row)
    if options.json:
        print(json_text(call.model_dump(mode="json"), indent=2))
        return Exit.FINE
    from tailllm.transcript import conversation

    sys.stdout.write(conversation(call))
    return Exit.FINE


def write_raw(lines: "Sequence[RawLine]", *, exact: bool) -> None:
    """The bytes as they are in the log; made visible when a terminal would obey them."""
    for line in lines:
        if exact:
            sys.stdout.buffer.write(line.text + b"\n")
        else:
            say(ink.raw(line.text))
    sys.stdout.flush()
