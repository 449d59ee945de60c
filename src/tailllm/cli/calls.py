"""`tailllm calls`: every call as one JSON object a line, or every line that gave none."""

import argparse
from typing import TYPE_CHECKING

from tailllm.cli.choice import choice
from tailllm.cli.opening import loaded, open_config, score, told
from tailllm.cli.output import json_text, narrate
from tailllm.cli.parser import add_paths, add_semantic, add_since, add_where
from tailllm.errors import Exit, GoneError
from tailllm.ink import counted

if TYPE_CHECKING:
    from tailllm.feed.feed import Feed
    from tailllm.records.row import Row

EXAMPLES = """\
  tailllm calls logs/ | jq -r .output_text
  tailllm calls logs/ --where 'status:error' --since 1h
  tailllm calls logs/ --where 'novel>0.8' --sort novel      least like the corpus first
  tailllm calls logs/ --rejects        lines that gave no call, with the reason
"""


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of the verb."""
    add_paths(parser)
    add_where(parser)
    add_since(parser)
    add_semantic(parser)
    parser.add_argument(
        "--novelty", action="store_true", help="with how unlike the corpus each call is"
    )
    parser.add_argument(
        "--sort", choices=("start", "novel"), default="start", help="novel: the newest kind first"
    )
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
        novel = options.novelty or options.sort == "novel" or chosen.asks_novel
        if novel:
            score(options, config, feed)
        gone = 0
        for row in _ordered(options, feed, chosen.rows(feed)):
            try:
                found = feed.call(row).model_dump(mode="json")
                print(json_text(found | (feed.store.novelties.as_json(row) if novel else {})))
            except GoneError:
                gone += 1
        if gone:
            narrate(
                f"tailllm: {counted(gone, 'call')} left their file while it was read. Run it again."
            )
        end = told(feed, options.paths)
    return Exit.UNKNOWN if gone else end


def _ordered(options: argparse.Namespace, feed: "Feed", rows: "list[Row]") -> "list[Row]":
    """By their start; or the least like the corpus first, and those without words last."""
    if options.sort == "start":
        return rows
    known = feed.store.novelties
    return sorted(rows, key=lambda row: -(known.novelty(row) or 0.0))
