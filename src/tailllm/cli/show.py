"""`tailllm show`: one call as a conversation, as JSON, or as the exact bytes of its lines."""

import argparse
import sys
from typing import TYPE_CHECKING

from tailllm import ink
from tailllm.cli.choice import choice
from tailllm.cli.opening import find, loaded, open_config
from tailllm.cli.output import json_text, narrate, say, to_terminal
from tailllm.cli.parser import add_paths, add_where
from tailllm.errors import Exit, GoneError, UsageError
from tailllm.ink import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tailllm.feed.feed import Feed
    from tailllm.records.line import RawLine
    from tailllm.records.row import Row

EXAMPLES = """\
  tailllm show resp:chatcmpl-fd86b5e4 logs/      the whole key, or its start or end
  tailllm show chatcmpl-fd86b5e4 logs/ --json    the canonical call
  tailllm show KEY logs/ --raw > lines.jsonl     the exact bytes of its log lines
  tailllm show logs/ --where 'user:u_2283 is:bad'    every call of a filter, oldest first
"""


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of the verb."""
    parser.add_argument("key", metavar="KEY", help="as `tailllm calls` prints it")
    add_paths(parser, nargs="*")
    add_where(parser)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="the canonical call as JSON")
    form.add_argument("--raw", action="store_true", help="the exact bytes of the log lines")
    parser.add_argument(
        "--force", action="store_true", help="with --raw: exact bytes even to a terminal"
    )


def run(options: argparse.Namespace) -> int:
    """Show it, or all that a filter chooses."""
    if options.where:
        options.paths.insert(0, options.key)
        return _chosen(options)
    if not options.paths:
        raise UsageError("no log is named", fix="Write tailllm show KEY PATH, or PATH --where EXPR")
    with loaded(options, open_config(options)) as feed:
        row = find(feed, options.key, options.paths)
        _show(options, feed, row, indent=2)
    return Exit.FINE


def _chosen(options: argparse.Namespace) -> int:
    config = open_config(options)
    options.since = None
    chosen = choice(options, config)
    gone = 0
    with loaded(options, config) as feed:
        rows = chosen.rows(feed)
        for number, row in enumerate(rows):
            if number and not (options.json or options.raw):
                say("")
            try:
                _show(options, feed, row)
            except GoneError:
                gone += 1
        narrate(f"tailllm: {len(rows):,} of {counted(len(feed.window), 'call')} shown.")
    if gone:
        narrate(f"tailllm: {counted(gone, 'call')} left their file while it was read.")
    return Exit.UNKNOWN if gone else Exit.FINE


def _show(options: argparse.Namespace, feed: "Feed", row: "Row", indent: int | None = None) -> None:
    if options.raw:
        write_raw(feed.raw(row), exact=options.force or not to_terminal())
        return
    call = feed.call(row)
    if options.json:
        print(json_text(call.model_dump(mode="json"), indent=indent))
        return
    from tailllm.transcript import conversation

    sys.stdout.write(conversation(call))


def write_raw(lines: "Sequence[RawLine]", *, exact: bool) -> None:
    """The bytes as they are in the log; made visible when a terminal would obey them."""
    for line in lines:
        if exact:
            sys.stdout.buffer.write(line.text + b"\n")
        else:
            say(ink.raw(line.text))
    sys.stdout.flush()
