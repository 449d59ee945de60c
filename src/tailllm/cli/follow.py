"""`tailllm PATH…`: the screens; without a terminal, a plain summary of what is there."""

import argparse

from tailllm.cli.opening import corpus, loaded, open_config
from tailllm.cli.output import say, to_terminal
from tailllm.cli.parser import add_paths, add_where
from tailllm.cli.tables import stats_table, table
from tailllm.errors import Exit, UsageError

HELP = "Follow logs live; this is what `tailllm PATH` does."
EXAMPLES = """\
  tailllm /var/log/assist/ --where 'status:error'
  tailllm 'logs/**/*.jsonl'
  tailllm logs/ | cat          without a terminal: a summary of what is there
"""


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of the verb."""
    add_paths(parser, nargs="*")
    add_where(parser)
    parser.add_argument("--ascii", action="store_true", default=None, help="plain glyphs only")
    parser.add_argument(
        "--mouse",
        action=argparse.BooleanOptionalAction,
        help="catch the mouse, or leave it to the terminal (over SSH: left)",
    )


def run(options: argparse.Namespace) -> int:
    """Open the screens, or print the summary."""
    if not options.paths:
        raise UsageError(
            "no log is named", fix="Name a file or folder, - for stdin, or try: tailllm demo"
        )
    if not to_terminal():
        return summary(options)
    from tailllm.tui.app import run_app

    config = open_config(options)
    return run_app(options.paths, config, corpus(options, config))


def summary(options: argparse.Namespace) -> int:
    """What is in the logs, on stdout."""
    from dataclasses import replace

    with loaded(options, open_config(options), window_size=1) as feed:
        files = [
            (
                state.path,
                state.format or "-",
                f"{state.calls:,}",
                f"{state.others:,}",
                f"{state.broken:,}",
            )
            for state in feed.files
        ]
        for row in table(("file", "format", "calls", "other lines", "broken"), files):
            say(row)
        say("")
        stats = replace(feed.store.stats(by="model"), rejects=feed.rejects.total)
        for row in stats_table(stats.as_json(), by="model"):
            say(row)
    return Exit.FINE
