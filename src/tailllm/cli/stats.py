"""`tailllm stats`: counts, percentiles, tokens and verdicts, as a table or as one JSON object."""

import argparse
from typing import Any

from tailllm.cli.opening import EVERY_CALL, choice, loaded, open_config, told
from tailllm.cli.output import json_text, narrate, say
from tailllm.cli.parser import add_paths, add_since, add_where
from tailllm.cli.tables import stats_table
from tailllm.errors import Exit
from tailllm.ink import counted

HELP = "Count calls, errors, failures, tokens and percentiles."
EXAMPLES = """\
  tailllm stats logs/ --by prompt
  tailllm stats logs/ --by model --since 15m --json
  tailllm stats logs/ --where 'latency>2s -status:error'
"""
GROUPS = ("model", "prompt", "validator", "status", "provider", "user", "format", "error", "finish")


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of the verb."""
    add_paths(parser)
    parser.add_argument("--by", choices=GROUPS, help="the same numbers for each of these")
    add_since(parser)
    add_where(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object")


def run(options: argparse.Namespace) -> int:
    """Print them."""
    numbers, end = _numbers(options)
    if options.json:
        print(json_text(numbers))
        return end
    for row in stats_table(numbers, by=options.by):
        say(row)
    return end


def _numbers(options: argparse.Namespace) -> tuple[dict[str, Any], Exit]:
    from dataclasses import replace

    from tailllm.store.store import Store

    config = open_config(options)
    chosen = choice(options, config)
    size = 1 if chosen.is_all else EVERY_CALL
    with loaded(options, config, window_size=size, asked=chosen.is_all) as feed:
        store = feed.store
        if not chosen.is_all:
            rows = chosen.rows(feed)
            store = Store(window_size=max(1, len(rows)))
            store.extend(rows)
            if not rows and len(feed.window):
                narrate(f"tailllm: none of {counted(len(feed.window), 'call')} is in that choice.")
        found = replace(store.stats(by=options.by), rejects=feed.rejects.total)
        numbers: dict[str, Any] = found.as_json()
        return numbers, told(feed, options.paths)
