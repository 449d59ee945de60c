"""`tailllm stats`: counts, percentiles, tokens and verdicts, as a table or as one JSON object."""

import argparse
from typing import TYPE_CHECKING, Any

from tailllm.cli.asking import compares
from tailllm.cli.choice import choice
from tailllm.cli.opening import EVERY_CALL, loaded, open_config, score, told
from tailllm.cli.output import json_text, narrate, say
from tailllm.cli.parser import add_paths, add_since, add_where
from tailllm.cli.tables import stats_table
from tailllm.cli.waiting import awaited
from tailllm.errors import Exit
from tailllm.ink import counted

if TYPE_CHECKING:
    from tailllm.feed.feed import Feed
    from tailllm.store.stats import Stats

EXAMPLES = """\
  tailllm stats logs/ --by prompt
  tailllm stats logs/ --by model --since 15m --json
  tailllm stats logs/ --where 'latency>2s -status:error'
"""
GROUPS = (
    *("model", "prompt", "version", "validator", "status", "provider", "user", "route", "host"),
    *("conversation", "operation", "format", "error", "finish", "file"),
    "novel",
)


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
    from tailllm.store.where.nodes import EVERYTHING

    config = open_config(options)
    chosen = choice(options, config)
    by_rows, novel = chosen.needs_rows, compares(options, chosen)
    size = EVERY_CALL if by_rows or novel else 1
    with loaded(options, config, window_size=size, asked=not by_rows) as feed:
        if novel:
            score(options, config, feed)
        store = feed.store
        where = EVERYTHING if chosen.is_all else chosen.condition(feed)
        if where is None:
            rows = chosen.rows(feed)
            store = Store(window_size=max(1, len(rows)))
            store.scored_like(feed.store, rows, store.extend(rows))
        where = where or EVERYTHING
        found = awaited(lambda _: store.stats(by=options.by, where=where), store.ledger)
        held = len(feed.window) + feed.window.dropped
        if not found.calls and held:
            narrate(f"tailllm: none of {counted(held, 'call')} is in that choice.")
        found = replace(_with_paths(feed, found), rejects=feed.rejects.total)
        numbers: dict[str, Any] = found.as_json()
        return numbers, told(feed, options.paths)


def _with_paths(feed: "Feed", stats: "Stats") -> "Stats":
    """Files are known by an id; people know them by a path."""
    from dataclasses import replace

    if stats.by != "file":
        return stats
    groups = (replace(one, name=one.name and feed.path(one.name)) for one in stats.groups)
    return replace(stats, groups=tuple(groups))
